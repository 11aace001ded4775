import { evaluate } from '../evaluate/evaluate.ts';
import type { CloudInventory } from '../model/cloud-resource.ts';
import type { Declared, Estate, EstateDeployment, EstateGateway, EstateHost } from '../model/estate.ts';
import type { Fact } from '../model/fact.ts';
import type { SnapshotInput, SnapshotNormaliser } from '../model/normalise.ts';
import type { Problem } from '../model/problem.ts';
import type { Snapshot, SnapshotKind } from '../model/snapshot.ts';
import type { Target } from '../model/target.ts';
import { normaliseCloud } from '../normalise/azure/normalise.ts';
import { normaliseEndpoint, normaliseListenerValues } from '../normalise/endpoint/normalise.ts';
import { normaliseDeployment } from '../normalise/rds/deployment.ts';
import { declaredFacts, factsOfCatalogue, layDeclared, sectionFacts } from '../normalise/settings/index.ts';
import { normaliseAccounts } from '../normalise/windows/accounts/normalise.ts';
import { normaliseAuditing } from '../normalise/windows/auditing/normalise.ts';
import { normaliseCertificates, normaliseDeploymentCertificates } from '../normalise/windows/certificates/normalise.ts';
import { normaliseConnections } from '../normalise/windows/connections/normalise.ts';
import { normaliseDrivers } from '../normalise/windows/drivers/normalise.ts';
import { normaliseDeploymentLicensing, normaliseLicensing } from '../normalise/windows/licensing/normalise.ts';
import { normaliseFirewall } from '../normalise/windows/firewall/normalise.ts';
import { normaliseSessions } from '../normalise/windows/sessions/normalise.ts';
import { normaliseDeploymentGateway, normaliseGateway } from '../normalise/windows/gateway/normalise.ts';
import { normaliseDeploymentNames } from '../normalise/windows/names/deployment.ts';
import { normaliseMachineId } from '../normalise/windows/machine-id.ts';
import { normaliseNames } from '../normalise/windows/names/normalise.ts';
import { normaliseUpdates } from '../normalise/windows/updates/normalise.ts';
import { normaliseWeb } from '../normalise/windows/web/normalise.ts';
import type { JudgeContext, TargetResult } from './context.ts';
import { plansOf } from './fix-plans.ts';
import { retainedOf } from './joins.ts';

const NORMALISERS: Readonly<Record<SnapshotKind, readonly SnapshotNormaliser[]>> = {
  'windows-host': [
    factsOfCatalogue,
    normaliseFirewall,
    normaliseCertificates,
    normaliseDrivers,
    normaliseSessions,
    normaliseAccounts,
    normaliseConnections,
    normaliseLicensing,
    normaliseAuditing,
    normaliseListenerValues,
    normaliseUpdates,
    normaliseGateway,
    normaliseNames,
    normaliseMachineId,
    normaliseWeb,
  ],
  'rds-deployment': [
    factsOfCatalogue,
    normaliseDeployment,
    normaliseDeploymentCertificates,
    normaliseDeploymentGateway,
    normaliseDeploymentNames,
    normaliseDeploymentLicensing,
  ],
  endpoint: [factsOfCatalogue, normaliseEndpoint],
};

/** What the estate says of a snapshot's target. */
export interface EstateEntry {
  readonly host: EstateHost | null;
  readonly deployment: EstateDeployment | null;
  readonly gateway: EstateGateway | null;
}

export function entryOf(kind: SnapshotKind, name: string, context: Pick<JudgeContext, 'estate'>): EstateEntry {
  const entries = context.estate === null ? null : entriesOf(context.estate);
  const key = name.toLowerCase();
  return {
    host: kind === 'windows-host' ? (entries?.hosts.get(key) ?? null) : kind === 'endpoint' ? listenerOf(entries, key) : null,
    deployment: kind === 'rds-deployment' ? (entries?.deployments.get(key) ?? null) : null,
    gateway: kind === 'endpoint' ? (entries?.gateways.get(key) ?? null) : null,
  };
}

/** The host whose listener is looked at on the wire. What is declared for it is the host's own target's. */
function listenerOf(entries: Entries | null, key: string): EstateHost | null {
  const host = entries?.gateways.has(key) === true ? undefined : entries?.hosts.get(key);
  return host === undefined ? null : { ...host, declared: [] };
}

