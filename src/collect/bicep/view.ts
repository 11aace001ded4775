import { planEdit, type DocumentChange, type Refusal } from '../../lib/edit-plan.ts';
import type { SourceDeclaration } from '../../model/ignore.ts';
import { isObject, type Json, member } from '../../model/json.ts';
import type { Place } from '../../model/location.ts';
import { escapeStep, type Pointer, pointerOf, stepsOf } from '../../model/pointer.ts';
import type { TextFile } from '../files.ts';
import type { CompiledBicep } from './compiled.ts';
import { declarationsOf } from './declarations.ts';
import { type BicepDocument, openBicep } from './document.ts';
import { type Files, walkTemplate, type Spot } from './walk.ts';

export interface OpenSource {
  readonly file: TextFile;
  readonly document: BicepDocument;
}

/** Where a place of what is judged stands in the sources, and where a missing member of it would. */
export interface SourcePlace {
  readonly source: OpenSource;
  readonly pointer: Pointer;
}

/** A compiled file beside its sources. */
export interface BicepView {
  readonly compiled: CompiledBicep;
  readonly source: (file: string) => OpenSource | null;
  /** The deepest part of a place that is stated; null where nothing of it is known. */
  readonly nearest: (place: Place) => SourcePlace | null;
  /** A place that is stated itself. */
  readonly resolve: (place: Place) => SourcePlace | null;
  /** Where a member is, or would be written. */
  readonly writable: (place: Place) => SourcePlace | null;
  /** The resources and modules that the sources declare. */
  readonly declarations: () => readonly SourceDeclaration[];
  /** A change of a source at every place of what is judged that the changed literal comes to. */
  readonly twins: (change: SourceChange) => readonly DocumentChange[];
  /** What is judged once literals of the sources are changed. */
  readonly edited: (changes: readonly SourceChange[]) => { readonly value: Json } | Refusal;
}

export interface SourceChange {
  readonly file: string;
  readonly change: DocumentChange;
}

const views = new WeakMap<CompiledBicep, BicepView>();

/** The same view for the same compiled file, so that its sources are parsed once. */
export function viewOf(compiled: CompiledBicep): BicepView {
  const view = views.get(compiled) ?? makeView(compiled);
  views.set(compiled, view);
  return view;
}

function makeView(compiled: CompiledBicep): BicepView {
  const opened = new Map<string, OpenSource>();
  const byName = new Map(compiled.sources.map((source) => [source.file.name, source]));
  const source = (name: string): OpenSource | null => {
    const known = opened.get(name);
    const found = byName.get(name);
    if (known !== undefined || found === undefined) return known ?? null;
    const made = { file: found.file, document: openBicep(found.file.text) };
    opened.set(name, made);
    return made;
  };
  const given = member(compiled.given ?? undefined, 'parameters');
  const files: Files = {
    tree: (name) => source(name)?.document.tree ?? null,
    used: (name, reference) => byName.get(name)?.uses[reference] ?? null,
    main: compiled.main,
    parameters: compiled.parameters,
    hidden: new Set(compiled.parameters === null && isObject(given) ? Object.keys(given) : []),
  };
  const spotOf = ({ base, at }: Place): Spot | null => walkTemplate([...sourceSteps(base, compiled), ...stepsOf(at)], files);
  const placed = (spot: Spot | null, pointer: Pointer | undefined): SourcePlace | null => {
    const found = spot === null ? null : source(spot.file);
    return found === null || pointer === undefined ? null : { source: found, pointer };
  };
  let index: ReadonlyMap<string, readonly Pointer[]> | undefined;
  const twins = ({ file, change }: SourceChange): DocumentChange[] => twinsOf(file, change, (index ??= indexOf(compiled, files)));
  return {
    compiled,
    source,
    nearest: (place) => {
      const spot = spotOf(place);
      return placed(spot, spot === null ? undefined : pointerOf(spot.steps));
    },
    resolve: (place) => {
      const spot = spotOf(place);
      return spot === null || spot.rest.length > 0 ? null : placed(spot, pointerOf(spot.steps));
    },
    writable: (place) => {
      const spot = spotOf(place);
      return placed(spot, spot === null ? undefined : writableAt(spot, source(spot.file)?.document));
    },
    declarations: () => declarationsOf(compiled, files, source),
    twins,
    edited: (changes) => planEdit(compiled.judged ?? null, changes.flatMap(twins)),
  };
}

