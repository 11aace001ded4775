import type { JudgedFact } from '../evaluate/evaluate.ts';
import type { DocumentChange } from '../lib/document.ts';
import type { CloudInventory } from '../model/cloud-resource.ts';
import type { Json } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import { asInWhole, type CloudParts, cloudParts, type EditedParts, judgeParts, partOfFact, partOfPointer } from './cloud-parts.ts';
import type { TargetResult } from './context.ts';
import type { FileChange, FixWorld } from './fix-view.ts';
import { keyOf } from './keys.ts';
import { readCloudValue } from './read-cloud.ts';
import type { PlannedFile } from './plan.ts';
import { cloudOf } from './source-cloud.ts';
import type { SourceView } from './source-view.ts';

/** A target of which only some parts were judged again. */
export interface PartlyEdited {
  readonly edited: EditedParts;
  readonly parts: CloudParts;
  readonly problems: readonly Problem[];
}

/** A file that was compiled is judged with all it is compiled with. */
export function isSource(file: string, { views }: FixWorld): boolean {
  return [...views.values()].some((view) => view.source(file) !== null);
}

const partsCache = new WeakMap<FixWorld, Map<string, CloudParts | null>>();

/** The parts of a document, where it has any. */
export function partsOfFile(file: string, world: FixWorld): CloudParts | null {
  const cache = partsCache.get(world) ?? new Map<string, CloudParts | null>();
  partsCache.set(world, cache);
  let parts = cache.get(file);
  if (parts === undefined) {
    const view = world.views.get(file);
    const opened = view !== undefined || isSource(file, world) ? null : world.open(file);
    const [from] = targetsOf(file, world);
    const read = opened === null || from === undefined ? null : readCloudValue(opened.document.value, file, from.planned, world.sourceRoot);
    const cloud = view === undefined ? read : cloudOf(view);
    parts = cloud === null ? null : cloudParts(cloud.inventory);
    cache.set(file, parts);
  }
  return parts;
}

/** The part of a document that a fix stays in, as a component; null when it is not known to stay in one. */
export function partOfFix({ fact }: JudgedFact, changes: readonly FileChange[], world: FixWorld): string | null {
  if (fact.origin.at !== 'document') return null;
  const { file } = fact.origin;
  const parts = partsOfFile(file, world);
  const part = parts === null ? undefined : partOfFact(fact, parts);
  if (parts === null || part === undefined) return null;
  const view = world.views.get(file);
  if (view !== undefined) return changes.every((item) => staysIn(item, part, parts, view, world)) ? componentOf(file, part) : null;
  if (!changes.every((item) => item.file === file && partOfPointer(item.change.pointer, parts) === part)) return null;
  return componentOf(file, part);
}

/** A literal that comes to this part only, and to no other compiled file. */
function staysIn(change: FileChange, part: number, parts: CloudParts, view: SourceView, world: FixWorld): boolean {
  const twins = view.twins(change);
  const shared = [...world.views.values()].some((other) => other !== view && other.source(change.file) !== null);
  return !shared && twins.length > 0 && twins.every(({ pointer }) => partOfPointer(pointer, parts) === part);
}

export function componentOf(file: string, part: number): string {
  return `${file}\0${part}`;
}

function targetsOf(file: string, world: FixWorld): { readonly target: string; readonly planned: PlannedFile; readonly before: TargetResult }[] {
  return [...world.files].flatMap(([target, { planned, result }]) => {
    const before = result.name === file ? world.results.get(target) : undefined;
    return before === undefined ? [] : [{ target, planned, before }];
  });
}

/** The same of a compiled file, for changes of its sources. */
export function editBicepParts(
  target: string,
  cloud: { readonly inventory: CloudInventory; readonly problems: readonly Problem[] },
  changes: readonly FileChange[],
  view: SourceView,
  world: FixWorld,
): PartlyEdited | null {
  const parts = partsOfFile(world.files.get(target)?.result.name ?? '', world);
  const before = world.results.get(target);
  const edited = parts === null || before === undefined ? null : judgeParts(parts, cloud.inventory, before.target, world.context);
  if (parts === null || before === undefined || edited === null) return null;
  const wanted = new Set(changes.flatMap((change) => view.twins(change).map(({ pointer }) => partOfPointer(pointer, parts))));
  if (![...edited.touched].every((part) => wanted.has(part)) || !asInWhole(edited, parts, before, keyOf)) return null;
  return { edited, parts, problems: cloud.problems };
}

/** Judges only the parts that an edit touches. False when they are not what they seem, and the document is judged whole. */
export function editParts(file: string, value: Json, changes: readonly DocumentChange[], world: FixWorld, partly: Map<string, PartlyEdited>): boolean {
  const parts = partsOfFile(file, world);
  const [from, ...others] = targetsOf(file, world);
  if (parts === null || from === undefined || others.length > 0) return false;
  const cloud = readCloudValue(value, file, from.planned, world.sourceRoot);
  const edited = cloud === null ? null : judgeParts(parts, cloud.inventory, from.before.target, world.context);
  if (cloud === null || edited === null) return false;
  const wanted = new Set(changes.map((change) => partOfPointer(change.pointer, parts)));
  if (![...edited.touched].every((part) => wanted.has(part)) || !asInWhole(edited, parts, from.before, keyOf)) return false;
  partly.set(from.target, { edited, parts, problems: cloud.problems });
  return true;
}
