import { isBicep } from '../collect/bicep/compiled.ts';
import type { Estate } from '../model/estate.ts';
import { placedMessage, type Problem, UserError } from '../model/problem.ts';
import type { Target } from '../model/target.ts';
import { unreadTargetFact } from '../normalise/settings/index.ts';
import type { ScanRequest } from './request.ts';
import type { JudgeContext, TargetResult } from './context.ts';
import { hostsOfCollection, pushedBy } from './fix-world.ts';
import { type CompiledFiles, compiling, type JudgeJob, judging, type Steps } from './job.ts';
import { azurePointer } from './judge-azure.ts';
import { bicepEntryOf } from './judge-bicep.ts';
import type { FileResult } from './file-result.ts';
import { declaredOf, entryOf, isSnapshotTarget, resultOf } from './judge-target.ts';
import { targetId } from './keys.ts';
import type { CloudEntry } from './locate.ts';
import type { PlannedFile, ScanPlan } from './plan.ts';
import { displaced } from './pulumi-files.ts';

/** All targets judged, before joins. */
export interface JudgedWorld {
  readonly context: JudgeContext;
  readonly results: Map<string, TargetResult>;
  readonly files: Map<string, { readonly planned: PlannedFile; readonly result: FileResult }>;
  readonly problems: Problem[];
  readonly compiled: CompiledFiles;
  /** Named files that are known and hold nothing to judge. */
  silent: number;
  skipped: number;
}

export function* judgeAll(request: ScanRequest, plan: ScanPlan, context: JudgeContext): Steps<JudgedWorld> {
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
export function* judgePushed(request: ScanRequest, world: JudgedWorld, context: JudgeContext): Steps<JudgeContext> {
  if (context.estate === null) return context;
  const pushed = pushedBy(context.estate, hostsOfCollection(world.results.values()), context.normalise.catalogue);
  const hosts = [...world.files].filter(([target]) => pushed.has(world.results.get(target)?.target.name.toLowerCase() ?? ''));
  yield* judgeAgain(request, world, hosts, { ...context, pushed });
  return { ...context, pushed };
}

export function* judgeAgain(
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
export function* declaredView(request: ScanRequest, world: JudgedWorld): Steps<JudgedWorld> {
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
export function cloudEntryOf({ name, managementGroups }: Target, estate: Estate | null): CloudEntry | null {
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
export function addMissing(plan: ScanPlan, world: JudgedWorld, context: JudgeContext, request: ScanRequest): void {
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

export function noTargets(request: ScanRequest, problems: readonly Problem[]): UserError {
  const errors = problems.filter((problem) => problem.level === 'error');
  const where =
    request.shownPaths.length === 0
      ? 'here'
      : `in '${request.shownPaths.slice(0, 5).join("', '")}'${request.shownPaths.length > 5 ? ` and ${request.shownPaths.length - 5} more` : ''}`;
  const details = errors.slice(0, 10).map(placedMessage);
  const more = errors.length > 10 ? [`… and ${errors.length - 10} more problems.`] : [];
  return new UserError(
    'scan.no-targets',
    `There is nothing to judge ${where}.`,
    errors[0]?.hint ?? 'Name an estate, a snapshot, an ARM template, a Bicep file, a resource list or a Pulumi program.',
    [...details, ...more],
  );
}
