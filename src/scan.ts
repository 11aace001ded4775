import { type Evaluation, type JudgedFact, policiesByKind } from './evaluate/evaluate.ts';
import { applyBaseline, carryForward } from './gate/baseline.ts';
import { decide } from './gate/gate.ts';
import { applyIgnores } from './gate/ignores.ts';
import { applyWaivers, type Waivable } from './gate/waivers.ts';
import { REMOTE_DESKTOP_STATE } from './model/facts/windows-connections.ts';
import type { Finding, Verdict } from './model/finding.ts';
import type { Problem } from './model/problem.ts';
import type { ScanReport } from './model/report.ts';
import type { Target } from './model/target.ts';
import type { CompiledPolicy } from './policy/compile.ts';
import { selectPolicies, unselectedProblems } from './policy/select.ts';
import { bicepDriver } from './scan/compile.ts';
import type { JudgeContext } from './scan/context.ts';
import { openFiles, type OpenFiles } from './scan/documents.ts';
import { findingOf, fingerprintOf } from './scan/findings.ts';
import type { FixWorld } from './scan/fix-view.ts';
import { offerFixes } from './scan/fixes.ts';
import { ignoresOfSources, obeyed } from './scan/ignores.ts';
import { judgedPlaces } from './scan/judged-places.ts';
import { runHere, type Steps } from './scan/job.ts';
import { judgeJoins, wantedKinds } from './scan/joins.ts';
import type { FileResult } from './scan/file-result.ts';
import { entryOf, isSnapshotTarget } from './scan/judge-target.ts';
import { emptiedGroups, withPrevious } from './scan/groups.ts';
import { keyOf } from './scan/keys.ts';
import { knownDataProblems } from './scan/known-data.ts';
import { entryPointer, locateAll, type Locator } from './scan/locate.ts';
import { planScan, type ScanPlan } from './scan/plan.ts';
import { proveBicep } from './scan/prove-bicep.ts';
import { withPreviews } from './scan/pulumi-files.ts';
import { unjudgedBy, reportPolicy, reportFiles, scanInfo, sortProblems, totalsOf } from './scan/report-parts.ts';
import { runInThreads, type ThreadOptions } from './scan/threads.ts';
import { cloudEntryOf, declaredView, judgeAll, noTargets, type JudgedWorld } from './scan/world.ts';
import { hostsWithout, withoutProblems } from './scan/without-remote-desktop.ts';
import type { ScanRequest } from './scan/request.ts';

export type { ScanRequest } from './scan/request.ts';

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
  const context = contextFor(request, plan.estate, policies);
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
  const read = [...world.results.values()]
    .map((result) => withChange(withLocation(result.target, locator), request))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const problems = [
    ...(request.problems ?? []),
    ...plan.problems,
    ...(context.policies.has(REMOTE_DESKTOP_STATE.kind) ? withoutProblems(plan.estate, read) : []),
    ...world.problems,
    ...[...world.results.values()].flatMap((result) => result.problems),
    ...(request.waivers?.problems ?? []),
    ...unselectedProblems(library, request.selection, policies),
  ];

  const locations = locateAll(judged, locator, request.withLineHashes !== false);
  let findings: Finding[] = judged.map((item, index) => findingOf(item, locations[index] ?? [], resourceOf(item)));
  const known = new Set(library.policies.map(({ id }) => id));
  const judgedPolicies = new Set(policies.map(({ policy }) => policy.id));
  if (request.waivers !== null) {
    const waivable = { targets: new Map(read.map((target) => [target.id, target.name])), known, judged: judgedPolicies };
    const waived = applyWaivers(findings, request.waivers.waivers, waivable, request.now, request.waivers.file);
    findings = waived.findings;
    problems.push(...waived.problems);
  }
  const ignored = withIgnores(findings, request, { known, judged: judgedPolicies }, [...world.files.values()], documents);
  findings = ignored.findings;
  problems.push(...ignored.problems);
  if (request.baseline !== null) findings = applyBaseline(findings, request.baseline);
  if (request.withFixes) findings = yield* withFixes(findings, judged, request, plan, world, joined, documents);
  if (request.previous !== null) findings = carryForward(findings, request.previous, unjudgedBy(read, findings, problems, request.previous, policies));
  const targets = withPrevious(read, findings, request.previous);

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
  const info = scanInfo(request, plan, sorted, world.skipped);
  const emptied = emptiedGroups(plan, targets, sorted, info, request.previous);
  return {
    schemaVersion: 1,
    tool: { name: 'rdposture', version: request.version, homepage: HOMEPAGE },
    scannedAt: request.now,
    scan: emptied.length === 0 ? info : { ...info, emptied },
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
  { known, judged }: Pick<Waivable, 'known' | 'judged'>,
  files: readonly { readonly result: FileResult }[],
  documents: OpenFiles,
): { findings: Finding[]; problems: readonly Problem[] } {
  const results = files.map(({ result }) => result);
  const { comments, problems } = obeyed(ignoresOfSources(results, documents), request.ignores ?? { obey: 'all', trustedFolder: null });
  const applied = applyIgnores(findings, comments, {
    now: request.now,
    known,
    judged,
    isJudged: judgedPlaces(comments.ignores, results, documents),
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

function contextFor(request: ScanRequest, loaded: ScanPlan['estate'], policies: readonly CompiledPolicy[]): JudgeContext {
  const byKind = policiesByKind(policies);
  const estate = loaded?.estate ?? null;
  return {
    policies: byKind,
    normalise: {
      intent: estate?.intent ?? { gatewayFqdn: null, adminNetworks: [], all: {} },
      now: request.now,
      catalogue: request.library.areas,
      ...(request.library.knownUpdates === undefined ? {} : { knownUpdates: request.library.knownUpdates }),
      ...(request.serviceTags === undefined || request.serviceTags === null ? {} : { serviceTags: request.serviceTags }),
      withoutRemoteDesktop: hostsWithout(loaded),
      wanted: wantedKinds(byKind),
    },
    estate,
    declared: request.declared,
    pushed: new Map(),
    keepVerdicts: request.withVerdicts,
    planFixes: request.withFixes,
  };
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
