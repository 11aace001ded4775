import { type Evaluation, type JudgedFact, policiesByKind, type PolicyCounts } from './evaluate/evaluate.ts';
import { applyBaseline, carryForward } from './gate/baseline.ts';
import { decide, type GateOptions } from './gate/gate.ts';
import { applyIgnores } from './gate/ignores.ts';
import { applyWaivers, type Waiver } from './gate/waivers.ts';
import type { Estate } from './model/estate.ts';
import type { Finding, Verdict } from './model/finding.ts';
import type { Json } from './model/json.ts';
import { type Problem, UserError } from './model/problem.ts';
import type { ReportFile, ReportPolicy, ScanReport, Totals } from './model/report.ts';
import type { ServiceTags } from './model/service-tags.ts';
import type { Target, TargetChange } from './model/target.ts';
import type { CompiledPolicy } from './policy/compile.ts';
import type { Library } from './policy/library.ts';
import { type Selection, selectPolicies } from './policy/select.ts';
import type { JudgeContext, TargetResult } from './scan/context.ts';
import { openFiles, type OpenFiles } from './scan/documents.ts';
import { findingOf, fingerprintOf } from './scan/findings.ts';
import { hostsOfCollection, pushedBy } from './scan/fix-world.ts';
import type { FixWorld } from './scan/fix-view.ts';
import { offerFixes } from './scan/fixes.ts';
import { bicepDriver, type BicepOptions } from './scan/compile.ts';
import { type CompiledFiles, compiling, type JudgeJob, judging, runHere, type Steps } from './scan/job.ts';
import { type IgnoreOptions, ignoresOfSources, obeyed } from './scan/ignores.ts';
import { keyOf, targetId } from './scan/keys.ts';
import { knownDataProblems } from './scan/known-data.ts';
import { bicepEntryOf, type FileResult } from './scan/judge-file.ts';
import { declaredOf, entryOf, isSnapshotTarget, resultOf } from './scan/judge-target.ts';
import { judgeJoins, wantedKinds } from './scan/joins.ts';
import { azurePointer } from './scan/judge-azure.ts';
import { type CloudEntry, entryPointer, locateAll, type Locator } from './scan/locate.ts';
import { type PlannedFile, planScan, type ScanPlan } from './scan/plan.ts';
import { displaced, withPreviews } from './scan/pulumi-files.ts';
import type { EditedTexts } from './scan/read-input.ts';
import { proveBicep } from './scan/prove-bicep.ts';
import { remediationOf } from './scan/remediation.ts';
import { runInThreads, type ThreadOptions } from './scan/threads.ts';
import { isBicep } from './collect/bicep/compiled.ts';
import { unreadTargetFact } from './normalise/settings/index.ts';

/** What to scan, and how. Nothing is read from the environment. */
export interface ScanRequest {
  /** Absolute paths. */
  readonly paths: readonly string[];
  /** As they are shown in the report. */
  readonly shownPaths: readonly string[];
  readonly sourceRoot: string;
  readonly library: Library;
  readonly selection: Omit<Selection, 'estateParams'>;
  /** ISO 8601 UTC. */
  readonly now: string;
  readonly declared: boolean;
  readonly waivers: { readonly file: string; readonly waivers: readonly Waiver[]; readonly problems: readonly Problem[] } | null;
  readonly baseline: ScanReport | null;
  readonly previous: ScanReport | null;
  readonly gate: GateOptions;
  /** Fixes cost proofs: made only when an output shows them. */
  readonly withFixes: boolean;
  readonly withVerdicts: boolean;
  /** They cost a walk through each file that findings point into; reports and SARIF hold them. Default true. */
  readonly withLineHashes?: boolean;
  /** Packs, and parameters of policies, of a trusted estate; the scanned estate's own when null. */
  readonly trusted: { readonly packs: readonly string[]; readonly params: Readonly<Record<string, Readonly<Record<string, Json>>>> } | null;
  readonly version: string;
  readonly provenance: NonNullable<ScanReport['scan']['provenance']> | null;
  readonly azureDevOps: Readonly<Record<string, string>> | null;
  /** What is known before the scan begins, such as what a pull request changes and is not obeyed. */
  readonly problems?: readonly Problem[];
  /** Live targets were contacted before; those that could not be collected, by id, and why: their last snapshots are not judged. */
  readonly contacted?: {
    readonly failed: ReadonlyMap<string, Problem>;
    /** Ids of the subscriptions that were found: one that was below a management group once and is not now is none of the estate's. */
    readonly subscriptions?: ReadonlySet<string>;
  };
  /** The last change that `apply` made on a target, by its id. */
  readonly changes?: ReadonlyMap<string, TargetChange>;
  /** Whose comments in sources count; all of them without it. */
  readonly ignores?: IgnoreOptions;
  /** What `pulumi preview --json` printed, by the absolute path of the project file that it was run for. */
  readonly previews?: ReadonlyMap<string, string>;
  /** Texts that stand for files, to try a fix. */
  readonly edited?: EditedTexts;
  /** Addresses of Azure's service tags, in place of what live snapshots hold of them. */
  readonly serviceTags?: ServiceTags | null;
  /** How Bicep files are compiled; without it each of them is a problem. */
  readonly bicep?: BicepOptions;
}

