import type { JudgedFact } from '../evaluate/evaluate.ts';
import { sameJson } from '../lib/edit-plan.ts';
import type { CloudInventory, CloudResource } from '../model/cloud-resource.ts';
import type { Fact } from '../model/fact.ts';
import type { Pointer } from '../model/pointer.ts';
import { independentParts } from '../normalise/azure/parts.ts';
import type { JudgeContext, TargetResult } from './context.ts';
import { judgeCloud } from './judge-target.ts';

/** A document in parts that have nothing to do with one another: a fix in one is proved beside fixes in others. */
export interface CloudParts {
  readonly inventory: CloudInventory;
  readonly parts: readonly CloudInventory[];
  /** The part of a resource, by its id. */
  readonly partOf: ReadonlyMap<string, number>;
  /** The part of what stands at a pointer of the file: a resource's own node or a merged child's. */
  readonly partAt: ReadonlyMap<string, number>;
}

/**
 * Null for an input that is no two parts, or of which it cannot be said. In a template no resource takes a plain value from
 * another (`reference()` is not resolved), as the resources of a program may.
 */
export function cloudParts(inventory: CloudInventory): CloudParts | null {
  const parts = inventory.resources.every(({ dialect }) => dialect === 'arm') ? independentParts(inventory) : null;
  if (parts === null || parts.length < 2) return null;
  const partOf = new Map<string, number>();
  const partAt = new Map<string, number>();
  for (const [number, part] of parts.entries()) {
    for (const resource of part.resources) {
      partOf.set(resource.id, number);
      for (const pointer of [resource.pointer, ...Object.values(resource.children)]) partAt.set(pointer, number);
    }
  }
  return { inventory, parts, partOf, partAt };
}

/** The part that a fact is made of; undefined for one that stands elsewhere. */
export function partOfFact({ origin }: Fact, parts: CloudParts): number | undefined {
  return origin.at === 'document' ? parts.partAt.get(origin.place.base) : undefined;
}

/** The part that a pointer of the file leads into. */
export function partOfPointer(pointer: Pointer, parts: CloudParts): number | undefined {
  for (let end = pointer.length; end > 0; end = pointer.lastIndexOf('/', end - 1)) {
    const part = parts.partAt.get(pointer.slice(0, end));
    if (part !== undefined) return part;
  }
  return undefined;
}

/** What an edit makes of the parts that it touches. */
export interface EditedParts {
  /** Numbers of the touched parts. */
  readonly touched: ReadonlySet<number>;
  /** Of each touched part, or of parts that the edit brings together, what was judged and what is judged now. */
  readonly groups: readonly { readonly parts: readonly number[]; readonly before: TargetResult; readonly after: TargetResult }[];
}

/**
 * Judges the parts of an edited document that differ, each by itself. Whatever differs counts, wherever the edit was made: a
 * value may be used in several places. Null when the edited document is no longer in parts.
 */
export function judgeParts(before: CloudParts, edited: CloudInventory, target: TargetResult['target'], context: JudgeContext): EditedParts | null {
  const after = cloudParts(edited);
  if (after === null) return null;
  const known = new Map(before.inventory.resources.map((resource) => [resource.id, resource]));
  const now = new Map(edited.resources.map((resource) => [resource.id, resource]));
  if (known.size !== before.inventory.resources.length || now.size !== edited.resources.length) return null;
  const ids = [...new Set([...known.keys(), ...now.keys()])].filter((id) => !sameResource(known.get(id), now.get(id)));
  const touched = new Set<number>();
  const groups: EditedParts['groups'][number][] = [];
  for (const id of ids) {
    const first = before.partOf.get(id);
    if (first !== undefined && touched.has(first)) continue;
    const group = closure(id, before, after);
    for (const part of group.before) touched.add(part);
    groups.push({
      parts: [...group.before],
      before: judgeCloud(joined(before, group.before), target, [], context),
      after: judgeCloud(joined(after, group.after), target, [], context),
    });
  }
  return { touched, groups };
}

/** Parts before and after that share a resource, starting from one: an edit may split a part or bring two together. */
function closure(id: string, before: CloudParts, after: CloudParts): { readonly before: ReadonlySet<number>; readonly after: ReadonlySet<number> } {
  const found = { before: new Set<number>(), after: new Set<number>() };
  const waiting = [id];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const [side, parts] of [
      ['before', before],
      ['after', after],
    ] as const) {
      const part = parts.partOf.get(next);
      if (part === undefined || found[side].has(part)) continue;
      found[side].add(part);
      for (const resource of parts.parts[part]?.resources ?? []) waiting.push(resource.id);
    }
  }
  return found;
}

function joined(parts: CloudParts, wanted: ReadonlySet<number>): CloudInventory {
  return { ...parts.inventory, resources: [...wanted].flatMap((number) => parts.parts[number]?.resources ?? []) };
}

/** Places in the file may move; what is judged is the rest. */
function sameResource(a: CloudResource | undefined, b: CloudResource | undefined): boolean {
  return (
    a !== undefined &&
    b !== undefined &&
    a.type === b.type &&
    a.name === b.name &&
    a.context === b.context &&
    a.conditional === b.conditional &&
    sameJson(a.conditions ?? {}, b.conditions ?? {}) &&
    sameJson(a.body, b.body)
  );
}

/** A part as judged alone must be as it is in the whole; else the parts are not what they seem. */
export function asInWhole(edited: EditedParts, parts: CloudParts, whole: TargetResult, keyOf: (judged: JudgedFact) => string): boolean {
  const alone = new Set(edited.groups.flatMap((group) => group.before.judged.map(keyOf)));
  const there = new Set(
    whole.judged.flatMap((judged) => {
      const part = partOfFact(judged.fact, parts);
      return part === undefined || edited.touched.has(part) ? keyOf(judged) : [];
    }),
  );
  return alone.size === there.size && [...alone].every((key) => there.has(key));
}

/** What the target leaves behind for joins once the parts are edited. */
export function retainedWith(edited: EditedParts, parts: CloudParts, whole: TargetResult): Fact[] {
  const untouched = whole.retained.filter((fact) => !edited.touched.has(partOfFact(fact, parts) ?? -1));
  return [...untouched, ...edited.groups.flatMap((group) => group.after.retained)];
}
