import { rawList, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { factOf, placeholderOf, referenceOf, ruleSetting, settingsOf, unknownSources } from './draft.ts';
import { hasGlobalAddress, isActive } from './interfaces.ts';
import { covers, narrowed, ownedByTermService } from './match.ts';
import { holdsPort } from './ports.ts';
import { reach } from './reach.ts';
import { LEFT_TO_OTHERS, ROLE_PORTS, type RolePort, type Roles, tcp } from './role-ports.ts';
import { type FirewallRule, type Profile, PROFILES } from './rules.ts';
import { narrower, type Reach } from './scope.ts';
import type { FirewallState } from './state.ts';
import { or, type Tri } from './tri.ts';
import type { Opening } from './views.ts';

/** Role features of Get-WindowsFeature; where they were not read, the services that the roles install. */
export function rolesOf(input: SnapshotInput): Roles {
  const features = namesIn(input, 'roles');
  const services = namesIn(input, 'services');
  const has = (feature: string, service: string): Tri => (features !== null ? features.has(feature) : services === null ? null : services.has(service) || null);
  return {
    gateway: has('rds-gateway', 'tsgateway'),
    broker: has('rds-connection-broker', 'tssdis'),
    licensing: has('rds-licensing', 'termservlicensing'),
    webAccess: has('rds-web-access', 'rdweb'),
  };
}

function namesIn(input: SnapshotInput, section: string): ReadonlySet<string> | null {
  const table = readRows(input.snapshot, section);
  if (table.state === 'absent') return new Set();
  return table.state === 'read' ? new Set(table.rows.map((row) => (rawText(member(row, 'Name')) ?? '').toLowerCase())) : null;
}

export function portsFacts(input: SnapshotInput, state: FirewallState): Fact[] {
  const kind = 'windows.firewallPorts';
  const roles = rolesOf(input);
  const any = or(...Object.values(roles));
  if (any === false) return [];
  if (any === null || (state.profiles.unread && state.stopped !== true)) return [placeholderOf(input, kind)];
  const rdp = state.listener.all.map((port): RolePort => ({ name: 'rdp', endpoint: tcp(port, ownedByTermService), of: ['broker'] }));
  const ports = [...rdp, ...ROLE_PORTS];
  const states = ports.map(({ endpoint }) => narrowed(state, endpoint));
  return PROFILES.map((profile) => portsFact(input, state, states, profile, roles, ports));
}

function portsFact(
  input: SnapshotInput,
  state: FirewallState,
  states: readonly FirewallState[],
  profile: Profile,
  roles: Roles,
  ports: readonly RolePort[],
): Fact {
  const judged = ports.map((port, index) => judgePort(states[index] ?? state, profile, roles, port, `/ports/${index}`));
  const wide = [...new Set(judged.flatMap((port) => openersBeyond(port, 'listed')))];
  const atGateway = openersOf(judged, ({ port }) => (LEFT_TO_OTHERS.has(port.name) ? null : 'listed'));
  const atBackEnd = openersOf(judged, ({ backEnd }) => (backEnd === true ? (profile === 'Public' ? 'listed' : 'local-subnet') : null));
  const first = (atGateway[0] ?? atBackEnd[0])?.rule ?? wide[0];
  const listed = (openers: readonly Opener[]): JsonObject[] | null =>
    state.rules === null ? null : openers.map(({ rule, shared }) => ({ ...referenceOf(rule), shared }));
  return factOf(input, {
    kind: 'windows.firewallPorts',
    instance: [profile],
    name: `${input.target.name} ${profile}`,
    members: {
      profile,
      active: isActive(state.interfaces, profile),
      external: profile === 'Public' ? true : hasGlobalAddress(state.interfaces, profile),
      ...roles,
      wideRules: state.rules === null ? null : wide.map(referenceOf),
      gatewayRules: listed(atGateway),
      backEndRules: listed(atBackEnd),
      ports: judged.map((port) => port.data),
    },
    unknown: [
      ...judged.flatMap((port) => port.unknown),
      ...unknownSources('/wideRules', wide),
      ...unknownSources(
        '/gatewayRules',
        atGateway.map(({ rule }) => rule),
      ),
      ...unknownSources(
        '/backEndRules',
        atBackEnd.map(({ rule }) => rule),
      ),
    ],
    ...(first === undefined ? {} : { settings: settingsOf(['/ports', '/wideRules', '/gatewayRules', '/backEndRules'], ruleSetting(first.name, 'profiles')) }),
  });
}

interface JudgedPort {
  readonly port: RolePort;
  readonly backEnd: Tri;
  readonly openedBy: readonly Opening[];
  readonly isBeyond: (bound: Reach) => Tri;
  readonly data: JsonObject;
  readonly unknown: readonly string[];
}

function judgePort(state: FirewallState, profile: Profile, roles: Roles, port: RolePort, at: string): JudgedPort {
  const { name, endpoint, of } = port;
  const found = reach(state, endpoint, profile);
  const rules = found.openedBy.map((opening) => opening.rule);
  const isBeyond = (bound: Reach): Tri => (narrower(found.least, bound) !== found.least ? true : narrower(found.most, bound) === found.most ? false : null);
  const backEnd = or(false, ...of.map((role) => roles[role]));
  const values = {
    port: endpoint.port,
    backEnd,
    openTo: found.least === found.most ? found.least : null,
    openBeyondListed: isBeyond('listed'),
    openToAny: isBeyond('local-subnet'),
    rules: state.rules === null ? null : rules.map(referenceOf),
  };
  return {
    port,
    backEnd,
    openedBy: found.openedBy,
    isBeyond,
    data: { name, protocol: endpoint.protocol, ...values },
    unknown: [
      ...Object.entries(values)
        .filter(([, value]) => value === null)
        .map(([member]) => `${at}/${member}`),
      ...(state.rules === null ? [] : unknownSources(`${at}/rules`, rules)),
    ],
  };
}

/** Rules that open a port further than this, for certain. */
function openersBeyond({ openedBy }: JudgedPort, bound: Reach): readonly FirewallRule[] {
  return openedBy.filter(({ reach: far }) => narrower(far, bound) !== far).map(({ rule }) => rule);
}

interface Opener {
  readonly rule: FirewallRule;
  /** It lets in what is not to be shut as well, so it cannot be taken away as a whole. */
  readonly shared: boolean;
}

/** Rules behind the ports that are open further than they may be; `boundOf` is null for a port that may be open to anybody. */
function openersOf(judged: readonly JudgedPort[], boundOf: (port: JudgedPort) => Reach | null): readonly Opener[] {
  const kept: RolePort[] = [];
  const rules = new Set<FirewallRule>();
  for (const each of judged) {
    const bound = boundOf(each);
    if (bound === null || each.isBeyond(bound) !== true) kept.push(each.port);
    else for (const rule of openersBeyond(each, bound)) rules.add(rule);
  }
  return [...rules].map((rule) => ({ rule, shared: isShared(rule, kept) }));
}

/** HTTPS and SSH: what a gateway is for, and a way in to administer the host. */
const KEPT_PORTS = [443, 22];

function isShared(rule: FirewallRule, kept: readonly RolePort[]): boolean {
  return KEPT_PORTS.some((port) => holdsPort(rule.localPorts, port) !== false) || kept.some(({ endpoint }) => covers(rule, endpoint) !== false);
}

/** https://learn.microsoft.com/windows-server/remote/remote-desktop-services/rds-rdgateway-ha */
const FARM_RULES = new Set(['tsg-rpc-loadbalancer-rpc-in-tcp', 'tsg-loadbalancer-in-tcp', 'tsg-rpcss-in-tcp']);

export function farmFacts(input: SnapshotInput, state: FirewallState): Fact[] {
  const kind = 'windows.gatewayFarmRules';
  const { gateway } = rolesOf(input);
  if (gateway === false) return [];
  if (gateway === null || state.rules === null) return [placeholderOf(input, kind)];
  const rules = state.rules.filter((rule) => FARM_RULES.has(rule.name.toLowerCase()) && rule.action !== 'block');
  const enabled = rules.filter((rule) => rule.enabled === true);
  const first = enabled[0];
  return [
    factOf(input, {
      kind,
      instance: [],
      name: input.target.name,
      members: {
        farm: hasFarm(input),
        enabledRules: rules.some((rule) => rule.enabled === null) ? null : enabled.map(referenceOf),
      },
      unknown: unknownSources('/enabledRules', enabled),
      ...(first === undefined ? {} : { settings: settingsOf(['/enabledRules'], ruleSetting(first.name, 'enabled')) }),
    }),
  ];
}

/** One server is the gateway itself. */
function hasFarm(input: SnapshotInput): Tri {
  const table = readRows(input.snapshot, 'Win32_TSGatewayLoadBalancer');
  if (table.state === 'absent') return false;
  if (table.state === 'unread') return null;
  const servers = table.rows.flatMap((row) => rawList(member(row, 'Servers')).flatMap((item) => String(item).split(';')));
  return new Set(servers.map((server) => server.trim().toLowerCase()).filter((server) => server !== '')).size > 1;
}