/** Scans in this thread; Bicep files are not compiled, which takes `scanInThreads`. */
export function scan(request: ScanRequest): ScanReport {
  return runHere(scanSteps(request));
}

/** The entry of further threads, beside this module in the sources and in the build. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? 'worker.ts' : 'worker.js', import.meta.url);

/** Scans in as many threads; the report is the same whatever their number. */
export async function scanInThreads(request: ScanRequest, options: Omit<ThreadOptions, 'worker'>): Promise<ScanReport> {
  const driver = bicepDriver(request.bicep);
  try {
    return await runInThreads(scanSteps(request), { compile: driver.compile, ...options, worker: WORKER });
  } finally {
    driver.close();
  }
}

/** The whole way of the data: plan, compile, read, normalise, judge, join, locate, waive, fix, gate. */
function* scanSteps(request: ScanRequest): Steps<ScanReport> {
  const { library } = request;
  const plan = withPreviews(planScan(request.paths, request.sourceRoot, library.areas, request.edited), request.previews, request.sourceRoot);
  const policies = policiesFor(request, plan);
  const context = contextFor(request, plan.estate?.estate ?? null, policies);
  const world = yield* judgeAll(request, plan, context);
  if (world.results.size === 0 && world.silent === 0) throw noTargets(request, [...plan.problems, ...world.problems]);
  const joined = judgeJoins([...world.results.values()], world.context);
  const judged = [...[...world.results.values()].flatMap((result) => result.judged), ...joined.judged].toSorted(byPolicyAndFact);

  const documents = openFiles(request.sourceRoot, plan, world.files, request.edited, world.compiled.values());
  const locator: Locator = {
    estate: plan.estate,
    open: documents.open,
    views: documents.views,
    snapshotOf: (target) => world.files.get(target)?.result.name ?? null,
    entryOf: (target) => {
      const known = world.results.get(target)?.target;
      if (known?.kind === 'azure') return cloudEntryOf(known, plan.estate?.estate ?? null);
      if (known === undefined || !isSnapshotTarget(known)) return null;
      const entry = entryOf(known.kind, known.name, context);
      return entry.host ?? entry.deployment ?? entry.gateway;
    },
  };
  const targets = [...world.results.values()]
    .map((result) => withChange(withLocation(result.target, locator), request))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const problems = [
    ...(request.problems ?? []),
    ...plan.problems,
    ...world.problems,
    ...[...world.results.values()].flatMap((result) => result.problems),
    ...(request.waivers?.problems ?? []),
  ];

  const locations = locateAll(judged, locator, request.withLineHashes !== false);
  let findings: Finding[] = judged.map((item, index) => findingOf(item, locations[index] ?? [], resourceOf(item)));
  const names = new Map(targets.map((target) => [target.id, target.name]));
  if (request.waivers !== null) {
    const waived = applyWaivers(findings, request.waivers.waivers, names, request.now, request.waivers.file);
    findings = waived.findings;
    problems.push(...waived.problems);
  }
  const ignored = withIgnores(findings, request, policies, [...world.files.values()], documents);
  findings = ignored.findings;
  problems.push(...ignored.problems);
  if (request.baseline !== null) findings = applyBaseline(findings, request.baseline);
  if (request.withFixes) findings = yield* withFixes(findings, judged, request, plan, world, joined, documents);
  if (request.previous !== null) findings = carryForward(findings, request.previous, unjudgedBy(targets, findings, problems, request.previous, policies));

  const evaluations = [...[...world.results.values()].map((result) => result), joined];
  problems.push(
    ...knownDataProblems(
      library.knownUpdates,
      request.now,
      policies,
      evaluations.map((evaluation) => evaluation.counts),
    ),
  );
  const sorted = sortProblems(problems);
  return {
    schemaVersion: 1,
    tool: { name: 'rdposture', version: request.version, homepage: HOMEPAGE },
    scannedAt: request.now,
    scan: {
      estate: plan.estate?.estate.name ?? 'files',
      mode: request.declared ? 'declared' : request.contacted === undefined ? 'files' : 'live',
      packs: request.selection.packs.length > 0 ? request.selection.packs : (request.trusted?.packs ?? plan.estate?.estate.packs ?? []),
      paths: request.shownPaths,
      ...(world.skipped === 0 ? {} : { skipped: world.skipped }),
      contacted: request.contacted !== undefined,
      complete: !sorted.some((problem) => problem.level === 'error'),
      ...(request.previous === null ? {} : { previous: true }),
      ...(request.provenance === null ? {} : { provenance: request.provenance }),
      ...(request.azureDevOps === null ? {} : { azureDevOps: request.azureDevOps }),
      columnKind: 'utf16CodeUnits',
    },
    targets,
    policies: policies.map((policy) => reportPolicy(policy, request)),
    files: reportFiles(findings, targets, documents.info),
    problems: sorted,
    findings,
    totals: totalsOf(targets, evaluations, findings),
    verdicts: evaluations
      .flatMap((evaluation): readonly Verdict[] => evaluation.verdicts)
      .toSorted((a, b) => compare(a.policy, b.policy) || compare(a.id, b.id)),
    gate: decide(findings, sorted, request.gate),
  };
}

