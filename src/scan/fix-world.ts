import type { JudgedFact } from '../evaluate/evaluate.ts';
import type { DocumentChange } from '../lib/document.ts';
import { settingAt, type PushedSetting } from '../lib/settings.ts';
import { readEstate } from '../estate/load.ts';
import type { Outcome } from '../fix/prove.ts';
import type { CurrentSetting } from '../fix/plan.ts';
import type { Estate } from '../model/estate.ts';
import type { Json } from '../model/json.ts';
import { type Problem, UserError } from '../model/problem.ts';
import type { Area } from '../model/setting.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { layDeclared } from '../normalise/settings/index.ts';
import { indexByHost } from '../normalise/rds/host-names.ts';
import { retainedWith } from './cloud-parts.ts';
import type { JudgeContext, TargetResult } from './context.ts';
import { settingOf } from './fix-plans.ts';
import { componentOf, editBicepParts, editParts, isSource, partsOfFile, type PartlyEdited } from './fix-parts.ts';
import type { FileChange, FixWorld } from './fix-view.ts';
import { readCloudValue } from './read-cloud.ts';
import { snapshotOf } from './snapshot-file.ts';
import { declaredOf, entryOf, judgeCloud, judgeSnapshot } from './judge-target.ts';
import { keyOf } from './keys.ts';
import { judgeJoins } from './joins.ts';
import { isInput, readInput } from './read-input.ts';
import { cloudOf } from './source-cloud.ts';
import { isBicepView, problemsOf } from './source-view.ts';

const snapshotCache = new WeakMap<FixWorld, Map<string, Snapshot>>();

/** A target's snapshot as collected, unified; read again, since judged targets are dropped. */
function actualSnapshot(world: FixWorld, target: string): Snapshot | null {
  let cache = snapshotCache.get(world);
  if (cache === undefined) {
    cache = new Map();
    snapshotCache.set(world, cache);
  }
  const known = cache.get(target);
  if (known !== undefined) return known;
  const file = world.files.get(target);
  const input = file === undefined ? null : readInput(file.planned.path, world.sourceRoot, undefined, true);
  if (input === null || !isInput(input)) return null;
  const loaded = snapshotOf(input.document.value, input.file.name, file?.planned.group ?? '', world.context);
  if ('level' in loaded) return null;
  if (cache.size > 200) cache.clear();
  cache.set(target, loaded.snapshot);
  return loaded.snapshot;
}

/** A setting of a target in the declared view; null when the target or what it belongs to is not there. */
export function currentSetting(world: FixWorld, target: string, path: readonly string[]): CurrentSetting | null {
  const result = world.results.get(target);
  const actual = result === undefined ? null : actualSnapshot(world, target);
  if (result === undefined || actual === null) return null;
  const declared = declaredOf(entryOf(actual.target.kind, actual.target.name, world.context));
  const pushed = world.context.pushed.get(actual.target.name.toLowerCase()) ?? [];
  const { catalogue } = world.context.normalise;
  const laid = layDeclared(actual, declared, catalogue, { target: result.target, pushed });
  return settingOf(path, laid.snapshot, result.target, declared, catalogue);
}

/** What declared collections push to the hosts that their snapshot names. */
export function pushedBy(
  estate: Estate,
  hostsOf: (broker: string, collection: string) => readonly string[],
  catalogue: readonly Area[],
): Map<string, PushedSetting[]> {
  const pushed = new Map<string, PushedSetting[]>();
  // The broker has full names, the estate may have short ones.
  const known = indexByHost(estate.hosts, ({ name }) => name);
  for (const deployment of estate.deployments) {
    for (const entry of deployment.declared) {
      const found = settingAt(entry.path, catalogue, 'rds-deployment');
      const pushes = found?.setting.pushes;
      const collection = found?.names['collection'];
      if (pushes === undefined || collection === undefined) continue;
      const value = pushes.map === undefined ? entry.value : pushes.map[String(entry.value)];
      if (value === undefined) continue;
      for (const host of hostsOf(deployment.broker, collection)) {
        const key = (known.find(host)?.name ?? host).toLowerCase();
        const list = pushed.get(key) ?? [];
        list.push({ path: pushes.setting.split('/'), value, from: collection });
        pushed.set(key, list);
      }
    }
  }
  return pushed;
}

