import type { EstateHost } from '../model/estate.ts';
import type { Finding, Fix } from '../model/finding.ts';
import type { Json } from '../model/json.ts';
import type { HostPlan, PlanStep, SettingState } from '../model/plan.ts';
import { stepsOf } from '../model/pointer.ts';
import type { Risk } from '../model/policy.ts';
import type { ScanReport } from '../model/report.ts';
import { SECTIONS } from '../model/sections/index.ts';
import type { Area } from '../model/setting.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Target } from '../model/target.ts';
import { layDeclared, settingStateOf } from '../normalise/settings/index.ts';
import { connectionAfter, portReach } from '../normalise/windows/firewall/port-reach.ts';
import { listenerPorts } from '../normalise/windows/firewall/state.ts';
import { parseSnapshot, unify } from '../normalise/unify.ts';
import type { Library } from '../policy/library.ts';
import { hostPlan } from '../remediate/host-plan.ts';
import { targetId } from './keys.ts';
import { planScan } from './plan.ts';
import { isInput, readInput } from './read-input.ts';

/** Where snapshots are looked for. */
export interface Places {
  /** Absolute. */
  readonly paths: readonly string[];
  readonly sourceRoot: string;
  readonly library: Pick<Library, 'areas'>;
}

/** The newest snapshot of each target, unified; only of these targets, where some are named. */
export function newestSnapshots(places: Places, only: ReadonlySet<string> | null = null): Map<string, Snapshot> {
  const newest = new Map<string, Snapshot>();
  for (const planned of planScan(places.paths, places.sourceRoot, places.library.areas).files) {
    const input = readInput(planned.path, places.sourceRoot, undefined, true);
    if (!isInput(input) || input.recognised.kind !== 'snapshot') continue;
    const snapshot = snapshotOf(input.document.value);
    if (snapshot === null) continue;
    const id = targetId(snapshot.target.kind, snapshot.target.name);
    const known = newest.get(id);
    if ((only !== null && !only.has(id)) || (known !== undefined && known.collectedAt >= snapshot.collectedAt)) continue;
    newest.set(id, unify(snapshot, SECTIONS).snapshot);
  }
  return newest;
}

/** A snapshot as it was collected, unified; null when it is none. */
export function unifiedSnapshot(value: Json): Snapshot | null {
  const snapshot = snapshotOf(value);
  return snapshot === null ? null : unify(snapshot, SECTIONS).snapshot;
}

function snapshotOf(value: Json): Snapshot | null {
  const parsed = parseSnapshot(value);
  return 'error' in parsed ? null : parsed.snapshot;
}

/** A value that a setting is to have, and whose findings ask for it. */
export interface Wanted {
  readonly path: readonly string[];
  readonly value: Json;
  readonly policies?: readonly string[];
}

/** The connection that changes are made over. */
export interface UsedConnection {
  /** TCP port on the host, null when it could not be read, and the service that listens on it: `sshd`, `winrm`, `termservice`. */
  readonly port: number | null;
  readonly service: string;
  /** How one gets in when the network does not. */
  readonly console: string | null;
}

export interface PlanOptions {
  readonly catalogue: readonly Area[];
  readonly version: string;
  /** ISO 8601 UTC. */
  readonly now: string;
  readonly allowed?: Risk;
  readonly connection: UsedConnection;
}

/** What a target needs to have these values. */
export function planFor(snapshot: Snapshot, wanted: readonly Wanted[], options: PlanOptions): HostPlan {
  const { kind, name } = snapshot.target;
  const target: Target = { id: targetId(kind, name), kind, name, group: '', status: 'complete' };
  return hostPlan({
    host: { id: target.id, name, kind },
    states: wanted.map((each) => settingStateOf(each, snapshot, options.catalogue, target)),
    catalogue: options.catalogue,
    version: options.version,
    now: options.now,
    observedAt: snapshot.collectedAt,
    ...(options.allowed === undefined ? {} : { allowed: options.allowed }),
    console: options.connection.console,
    connection: kind === 'windows-host' ? connectionOf(snapshot, target, options) : (): PlanStep['connection'] => 'keeps',
  });
}

/** Settings that no firewall shows: who may log on over the network, whether Remote Desktop is on. */
const LOGON = /^userRights\/Se(?:Deny)?NetworkLogonRight$/i;
const REMOTE_LOGON = /^userRights\/Se(?:Deny)?RemoteInteractiveLogonRight$/i;
const REMOTE_DESKTOP = /^remoteDesktop\/enabled$/i;
const FIREWALL = /^firewall\//i;

/** What becomes of the connection when all these settings have their values. */
function connectionOf(
  snapshot: Snapshot,
  target: Target,
  { catalogue, connection }: PlanOptions,
): (settings: readonly SettingState[]) => PlanStep['connection'] {
  const { port, service } = connection;
  const before = portReach(snapshot, port, service);
  return (settings) => {
    const last = settings.at(-1);
    const path = last?.path.join('/') ?? '';
    if (LOGON.test(path)) return 'may-cut';
    if (REMOTE_LOGON.test(path)) return service === 'termservice' ? 'may-cut' : 'keeps';
    if (REMOTE_DESKTOP.test(path)) return service === 'termservice' && last?.wanted === false ? 'cuts' : 'keeps';
    if (!FIREWALL.test(path)) return 'may-cut';
    const declared = settings.map((setting) => ({ path: setting.path, value: setting.wanted, pointer: '' }));
    return connectionAfter(before, portReach(layDeclared(snapshot, declared, catalogue, { target, pushed: [] }).snapshot, port, service));
  };
}

/** The plans that the fixes of a report come to, by target, and targets whose snapshot is not there any more. */
export function plansOfReport(
  report: ScanReport,
  places: Places,
  options: Omit<PlanOptions, 'connection'>,
): { readonly plans: HostPlan[]; readonly missing: readonly string[] } {
  const names = new Map(report.targets.map((target) => [target.id, target.name]));
  const wanted = new Map<string, Wanted[]>();
  for (const finding of report.findings) {
    for (const change of fixOf(finding)?.changes ?? []) {
      if (!names.has(change.on)) continue;
      wanted.set(change.on, [...(wanted.get(change.on) ?? []), { path: stepsOf(`/${change.path}`), value: change.after, policies: [finding.policy] }]);
    }
  }
  const snapshots = newestSnapshots(places, new Set(wanted.keys()));
  const plans: HostPlan[] = [];
  const missing: string[] = [];
  for (const [id, values] of [...wanted].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const snapshot = snapshots.get(id);
    if (snapshot === undefined) missing.push(names.get(id) ?? id);
    // Who runs a script by hand is there over Remote Desktop.
    else plans.push(planFor(snapshot, values, { ...options, connection: { port: listenerPorts(snapshot).port, service: 'termservice', console: null } }));
  }
  return { plans, missing };
}

/** What a finding is fixed with: its proved way, else the first that changes settings. */
function fixOf(finding: Finding): Fix | undefined {
  if (finding.status !== 'open') return undefined;
  return finding.fixes.find((candidate) => candidate.edits !== undefined) ?? finding.fixes.find((candidate) => candidate.changes.length > 0);
}

/** What the estate declares for a host, as values that it is to have. */
export function declaredWanted(entry: Pick<EstateHost, 'declared'>): Wanted[] {
  return entry.declared.map(({ path, value }) => ({ path, value }));
}