function withIgnores(
  findings: readonly Finding[],
  request: ScanRequest,
  policies: readonly CompiledPolicy[],
  files: readonly { readonly result: FileResult }[],
  documents: OpenFiles,
): { findings: Finding[]; problems: readonly Problem[] } {
  const { comments, problems } = obeyed(
    ignoresOfSources(
      files.map(({ result }) => result),
      documents,
    ),
    request.ignores ?? { obey: 'all', trustedFolder: null },
  );
  const applied = applyIgnores(findings, comments, {
    now: request.now,
    known: new Set(request.library.policies.map(({ id }) => id)),
    judged: new Set(policies.map(({ policy }) => policy.id)),
  });
  return { findings: applied.findings, problems: [...problems, ...applied.problems] };
}

const HOMEPAGE = 'https://github.com/rdposture/rdposture';

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function byPolicyAndFact(a: JudgedFact, b: JudgedFact): number {
  return compare(a.fact.target, b.fact.target) || compare(a.policy.policy.id, b.policy.policy.id) || compare(a.fact.id, b.fact.id);
}

function policiesFor(request: ScanRequest, plan: ScanPlan): CompiledPolicy[] {
  const estate = request.trusted ?? plan.estate?.estate;
  const packs = request.selection.packs.length > 0 ? request.selection.packs : (estate?.packs ?? []);
  return selectPolicies(request.library, { ...request.selection, packs, estateParams: estate?.params ?? {} });
}