/** Hosts of a collection, from what its deployment left behind. */
export function hostsOfCollection(results: Iterable<TargetResult>): (broker: string, collection: string) => string[] {
  const hosts = new Map<string, string[]>();
  for (const result of results) {
    for (const fact of result.retained) {
      const { collection, hosts: listed } = fact.data;
      if (fact.kind === 'rds.collection' && typeof collection === 'string' && Array.isArray(listed))
        hosts.set(`${result.target.name.toLowerCase()}\0${collection.toLowerCase()}`, (listed as readonly Json[]).map(String));
    }
  }
  return (broker, collection) => hosts.get(`${broker.toLowerCase()}\0${collection.toLowerCase()}`) ?? [];
}

/** Judges the world with changes made: only what they touch, and the joins. A text when the edit cannot be made. */
export function judgeEdited(world: FixWorld, changes: readonly FileChange[]): Outcome | string {
  const byFile = new Map<string, DocumentChange[]>();
  for (const { file, change } of changes) byFile.set(file, [...(byFile.get(file) ?? []), change]);
  const edited = new Map<string, TargetResult>();
  const partly = new Map<string, PartlyEdited>();
  let entangled = false;
  let { context } = world;
  for (const [file, list] of byFile) {
    const opened = world.open(file);
    if (opened === null) return `'${file}' cannot be read.`;
    const result = opened.document.edit(list);
    if ('refused' in result) return result.refused;
    if (file === world.estate?.file.name) {
      const estate = editedEstate(result.value, file, world);
      if (typeof estate === 'string') return estate;
      context = { ...context, estate, pushed: pushedBy(estate, hostsOfCollection(world.results.values()), context.normalise.catalogue) };
    } else if (isSource(file, world) && !isJudgedItself(file, world)) {
      // What the files are compiled to is judged once all their changes are known.
    } else if (!editParts(file, result.value, list, world, partly)) {
      entangled = entangled || partsOfFile(file, world) !== null;
      editCloud(file, result.value, world, edited);
    }
  }
  const compiled = editBicep(changes, world, edited, partly);
  if (typeof compiled === 'string') return compiled;
  entangled = entangled || compiled.entangled;
  if (context !== world.context) editHosts(context, world, edited);
  return { ...compare(world, context, edited, partly), entangled };
}

/** A program that is judged although something that was made from it is too. */
function isJudgedItself(file: string, world: FixWorld): boolean {
  return !world.views.has(file) && [...world.files.values()].some(({ result }) => result.name === file);
}

