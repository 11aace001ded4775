import type { JudgedFact } from '../evaluate/evaluate.ts';
import type { TextFile } from '../collect/files.ts';
import { lineHashes, WINDOW } from '../lib/line-hash.ts';
import type { TextDocument } from '../lib/document.ts';
import type { Declared, EstateDeployment, EstateGateway, EstateHost } from '../model/estate.ts';
import { isObject, type Json } from '../model/json.ts';
import type { Location, Place, Region } from '../model/location.ts';
import { type Pointer, pointerOf, stepsOf, valueAt } from '../model/pointer.ts';
import { readBy } from './findings.ts';
import type { LoadedEstate } from './plan.ts';
import { isBicepView, type SourceView, type SourceViews } from './source-view.ts';

const MAX_LOCATIONS = 10;
const MAX_SNIPPET = 300;

/** What the estate says of one target. */
export type LocatedEntry = EstateHost | EstateDeployment | EstateGateway | CloudEntry;

/** A subscription: its own line, or the one of a management group above it. Nothing is declared for it. */
export interface CloudEntry {
  readonly scope: Pointer;
  readonly declared: readonly [];
}

/** A file that findings point into. */
export interface LocatableFile {
  readonly file: Pick<TextFile, 'name' | 'text' | 'bom'>;
  readonly document: TextDocument;
}

/** What locating needs: the estate, documents by name, and the snapshot file of each target. */
export interface Locator {
  readonly estate: LoadedEstate | null;
  readonly open: (file: string) => LocatableFile | null;
  /** What was judged beside its sources, by the names of what was judged. */
  readonly views: SourceViews;
  readonly snapshotOf: (target: string) => string | null;
  /** The estate's entry of a target, by target id. */
  readonly entryOf: (target: string) => LocatedEntry | null;
}

/** What one finding points to: places in files, or just a file. */
type Aim = { readonly spots: readonly Spot[]; readonly hashed: boolean } | { readonly file: string };

interface Spot {
  readonly opened: LocatableFile;
  readonly pointer: Pointer;
}

/**
 * Where findings stand: the lines that decide them, else the line of their target; never empty. All at once, since a file's
 * places and line hashes cost one walk through it, however many are asked for.
 */
export function locateAll(judged: readonly JudgedFact[], locator: Locator, withLineHashes: boolean): Location[][] {
  const aims = judged.map((item) => aimOf(item, locator));
  const places = new Map<LocatableFile, FilePlaces>();
  for (const aim of aims) {
    if (!('spots' in aim)) continue;
    for (const { opened, pointer } of aim.spots) {
      const known = places.get(opened) ?? { pointers: new Set<Pointer>(), hashed: aim.hashed && withLineHashes };
      known.pointers.add(shownPart(opened.document.value, pointer));
      places.set(opened, known);
    }
  }
  const located = new Map([...places].map(([opened, wanted]) => [opened, locateIn(opened, wanted)]));
  return aims.map((aim) => {
    if (!('spots' in aim)) return [{ file: aim.file, region: FIRST }];
    const locations = aim.spots.flatMap(({ opened, pointer }) => located.get(opened)?.get(shownPart(opened.document.value, pointer)) ?? []);
    const distinct = locations.filter(
      (one, index) =>
        locations.findIndex(
          (other) => other.file === one.file && other.region.startLine === one.region.startLine && other.region.startColumn === one.region.startColumn,
        ) === index,
    );
    return distinct.length > 0 ? distinct.slice(0, MAX_LOCATIONS) : aim.spots.slice(0, 1).map(({ opened }) => ({ file: opened.file.name, region: FIRST }));
  });
}

interface FilePlaces {
  readonly pointers: Set<Pointer>;
  readonly hashed: boolean;
}

function aimOf(judged: JudgedFact, locator: Locator): Aim {
  const { fact } = judged;
  const entry = locator.entryOf(fact.target);
  // What a live subscription holds stands in no file of anybody's.
  if (fact.origin.at === 'document' && !(entry !== null && 'scope' in entry)) {
    const { dialect } = fact.origin;
    const view = locator.views.get(fact.origin.file);
    const aim = view === undefined ? null : sourceAim(judged, view, fact.origin.file);
    if (aim !== null) return aim;
    const opened = locator.open(fact.origin.file);
    if (opened === null) return { file: fact.origin.file };
    return { spots: placesOf(judged).map((place) => ({ opened, pointer: opened.document.nearest(place, dialect) })), hashed: true };
  }
  if (locator.estate === null || entry === null) return { file: locator.snapshotOf(fact.target) ?? fact.target };
  const declared = memberOrder(judged, Object.keys(fact.origin.members ?? {}))
    .map((member) => (fact.origin.at === 'setting' ? fact.origin.members?.[member] : undefined))
    .flatMap((path) => {
      const steps = stepsOf(path ?? '');
      const { declared }: { readonly declared: readonly Declared[] } = entry;
      return declared.find((candidate) => candidate.path.length === steps.length && candidate.path.every((step, index) => step === steps[index])) ?? [];
    });
  const { estate: opened } = locator;
  const pointers = declared.length > 0 ? declared.map((item) => item.pointer) : [entryPointer(entry)];
  return { spots: pointers.map((pointer) => ({ opened, pointer })), hashed: false };
}