function contextFor(request: ScanRequest, estate: Estate | null, policies: readonly CompiledPolicy[]): JudgeContext {
  const byKind = policiesByKind(policies);
  return {
    policies: byKind,
    normalise: {
      intent: estate?.intent ?? { gatewayFqdn: null, adminNetworks: [], all: {} },
      now: request.now,
      catalogue: request.library.areas,
      ...(request.library.knownUpdates === undefined ? {} : { knownUpdates: request.library.knownUpdates }),
      ...(request.serviceTags === undefined || request.serviceTags === null ? {} : { serviceTags: request.serviceTags }),
      wanted: wantedKinds(byKind),
    },
    estate,
    declared: request.declared,
    pushed: new Map(),
    keepVerdicts: request.withVerdicts,
    planFixes: request.withFixes,
  };
}

/** All targets judged, before joins. */
interface JudgedWorld {
  readonly context: JudgeContext;
  readonly results: Map<string, TargetResult>;
  readonly files: Map<string, { readonly planned: PlannedFile; readonly result: FileResult }>;
  readonly problems: Problem[];
  readonly compiled: CompiledFiles;
  /** Named files that are known and hold nothing to judge. */
  silent: number;
  skipped: number;
}

function* judgeAll(request: ScanRequest, plan: ScanPlan, context: JudgeContext): Steps<JudgedWorld> {
  const entries = plan.files.filter(({ path }) => isBicep(path)).map(bicepEntryOf);
  const compiled = yield* compiling({ compile: entries, sourceRoot: request.sourceRoot, ...(request.edited && { edited: request.edited }) });
  const world: JudgedWorld = { context, results: new Map(), files: new Map(), problems: [], compiled, silent: 0, skipped: 0 };
  const results = yield* judging({ ...jobOf(request, plan.files, context), compiled });
  const dropped = displaced(
    plan.files.flatMap((planned, index) => {
      const { name, pulumi } = results[index] ?? {};
      return name === undefined || pulumi === undefined ? [] : [{ planned, name, pulumi }];
    }),
    request.sourceRoot,
  );
  world.problems.push(...dropped.problems);
  for (const [index, planned] of plan.files.entries()) {
    const result = results[index];
    if (result !== undefined && !dropped.names.has(result.name)) addFile({ planned, result }, world, request);
  }
  const pushed = context.declared ? yield* judgePushed(request, world, context) : context;
  addMissing(plan, world, pushed, request);
  return { ...world, context: pushed };
}

function jobOf(request: ScanRequest, files: readonly PlannedFile[], context: JudgeContext): JudgeJob {
  return { files, sourceRoot: request.sourceRoot, context, ...(request.edited === undefined ? {} : { edited: request.edited }) };
}

/** What collections push is known only when their deployments have been read: their hosts are judged again. */
function* judgePushed(request: ScanRequest, world: JudgedWorld, context: JudgeContext): Steps<JudgeContext> {
  if (context.estate === null) return context;
  const pushed = pushedBy(context.estate, hostsOfCollection(world.results.values()), context.normalise.catalogue);
  const hosts = [...world.files].filter(([target]) => pushed.has(world.results.get(target)?.target.name.toLowerCase() ?? ''));
  yield* judgeAgain(request, world, hosts, { ...context, pushed });
  return { ...context, pushed };
}

function* judgeAgain(
  request: ScanRequest,
  world: JudgedWorld,
  files: readonly (readonly [string, { readonly planned: PlannedFile }])[],
  context: JudgeContext,
): Steps<void> {
  if (files.length === 0) return;
  const planned = files.map(([, file]) => file.planned);
  const results = yield* judging({ ...jobOf(request, planned, context), compiled: world.compiled });
  for (const result of results.flatMap((file) => file.results)) world.results.set(result.target.id, result);
}

/** The declared view of what is judged already: only targets that something is declared for, or pushed to, differ. */
function* declaredView(request: ScanRequest, world: JudgedWorld): Steps<JudgedWorld> {
  const context: JudgeContext = { ...world.context, declared: true, keepVerdicts: false };
  const view: JudgedWorld = { ...world, context, results: new Map(world.results) };
  const declared = [...world.files].filter(([id]) => {
    const target = world.results.get(id)?.target;
    return target !== undefined && isSnapshotTarget(target) && declaredOf(entryOf(target.kind, target.name, context)).length > 0;
  });
  yield* judgeAgain(request, view, declared, context);
  return { ...view, context: yield* judgePushed(request, view, context) };
}