function editedEstate(value: Json, file: string, world: FixWorld): Estate | string {
  try {
    return readEstate(value, file, world.context.normalise.catalogue);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

function editCloud(file: string, value: Json, world: FixWorld, edited: Map<string, TargetResult>): void {
  for (const [target, { planned, result }] of world.files) {
    const before = world.results.get(target);
    if (result.name !== file || before === undefined) continue;
    const cloud = readCloudValue(value, file, planned, world.sourceRoot);
    if (cloud !== null)
      edited.set(
        target,
        judgeCloud(
          cloud.inventory,
          before.target,
          cloud.problems.map((problem) => ({ ...problem, target, file })),
          world.context,
        ),
      );
  }
}

/**
 * Judges compiled files as they will be when literals of their sources are changed: the values that the literals come to are
 * changed in what is judged. What else depends on them shows when the edits are compiled.
 */
function editBicep(
  changes: readonly FileChange[],
  world: FixWorld,
  edited: Map<string, TargetResult>,
  partly: Map<string, PartlyEdited>,
): { readonly entangled: boolean } | string {
  let entangled = false;
  for (const [target, { result }] of world.files) {
    const view = world.views.get(result.name);
    const before = world.results.get(target);
    const ours = view === undefined ? [] : changes.filter(({ file }) => view.source(file) !== null);
    if (view === undefined || before === undefined || ours.length === 0) continue;
    const made = view.edited(ours);
    // A stack that the program does not make now, or makes otherwise, stays as it is.
    if ('refused' in made && !isBicepView(view)) {
      edited.set(target, before);
      continue;
    }
    if ('refused' in made) return made.refused;
    const cloud = cloudOf(view, made.value);
    if (cloud === null) continue;
    const problems = [...problemsOf(view), ...cloud.problems].map((problem) => ({ ...problem, target }));
    const part = editBicepParts(target, { inventory: cloud.inventory, problems }, ours, view, world);
    if (part !== null) {
      partly.set(target, part);
      continue;
    }
    entangled = entangled || partsOfFile(result.name, world) !== null;
    edited.set(target, judgeCloud(cloud.inventory, before.target, problems, world.context));
  }
  return { entangled };
}

/** Hosts and deployments whose declared settings, or what is pushed to them, are not what they were. */
function editHosts(context: JudgeContext, world: FixWorld, edited: Map<string, TargetResult>): void {
  for (const [target, result] of world.results) {
    const { kind, name } = result.target;
    if (kind !== 'windows-host' && kind !== 'rds-deployment' && kind !== 'endpoint') continue;
    if (declarations(kind, name, context) === declarations(kind, name, world.context)) continue;
    const snapshot = actualSnapshot(world, target);
    if (snapshot !== null) edited.set(target, judgeSnapshot(snapshot, result.target, [], context));
  }
}

function declarations(kind: 'windows-host' | 'rds-deployment' | 'endpoint', name: string, context: JudgeContext): string {
  const declared = declaredOf(entryOf(kind, name, context));
  return JSON.stringify([declared.map(({ path, value }) => [path, value]), context.pushed.get(name.toLowerCase()) ?? []]);
}

function compare(world: FixWorld, context: JudgeContext, edited: ReadonlyMap<string, TargetResult>, partly: ReadonlyMap<string, PartlyEdited>): Outcome {
  const before = new Set(world.joined.map(keyOf));
  const problemsBefore = new Set<string>();
  const failing = new Set<string>();
  const now: JudgedFact[] = [];
  const problemsNow: Problem[] = [];
  for (const [target, result] of edited) {
    const old = world.results.get(target);
    for (const judged of old?.judged ?? []) before.add(keyOf(judged));
    for (const problem of old?.problems ?? []) problemsBefore.add(problem.message);
    now.push(...result.judged);
    problemsNow.push(...result.problems);
  }
  const addedBy = new Map<string, string[]>();
  for (const [target, item] of partly) {
    for (const problem of world.results.get(target)?.problems ?? []) problemsBefore.add(problem.message);
    problemsNow.push(...item.problems);
    for (const group of item.edited.groups) {
      for (const judged of group.before.judged) before.add(keyOf(judged));
      const [part] = group.parts;
      const own = group.after.judged.filter((judged) => !before.has(keyOf(judged)));
      now.push(...(group.parts.length === 1 ? group.after.judged.filter((judged) => before.has(keyOf(judged))) : group.after.judged));
      if (group.parts.length === 1 && part !== undefined && own.length > 0)
        addedBy.set(componentOf(world.files.get(target)?.result.name ?? '', part), own.map(inWords));
      for (const judged of group.parts.length === 1 ? own : []) failing.add(keyOf(judged));
    }
  }
  const all = [...world.results].map(([target, result]) => edited.get(target) ?? withRetained(result, partly.get(target)));
  now.push(...judgeJoins(all, context).judged);
  const added = now.filter((judged) => !before.has(keyOf(judged))).map(inWords);
  const problems = problemsNow.filter((problem) => !problemsBefore.has(problem.message)).map((problem) => problem.message);
  for (const judged of now) failing.add(keyOf(judged));
  return { failing, added: [...added, ...problems], addedBy };
}

function inWords({ policy, fact }: JudgedFact): string {
  return `${policy.policy.id} on '${fact.name}'.`;
}

function withRetained(result: TargetResult, item: PartlyEdited | undefined): Pick<TargetResult, 'retained'> {
  return item === undefined ? result : { retained: retainedWith(item.edited, item.parts, result) };
}