/** In the sources: of what was compiled, modules and variables too; of a stack, its program. Null for a stack's own document. */
function sourceAim(judged: JudgedFact, view: SourceView, file: string): Aim | null {
  const spots = placesOf(judged).flatMap((place): Spot[] => {
    const found = view.nearest(place);
    return found === null ? [] : [{ opened: found.source, pointer: found.pointer }];
  });
  if (spots.length > 0) return { spots, hashed: true };
  if (isBicepView(view)) return { file: view.compiled.main ?? file };
  // What the program was run to stands in no file of its own.
  return view.main === file ? { file } : null;
}

/** The line of a target of the estate. */
export function entryPointer(entry: LocatedEntry): Pointer {
  if ('scope' in entry) return entry.scope;
  if ('broker' in entry) return `${entry.pointer}/broker`;
  return 'own' in entry && entry.own === null ? entry.pointer : `${entry.pointer}/name`;
}

const FIRST: Region = { startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 };

function placesOf(judged: JudgedFact): Place[] {
  const { origin } = judged.fact;
  if (origin.at !== 'document') return [];
  const members = origin.members ?? {};
  const found = memberOrder(judged, Object.keys(members)).flatMap((member) => members[member] ?? []);
  return found.length > 0 ? found.slice(0, MAX_LOCATIONS) : [origin.place];
}

/** Members that decide a finding: what its fix changes first, then what its policy asserts, then what that is part of. */
function memberOrder(judged: JudgedFact, members: readonly Pointer[]): Pointer[] {
  const wanted: Pointer[] = [];
  for (const fix of judged.policy.policy.fix ?? []) {
    if (fix.forEach !== undefined) wanted.push(...members.filter((member) => member.startsWith(`${fix.forEach ?? ''}/`)));
  }
  for (const pointer of readBy(judged.policy)) {
    if (members.includes(pointer)) wanted.push(pointer);
    wanted.push(...members.filter((member) => member.startsWith(`${pointer}/`)));
  }
  return [...new Set(wanted)];
}

function locateIn(opened: LocatableFile, wanted: FilePlaces): Map<Pointer, Location> {
  const { lines } = opened.document;
  const textOf = (line: number): string => opened.document.text.slice(lines.startOf(line) ?? 0, lines.endOf(line) ?? 0);
  const regions = new Map<Pointer, Region>();
  for (const [pointer, located] of opened.document.regionsOf(wanted.pointers)) {
    const spans = located.value.startLine !== located.value.endLine;
    regions.set(pointer, spans && located.key !== undefined ? located.key : oneLine(located.value, textOf));
  }
  const withMark = opened.file.bom ? `\ufeff${opened.file.text}` : opened.file.text;
  const hashes = wanted.hashed ? lineHashes(withMark, new Set([...regions.values()].map((region) => region.startLine))) : null;
  return new Map(
    [...regions].map(([pointer, region]) => {
      const tells = hashes !== null && hashTells(textOf(region.startLine), region.startColumn) && !isRepeated(opened.document.value, pointer);
      const hash = tells ? hashes.get(region.startLine) : undefined;
      const snippet = textOf(region.startLine)
        .slice(0, MAX_SNIPPET)
        .replace(/[\ud800-\udbff]$/, '');
      return [pointer, { file: opened.file.name, region, snippet, ...(hash === undefined ? {} : { lineHash: hash }) }];
    }),
  );
}

/**
 * Whether a line's hash can tell what stands there from what else may. It is made of the 100 characters that begin the line, so
 * in a template that was written on one line it is the same for every place.
 */
function hashTells(line: string, startColumn: number): boolean {
  // A whole document may stand on this line, and everything that is found in it asks.
  if (startColumn > MAX_INDENT) return false;
  let count = 0;
  for (let at = 0; at < startColumn - 1 && count < WINDOW; at++) if (line[at] !== ' ' && line[at] !== '\t') count++;
  return count < WINDOW;
}

const MAX_INDENT = 10_000;

/** One line of a copy loop is as many resources as it makes, today or tomorrow. */
function isRepeated(document: Json, pointer: Pointer): boolean {
  const steps = stepsOf(pointer);
  return steps.some((step, index) => {
    const above = valueAt(document, pointerOf(steps.slice(0, index)));
    return step === 'copy' || (isObject(above) && Object.hasOwn(above, 'copy'));
  });
}

/** Of an element that spans many lines, the line that names it. */
function shownPart(document: Json, pointer: Pointer): Pointer {
  const value = valueAt(document, pointer);
  if (!isObject(value)) return pointer;
  const name = ['name', 'Name'].find((candidate) => Object.hasOwn(value, candidate) && typeof value[candidate] === 'string');
  return name === undefined ? pointer : `${pointer}/${name}`;
}

function oneLine(region: Region, textOf: (line: number) => string): Region {
  if (region.startLine === region.endLine) return region.endColumn > region.startColumn ? region : { ...region, endColumn: region.startColumn + 1 };
  return {
    startLine: region.startLine,
    startColumn: region.startColumn,
    endLine: region.startLine,
    endColumn: Math.max(region.startColumn + 1, textOf(region.startLine).length + 1),
  };
}