/** Of two snapshots for one target the newest counts. */
function addFile(item: { readonly planned: PlannedFile; readonly result: FileResult }, world: JudgedWorld, request: ScanRequest): void {
  world.problems.push(...item.result.problems);
  if (item.result.silent) world.silent++;
  if (item.result.skipped) world.skipped++;
  for (const result of item.result.results) {
    const { id, name, collectedAt } = result.target;
    // What a host was before is not what it is now that nobody reached it.
    if (request.contacted?.failed.has(id) === true) continue;
    if (result.target.kind === 'azure' && item.planned.by === 'snapshots' && request.contacted?.subscriptions?.has(id) === false) continue;
    const known = world.results.get(id);
    if (known !== undefined) {
      const newer = (collectedAt ?? '') > (known.target.collectedAt ?? '');
      world.problems.push({
        level: 'warning',
        code: 'snapshot.twice',
        message: `There are two snapshots of '${name}'; the newer one, of ${newer ? (collectedAt ?? '') : (known.target.collectedAt ?? '')}, counts.`,
        hint: 'Take the older one away.',
        target: id,
      });
      if (!newer) continue;
    }
    world.results.set(id, result);
    world.files.set(id, item);
  }
}

/** What the estate says of a subscription; null for one that it does not name. */
function cloudEntryOf({ name, managementGroups }: Target, estate: Estate | null): CloudEntry | null {
  const scope = estate === null ? null : azurePointer(estate, name, managementGroups ?? []);
  return scope === null ? null : { scope, declared: [] };
}

/** Subscriptions and management groups of the estate; a group that subscriptions were found below has been opened. */
function wantedAzure(estate: Estate, results: Iterable<TargetResult>): { kind: 'azure'; name: string; group: string; over: 'azure' }[] {
  const opened = new Set([...results].flatMap(({ target }) => target.managementGroups ?? []).map((group) => group.toLowerCase()));
  const groups = (estate.azure?.managementGroups ?? []).filter((group) => !opened.has(group.toLowerCase()));
  return [...(estate.azure?.subscriptions ?? []), ...groups].map((name) => ({ kind: 'azure', name, group: name, over: 'azure' }));
}

/** Targets that the estate names and that have no snapshot: nobody looked at them. */
function addMissing(plan: ScanPlan, world: JudgedWorld, context: JudgeContext, request: ScanRequest): void {
  const estate = plan.estate?.estate;
  if (estate === undefined) return;
  const wanted = [
    ...estate.hosts.map((host) => ({ kind: 'windows-host' as const, name: host.name, group: host.groups[0] ?? 'hosts', over: host.over })),
    ...estate.deployments.map((deployment) => ({ kind: 'rds-deployment' as const, name: deployment.broker, group: 'deployments', over: deployment.over })),
    // A gateway that nobody looks at on the wire has nothing to collect: its host is judged.
    ...estate.gateways.flatMap(({ name, over }) => (over === 'wire' ? [{ kind: 'endpoint' as const, name, group: 'gateways', over }] : [])),
    ...wantedAzure(estate, world.results.values()),
  ];
  for (const { kind, name, group, over } of wanted) {
    const id = targetId(kind, name);
    if (world.results.has(id)) continue;
    const target: Target = { id, kind, name, group, status: 'failed' };
    const problem: Problem = request.contacted?.failed.get(id) ?? {
      level: 'error',
      code: 'snapshot.missing',
      message: `'${name}' has no snapshot: nothing of it could be judged.`,
      hint: `Collect it${over === 'snapshot' || over === 'azure' ? '' : ` (it connects over ${over}, which this scan does not contact)`} and put the snapshot into '${estate.snapshots.folder}'.`,
      target: id,
    };
    world.results.set(id, resultOf(target, [unreadTargetFact({ target })], [problem], context));
  }
}

