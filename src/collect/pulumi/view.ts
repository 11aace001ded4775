import { type DocumentChange, planEdit, type Refusal } from '../../lib/edit-plan.ts';
import { resolvePlace } from '../../lib/place.ts';
import { isObject, type Json } from '../../model/json.ts';
import type { Place } from '../../model/location.ts';
import { pointerOf, type Pointer, stepsOf, valueAt } from '../../model/pointer.ts';
import { nameOf } from '../files.ts';
import { isExpression, unquoted } from '../typescript/value.ts';
import { type Entry, stateEntries } from './entries.ts';
import type { ProgramFiles, ProgramSource } from './project.ts';
import { agrees, type Site, siteOf } from './sites.ts';

/** Where a place of what is judged stands in the program. */
export interface ProgramPlace {
  readonly source: ProgramSource;
  readonly pointer: Pointer;
}

/** A preview, a log of events or a state beside the program that it was made from. */
export interface PulumiView {
  readonly is: 'pulumi';
  /** As reports name what is judged. */
  readonly file: string;
  readonly value: Json;
  /** The project file, as reports name it. */
  readonly main: string;
  readonly files: ProgramFiles;
  readonly source: (file: string) => ProgramSource | null;
  /** The deepest part of a place that the program states; null where nothing of it is known. */
  readonly nearest: (place: Place) => ProgramPlace | null;
  /** A place that is stated itself. */
  readonly resolve: (place: Place) => ProgramPlace | null;
  /** Where a member is, or would be written. */
  readonly writable: (place: Place) => ProgramPlace | null;
  /** Why nothing can be written or removed at a place; null where something can, or there is nothing to remove. */
  readonly why: (place: Place, removing: boolean) => string | null;
  /** A change of the program at every place of what is judged that the changed literal comes to. */
  readonly twins: (change: ProgramChange) => readonly DocumentChange[];
  /** What is judged once literals of the program are changed. */
  readonly edited: (changes: readonly ProgramChange[]) => { readonly value: Json } | Refusal;
}

export interface ProgramChange {
  readonly file: string;
  readonly change: DocumentChange;
}

/** `value`: the document as it is judged, under the name `file`. */
export function pulumiView(file: string, value: Json, files: ProgramFiles): PulumiView {
  const entries = new Map(stateEntries(value, file).entries.map((entry) => [entry.pointer, entry]));
  const sites = new Map<Entry, Site | null>();
  const site = (entry: Entry): Site | null => {
    const known = sites.get(entry);
    if (known !== undefined) return known;
    const found = siteOf(entry, files);
    sites.set(entry, found);
    return found;
  };
  const placed = ({ base, at }: Place): { readonly site: Site; readonly place: Place } | null => {
    const match = PLACE.exec(base);
    const entry = match === null ? undefined : entries.get(match[1] ?? '');
    const found = entry === undefined ? null : site(entry);
    return found === null ? null : { site: found, place: { base: found.base, at: `${match?.[2] ?? ''}${at}` } };
  };
  let bySite: ReadonlyMap<string, readonly Entry[]> | undefined;
  const entriesAt = (key: string): readonly Entry[] => (bySite ??= groupedBySite(entries.values(), site)).get(key) ?? [];
  const twins = ({ file: name, change }: ProgramChange): DocumentChange[] => {
    const [section = '', key = '', bag, ...rest] = stepsOf(change.pointer);
    if (bag !== 'properties') return [];
    return entriesAt(`${name}\0${pointerOf([section, key])}`).map(({ pointer }) => moved(change, `${pointer}/inputs${pointerOf(rest)}`));
  };
  const source = (name: string): ProgramSource | null => files.named(name);
  const writableAt = (place: Place): ProgramPlace | string => {
    const found = placed(place);
    if (found === null) return 'The program makes it in no place that can be told.';
    if (found.site.is === 'call') return 'A component makes it: change the component.';
    if (!found.site.sure) return 'The program is not what it was made from: make it again, or change the program by hand.';
    const pointer = found.site.source.document.writable(found.place, 'pulumi-yaml');
    return pointer === undefined ? 'The program has no place for it.' : { source: found.site.source, pointer };
  };
  return {
    is: 'pulumi',
    file,
    value,
    main: nameOf(files.project.path, files.sourceRoot),
    files,
    source,
    nearest: (place) => {
      const found = placed(place);
      if (found === null) return null;
      const { document } = found.site.source;
      return { source: found.site.source, pointer: found.site.is === 'call' ? found.site.base : document.nearest(found.place, 'pulumi-yaml') };
    },
    resolve: (place) => {
      const found = placed(place);
      const pointer = found === null || !found.site.sure ? undefined : found.site.source.document.resolve(found.place, 'pulumi-yaml');
      return found === null || pointer === undefined ? null : { source: found.site.source, pointer };
    },
    writable: (place) => {
      const found = writableAt(place);
      return typeof found === 'string' ? null : found;
    },
    why: (place, removing) => {
      const found = writableAt(place);
      if (typeof found === 'string') return found;
      const program = found.source.document.value;
      if (valueAt(program, found.pointer) !== undefined && isOverridable(program, stepsOf(found.pointer)))
        return 'A spread behind it may override it: change it by hand.';
      if (!removing || resolvePlace(value, place) === undefined) return null;
      const stated = placed(place);
      return stated?.site.source.document.resolve(stated.place, 'pulumi-yaml') === undefined
        ? 'The value is an expression: change what it is made from.'
        : null;
    },
    twins,
    edited: (changes) => {
      const made: DocumentChange[] = [];
      for (const item of changes) {
        const found = twins(item);
        const document = source(item.file)?.document;
        if ('set' in item.change && holdsExpression(item.change.set))
          return { refused: 'What an expression comes to is known when the program runs.', pointer: item.change.pointer };
        if (document === undefined || found.length === 0) return { refused: 'Nothing that is judged is made there.', pointer: item.change.pointer };
        if (!found.every((twin) => isSame(document.value, item.change, value, twin)))
          return { refused: 'The program and what was made from it do not say the same here.', pointer: item.change.pointer };
        made.push(...found);
      }
      return planEdit(value, made);
    },
  };
}

