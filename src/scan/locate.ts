import type { JudgedFact } from '../evaluate/evaluate.ts';
import type { TextFile } from '../collect/files.ts';
import { lineHashes } from '../lib/line-hash.ts';
import type { TextDocument } from '../lib/document.ts';
import type { EstateDeployment, EstateGateway, EstateHost } from '../model/estate.ts';
import { isObject, type Json } from '../model/json.ts';
import type { Location, Place, Region } from '../model/location.ts';
import { type Pointer, stepsOf, valueAt } from '../model/pointer.ts';
import { readBy } from './findings.ts';
import type { LoadedEstate } from './plan.ts';

const MAX_LOCATIONS = 10;
const MAX_SNIPPET = 300;

/** A file that findings point into. */
export interface LocatableFile {
  readonly file: Pick<TextFile, 'name' | 'text' | 'bom'>;
  readonly document: TextDocument;
}

/** What locating needs: the estate, documents by name, and the snapshot file of each target. */
export interface Locator {
  readonly estate: LoadedEstate | null;
  readonly open: (file: string) => LocatableFile | null;
  readonly snapshotOf: (target: string) => string | null;
  /** The estate's entry of a target, by target id. */
  readonly entryOf: (target: string) => EstateHost | EstateDeployment | EstateGateway | null;
}

/** Where a finding stands: the lines that decide it, else the line of its target. Never empty. */
export function locate(judged: JudgedFact, locator: Locator): Location[] {
  const { fact } = judged;
  if (fact.origin.at === 'document') {
    const opened = locator.open(fact.origin.file);
    if (opened === null) return [{ file: fact.origin.file, region: FIRST }];
    const pointers = placesOf(judged).map((place) => opened.document.nearest(place, fact.origin.at === 'document' ? fact.origin.dialect : 'read-only'));
    return regionsIn(opened, pointers, true);
  }
  const entry = locator.entryOf(fact.target);
  if (locator.estate === null || entry === null) return [{ file: locator.snapshotOf(fact.target) ?? fact.target, region: FIRST }];
  const declared = memberOrder(judged, Object.keys(fact.origin.members ?? {}))
    .map((member) => (fact.origin.at === 'setting' ? fact.origin.members?.[member] : undefined))
    .flatMap((path) => {
      const steps = stepsOf(path ?? '');
      return entry.declared.find((candidate) => candidate.path.length === steps.length && candidate.path.every((step, index) => step === steps[index])) ?? [];
    });
  return regionsIn(locator.estate, declared.length > 0 ? declared.map((item) => item.pointer) : [entryPointer(entry)], false);
}

/** The line of a target of the estate. */
export function entryPointer(entry: EstateHost | EstateDeployment | EstateGateway): Pointer {
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

function regionsIn(opened: LocatableFile, pointers: readonly Pointer[], hashed: boolean): Location[] {
  const shown = pointers.map((pointer) => shownPart(opened.document.value, pointer));
  const found = opened.document.regionsOf(shown);
  const regions = shown.flatMap((pointer) => {
    const located = found.get(pointer);
    if (located === undefined) return [];
    return [located.key !== undefined && located.value.startLine !== located.value.endLine ? located.key : oneLine(located.value, opened)];
  });
  const distinct = regions.filter((region, index) => regions.findIndex((other) => other.startLine === region.startLine && other.startColumn === region.startColumn) === index);
  const used = distinct.length > 0 ? distinct : [FIRST];
  const hashes = hashed ? lineHashes(opened.file.bom ? `\ufeff${opened.file.text}` : opened.file.text, new Set(used.map((region) => region.startLine))) : null;
  return used.map((region) => {
    const hash = hashes?.get(region.startLine);
    return { file: opened.file.name, region, snippet: snippetOf(opened.document.text, region), ...(hash === undefined ? {} : { lineHash: hash }) };
  });
}

/** Of an element that spans many lines, the line that names it. */
function shownPart(document: Json, pointer: Pointer): Pointer {
  const value = valueAt(document, pointer);
  if (!isObject(value)) return pointer;
  const name = ['name', 'Name'].find((candidate) => Object.hasOwn(value, candidate) && typeof value[candidate] === 'string');
  return name === undefined ? pointer : `${pointer}/${name}`;
}

function oneLine(region: Region, opened: LocatableFile): Region {
  if (region.startLine === region.endLine) return region.endColumn > region.startColumn ? region : { ...region, endColumn: region.startColumn + 1 };
  const line = lineOf(opened.document.text, region.startLine);
  return { startLine: region.startLine, startColumn: region.startColumn, endLine: region.startLine, endColumn: Math.max(region.startColumn + 1, line.length + 1) };
}

function snippetOf(text: string, region: Region): string {
  return lineOf(text, region.startLine).slice(0, MAX_SNIPPET).replace(/[\ud800-\udbff]$/, '');
}

function lineOf(text: string, line: number): string {
  let start = 0;
  for (let count = 1; count < line; count++) {
    const next = nextLine(text, start);
    if (next < 0) return '';
    start = next;
  }
  const end = nextBreak(text, start);
  return text.slice(start, end);
}

function nextBreak(text: string, from: number): number {
  const feed = text.indexOf('\n', from);
  const end = feed < 0 ? text.length : feed;
  return text[end - 1] === '\r' && end > from ? end - 1 : end;
}

function nextLine(text: string, from: number): number {
  const feed = text.indexOf('\n', from);
  return feed < 0 ? -1 : feed + 1;
}