function noTargets(request: ScanRequest, problems: readonly Problem[]): UserError {
  const errors = problems.filter((problem) => problem.level === 'error');
  const where =
    request.shownPaths.length === 0
      ? 'here'
      : `in '${request.shownPaths.slice(0, 5).join("', '")}'${request.shownPaths.length > 5 ? ` and ${request.shownPaths.length - 5} more` : ''}`;
  const details = errors.slice(0, 10).map((problem) => problem.message);
  const more = errors.length > 10 ? [`… and ${errors.length - 10} more problems.`] : [];
  return new UserError(
    'scan.no-targets',
    `There is nothing to judge ${where}.`,
    errors[0]?.hint ?? 'Name an estate, a snapshot, an ARM template, a Bicep file, a resource list or a Pulumi program.',
    [...details, ...more],
  );
}

function withChange(target: Target, { changes }: ScanRequest): Target {
  const lastChange = changes?.get(target.id);
  return lastChange === undefined ? target : { ...target, lastChange };
}

function withLocation(target: Target, locator: Locator): Target {
  const entry = locator.entryOf(target.id);
  if (locator.estate === null || entry === null) {
    const file = locator.snapshotOf(target.id);
    return file === null ? target : { ...target, location: { file, region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 } } };
  }
  const region = locator.estate.document.regionOf(entryPointer(entry))?.value;
  return region === undefined ? target : { ...target, location: { file: locator.estate.file.name, region } };
}

function resourceOf({ fact }: JudgedFact): string {
  if (fact.origin.at === 'document') return fact.origin.resourceId ?? fact.name;
  const [path] = Object.values(fact.origin.members ?? {});
  return path === undefined ? fact.name : `${fact.target.slice(fact.target.indexOf(':') + 1)}${path}`;
}

function* withFixes(
  findings: Finding[],
  judged: readonly JudgedFact[],
  request: ScanRequest,
  plan: ScanPlan,
  world: JudgedWorld,
  joined: Evaluation,
  documents: ReturnType<typeof openFiles>,
): Steps<Finding[]> {
  const wanted = judged.filter(
    (item, index) =>
      item.outcome === 'fail' && findings[index]?.status === 'open' && ((item.policy.policy.fix?.length ?? 0) > 0 || item.policy.policy.run !== undefined),
  );
  if (wanted.length === 0) return findings;
  // Hosts are proved in the declared view on both sides.
  const needsDeclared = !request.declared && plan.estate !== null && wanted.some((item) => item.fact.origin.at === 'setting');
  const declaredWorld = needsDeclared ? yield* declaredView(request, world) : world;
  const declaredJoins = needsDeclared ? judgeJoins([...declaredWorld.results.values()], declaredWorld.context) : joined;
  const failingNow = new Map<string, JudgedFact>();
  for (const item of [...[...declaredWorld.results.values()].flatMap((result) => result.judged), ...declaredJoins.judged]) failingNow.set(keyOf(item), item);
  const fixWorld: FixWorld = {
    context: { ...declaredWorld.context, planFixes: false },
    estate: plan.estate,
    sourceRoot: request.sourceRoot,
    results: declaredWorld.results,
    joined: declaredJoins.judged,
    files: declaredWorld.files,
    open: documents.open,
    views: documents.views,
    hashOf: (file) => documents.info(file)?.sha256 ?? null,
  };
  const fixes = yield* proveBicep(offerFixes(wanted, failingNow, fixWorld), fixWorld);
  const byFingerprint = new Map(wanted.map((item) => [fingerprintOf(item.policy.policy.id, item.fact.id), fixes.get(keyOf(item)) ?? []]));
  return findings.map((finding) => ({ ...finding, fixes: byFingerprint.get(finding.fingerprint) ?? [] }));
}