/** A member of a resource that is not stated goes where the same member of a template's resource would. */
function writableAt({ steps, rest, base, opaque }: Spot, document: BicepDocument | undefined): Pointer | undefined {
  if (opaque === true) return undefined;
  if (rest.length === 0) return pointerOf(steps);
  // An element that is not stated by itself: a loop or a spread makes it.
  if (/^\d+$/.test(rest[0] ?? '')) return undefined;
  const from = base ?? 1;
  if (base === null && steps.length <= 1) return undefined;
  return document?.writable({ base: pointerOf(steps.slice(0, from)), at: pointerOf([...steps.slice(from), ...rest]) }, 'arm');
}

/** A pointer into what is judged as the template's: out of the evaluated resource, and of the loops of an object. */
function sourceSteps(pointer: Pointer, { judged, origins }: CompiledBicep): string[] {
  const steps = stepsOf(pointer);
  const origin = steps[0] === 'resources' && steps[1] !== undefined && Object.hasOwn(origins, steps[1]) ? origins[steps[1]] : undefined;
  if (origin !== undefined) return [...stepsOf(origin), ...steps.slice(2)];
  const out: string[] = [];
  let value: Json | undefined = judged ?? undefined;
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at] ?? '';
    const loops: Json | undefined = isObject(value) && step === 'copy' ? value['copy'] : undefined;
    const loop: Json | undefined = Array.isArray(loops) ? (loops as readonly Json[])[Number(steps[at + 1])] : undefined;
    const name = isObject(loop) ? loop['name'] : undefined;
    if (isObject(loop) && typeof name === 'string') {
      const input = steps[at + 2] === 'input';
      out.push(...(input ? [name, '0'] : [name]));
      value = input ? loop['input'] : loop;
      at += input ? 2 : 1;
      continue;
    }
    out.push(step);
    value = Array.isArray(value) ? (value as readonly Json[])[Number(step)] : isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  return out;
}

/** More values than this are in nobody's template; what is beyond cannot be tried. */
const MAX_INDEXED = 200_000;

/** Every pointer of what is judged, by the place of the sources that it comes from. */
function indexOf(compiled: CompiledBicep, files: Files): Map<string, Pointer[]> {
  const index = new Map<string, Pointer[]>();
  const waiting: { readonly value: Json; readonly pointer: Pointer }[] = [];
  const { judged } = compiled;
  for (const section of isObject(judged) ? ['resources', 'variables', 'parameters'] : []) {
    const value = isObject(judged) ? judged[section] : undefined;
    if (value !== undefined) waiting.push({ value, pointer: `/${section}` });
  }
  let count = 0;
  for (let next = waiting.pop(); next !== undefined && count < MAX_INDEXED; next = waiting.pop()) {
    const { value, pointer } = next;
    count++;
    const spot = walkTemplate(sourceSteps(pointer, compiled), files);
    if (spot !== null && spot.rest.length === 0) {
      const key = `${spot.file}\0${pointerOf(spot.steps)}`;
      index.set(key, [...(index.get(key) ?? []), pointer]);
    }
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, held] of Object.entries(value)) waiting.push({ value: held, pointer: `${pointer}/${escapeStep(name)}` });
  }
  return index;
}

/** The change at every place that the changed one comes to. */
function twinsOf(file: string, change: DocumentChange, index: ReadonlyMap<string, readonly Pointer[]>): DocumentChange[] {
  const steps = stepsOf(change.pointer);
  for (let length = steps.length; length > 0; length--) {
    const found = index.get(`${file}\0${pointerOf(steps.slice(0, length))}`);
    if (found === undefined) continue;
    const rest = pointerOf(steps.slice(length));
    return found.map((pointer) => ({ ...change, pointer: `${pointer}${rest}` }));
  }
  return [];
}