/** What the estate declares for a target of its own. */
export function declaredOf({ host, deployment, gateway }: EstateEntry): readonly Declared[] {
  return (host ?? deployment ?? gateway)?.declared ?? [];
}

/** Targets that are known by a snapshot. */
export function isSnapshotTarget(target: Target): target is Target & { readonly kind: SnapshotKind } {
  return target.kind in NORMALISERS;
}

interface Entries {
  readonly hosts: ReadonlyMap<string, EstateHost>;
  readonly deployments: ReadonlyMap<string, EstateDeployment>;
  readonly gateways: ReadonlyMap<string, EstateGateway>;
}

const entriesCache = new WeakMap<Estate, Entries>();

/** An estate's entries by lower-cased name: every target, finding and fix asks. */
function entriesOf(estate: Estate): Entries {
  let entries = entriesCache.get(estate);
  if (entries === undefined) {
    entries = {
      hosts: new Map(estate.hosts.map((host) => [host.name.toLowerCase(), host])),
      deployments: new Map(estate.deployments.map((deployment) => [deployment.broker.toLowerCase(), deployment])),
      gateways: new Map(estate.gateways.map((gateway) => [gateway.name.toLowerCase(), gateway])),
    };
    entriesCache.set(estate, entries);
  }
  return entries;
}

/** Judges one snapshot: unified already. In the declared view, declared settings are laid over it first. */
export function judgeSnapshot(snapshot: Snapshot, target: Target, given: readonly Problem[], context: JudgeContext): TargetResult {
  const entry = entryOf(snapshot.target.kind, snapshot.target.name, context);
  const declared = declaredOf(entry);
  // Collections push to hosts; what is seen on the wire of a host of that name has no settings.
  const pushed = target.kind === 'endpoint' ? [] : (context.pushed.get(snapshot.target.name.toLowerCase()) ?? []);
  const problems: Problem[] = [...given];
  const actual: SnapshotInput = { target, snapshot, ...entry };
  let judgedInput = actual;
  if (context.declared && (declared.length > 0 || pushed.length > 0)) {
    const laid = layDeclared(snapshot, declared, context.normalise.catalogue, { target, pushed });
    problems.push(...laid.problems);
    judgedInput = { ...actual, snapshot: laid.snapshot };
  }
  const isWanted = (kind: string): boolean => context.normalise.wanted?.has(kind) !== false;
  const facts: Fact[] = [
    ...(isWanted('estate.section') ? sectionFacts(judgedInput) : []),
    ...(isWanted('estate.declaredSetting') ? declaredFacts(judgedInput, context.normalise) : []),
  ];
  for (const normalise of NORMALISERS[snapshot.target.kind]) {
    const made = normalise(judgedInput, context.normalise);
    facts.push(...made.facts);
    problems.push(...made.problems);
  }
  const result = resultOf(target, facts, problems, context);
  // A view in which nothing is laid over what is declared is not the one that fixes are planned in.
  const isView = context.declared || (declared.length === 0 && pushed.length === 0);
  return context.planFixes && isView ? { ...result, plans: plansOf(result.judged, judgedInput.snapshot, result.target, declared, context) } : result;
}

/** Judges the resources of one document. */
export function judgeCloud(inventory: CloudInventory, target: Target, given: readonly Problem[], context: JudgeContext): TargetResult {
  const made = normaliseCloud(inventory, target, context.normalise);
  return resultOf(target, made.facts, [...given, ...made.problems], context);
}

export function resultOf(target: Target, facts: readonly Fact[], problems: readonly Problem[], context: JudgeContext): TargetResult {
  const evaluation = evaluate(facts, context.policies, context.keepVerdicts);
  const failed = problems.some((problem) => problem.level === 'error');
  return {
    target: failed && target.status === 'complete' ? { ...target, status: 'partial' } : target,
    verdicts: evaluation.verdicts,
    judged: evaluation.judged,
    counts: evaluation.counts,
    facts: evaluation.facts,
    retained: retainedOf(facts, context.policies),
    problems,
    plans: NO_PLANS,
  };
}

const NO_PLANS: TargetResult['plans'] = new Map();