/** An entry's pointer, and what follows behind its inputs. */
const PLACE = /^(.+?)\/(?:inputs|outputs)((?:\/.*)?)$/s;

function groupedBySite(entries: Iterable<Entry>, site: (entry: Entry) => Site | null): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const found = site(entry);
    if (found === null || found.is === 'call') continue;
    const key = `${found.source.file.name}\0${found.base}`;
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [entry]);
    else list.push(entry);
  }
  return groups;
}

function moved(change: DocumentChange, pointer: Pointer): DocumentChange {
  return 'remove' in change ? { pointer, remove: true } : { pointer, set: plain(change.set) };
}

/** As the engine is given it: texts without the marks that tell them from expressions. */
function plain(value: Json): Json {
  if (typeof value === 'string') return unquoted(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map(plain);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)])) : value;
}

function holdsExpression(value: Json): boolean {
  if (typeof value === 'string') return isExpression(value);
  return typeof value === 'object' && value !== null && Object.values(value).some((inner: Json) => holdsExpression(inner));
}

/** Whether a spread behind a member, or behind one that it is part of, may have the last word. */
function isOverridable(program: Json, steps: readonly string[]): boolean {
  return steps.some((step, index) => {
    const container = valueAt(program, pointerOf(steps.slice(0, index)));
    const names = isObject(container) ? Object.keys(container) : [];
    return names.slice(names.indexOf(step) + 1).some((name) => name.startsWith('...'));
  });
}

/** Before a change both sides say the same at its place: the same literals, or nothing in both. */
function isSame(program: Json, { pointer }: DocumentChange, given: Json, twin: DocumentChange): boolean {
  const own = valueAt(program, pointer);
  const theirs = valueAt(given, twin.pointer);
  if (own !== undefined) return theirs !== undefined && agrees(own, theirs) && !isOverridable(program, stepsOf(pointer));
  if (theirs !== undefined) return false;
  const steps = stepsOf(pointer);
  const above = stepsOf(twin.pointer);
  // What is added to a list must find the list that it knows.
  if (steps.at(-1) !== '-' && !/^\d+$/.test(steps.at(-1) ?? '')) return true;
  const list = valueAt(program, pointerOf(steps.slice(0, -1)));
  const other = valueAt(given, pointerOf(above.slice(0, -1)));
  return list === undefined ? other === undefined : other !== undefined && agrees(list, other);
}