/** What was open before and has no verdict now, or an unknown one, because its target, its list or its file could not be read. */
function unjudgedBy(
  targets: readonly Target[],
  findings: readonly Finding[],
  problems: readonly Problem[],
  previous: ScanReport,
  policies: readonly CompiledPolicy[],
): (finding: Finding) => boolean {
  const asked = new Set(policies.map(({ policy }) => policy.id));
  const status = new Map(targets.map((target) => [target.id, target.status]));
  const unknown = new Set(findings.filter((finding) => finding.outcome === 'unknown').map((finding) => finding.fingerprint));
  const unreadKinds = new Set(
    findings.filter((finding) => finding.outcome === 'unknown' && finding.factId.endsWith('/*')).map((finding) => `${finding.policy}\0${finding.target}`),
  );
  const broken = new Set(problems.flatMap((problem) => (problem.level === 'error' && problem.file !== undefined ? [problem.file] : [])));
  const fileOf = new Map(previous.targets.map((target) => [target.id, target.location?.file]));
  return ({ policy, target, fingerprint }) => {
    if (!asked.has(policy)) return false;
    if (unknown.has(fingerprint) || unreadKinds.has(`${policy}\0${target}`)) return true;
    const known = status.get(target);
    return known === undefined ? broken.has(fileOf.get(target) ?? target.slice(target.indexOf(':') + 1)) : known === 'failed';
  };
}

function reportPolicy(compiled: CompiledPolicy, request: ScanRequest): ReportPolicy {
  const { policy } = compiled;
  return {
    id: policy.id,
    name: policy.name,
    title: policy.title,
    severity: compiled.severity,
    level: compiled.level,
    verified: policy.verified !== false,
    message: policy.message,
    why: policy.why,
    ...(policy.run === undefined ? {} : { run: policy.run }),
    remediation: remediationOf(policy, request.library.areas),
    controls: policy.controls ?? [],
    links: policy.links,
    tags: policy.tags ?? [],
    params: compiled.params,
  };
}

function reportFiles(findings: readonly Finding[], targets: readonly Target[], info: (file: string) => ReportFile | null): ReportFile[] {
  const names = new Set([
    ...findings.flatMap((finding) => finding.locations.map((location) => location.file)),
    ...targets.flatMap((target) => target.location?.file ?? []),
  ]);
  return [...names].toSorted().flatMap((name) => info(name) ?? []);
}

function sortProblems(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems
    .filter((problem) => {
      const key = `${problem.code}\0${problem.message}`;
      const known = seen.has(key);
      seen.add(key);
      return !known;
    })
    .toSorted(
      (a, b) =>
        compare(a.level, b.level) || compare(a.target ?? a.file ?? '', b.target ?? b.file ?? '') || compare(a.code, b.code) || compare(a.message, b.message),
    );
}

function totalsOf(
  targets: readonly Target[],
  parts: readonly { readonly counts: Readonly<Record<string, PolicyCounts>>; readonly facts: number }[],
  findings: readonly Finding[],
): Totals {
  const byPolicy: Record<string, PolicyCounts> = {};
  let facts = 0;
  for (const part of parts) {
    facts += part.facts;
    for (const [id, counts] of Object.entries(part.counts)) {
      const sum = (byPolicy[id] ??= { pass: 0, fail: 0, unknown: 0, notApplicable: 0 });
      sum.pass += counts.pass;
      sum.fail += counts.fail;
      sum.unknown += counts.unknown;
      sum.notApplicable += counts.notApplicable;
    }
  }
  const sorted = Object.fromEntries(Object.entries(byPolicy).toSorted(([a], [b]) => compare(a, b)));
  const total = (outcome: keyof PolicyCounts): number => Object.values(sorted).reduce((sum, counts) => sum + counts[outcome], 0);
  const byBand = { critical: 0, high: 0, medium: 0, low: 0 };
  for (const finding of findings) if (finding.outcome === 'fail' && (finding.status === 'open' || finding.status === 'stale')) byBand[finding.band]++;
  return {
    targets: targets.length,
    facts,
    pass: total('pass'),
    fail: total('fail'),
    unknown: total('unknown'),
    notApplicable: total('notApplicable'),
    byPolicy: sorted,
    byBand,
  };
}
