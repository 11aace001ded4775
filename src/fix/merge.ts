import type { Finding, Fix, ValueChange } from '../model/finding.ts';
import { mergeRdpProperties } from '../lib/rdp-properties.ts';
import { isObject, type Json } from '../model/json.ts';
import { escapeStep, type Pointer } from '../model/pointer.ts';
import type { Risk } from '../model/policy.ts';

/** A change of one file that one or more findings ask for. */
export interface MergedChange {
  readonly file: string;
  readonly pointer: Pointer;
  readonly set?: Json;
  readonly remove?: true;
  readonly findings: readonly Finding[];
}

export interface Merge {
  readonly changes: readonly MergedChange[];
  /** Two fixes that disagree on one value: neither is made. Full sentences. */
  readonly conflicts: readonly string[];
}

const ORDER: readonly Risk[] = ['safe', 'review', 'can-disconnect'];

/** Findings whose proved edit has at most the allowed risk, with that fix. */
export function editable(findings: readonly Finding[], allowed: Risk): { readonly finding: Finding; readonly fix: Fix }[] {
  return findings.flatMap((finding) => {
    const fix = finding.fixes.find((candidate) => candidate.edits !== undefined);
    return finding.status === 'open' && fix !== undefined && ORDER.indexOf(fix.risk) <= ORDER.indexOf(allowed) ? [{ finding, fix }] : [];
  });
}

type Chosen = readonly { readonly finding: Finding; readonly fix: Fix }[];
type Edit = NonNullable<ValueChange['edit']>;

/**
 * All value changes together. A new entry that several fixes add (a host that only a group named) is one entry. Two fixes that
 * disagree are both left out, whole: half a fix proves nothing.
 */
export function mergeChanges(chosen: Chosen): Merge {
  const conflicts: string[] = [];
  let left = chosen;
  for (;;) {
    const { changes, clashes } = mergeOnce(left);
    if (clashes.length === 0) return { changes, conflicts };
    const bad = new Set<Finding>();
    for (const { at, findings } of clashes) {
      for (const finding of findings) bad.add(finding);
      const [first, ...others] = [...new Set(findings.map((finding) => finding.policy))];
      const named =
        others.length === 0 ? `Two fixes of ${first ?? ''}` : `The fixes of ${[first, ...others.slice(0, -1)].join(', ')} and ${others.at(-1) ?? ''}`;
      conflicts.push(`${named} disagree on '${at.pointer}' of '${at.file}': neither is made.`);
    }
    left = left.filter(({ finding }) => !bad.has(finding));
  }
}

interface Clash {
  readonly at: { readonly file: string; readonly pointer: Pointer };
  readonly findings: readonly Finding[];
}

type Merging = { file: string; pointer: Pointer; set?: Json; remove?: true; rdp?: Readonly<Record<string, string>>; findings: Finding[] };

function mergeOnce(chosen: Chosen): { changes: MergedChange[]; clashes: Clash[] } {
  const merged = new Map<string, Merging>();
  const clashes: Clash[] = [];
  for (const { finding, fix } of chosen) {
    for (const { edit, before } of fix.changes) {
      if (edit === undefined) continue;
      const key = `${edit.file}\0${keyOf(edit)}`;
      const known = merged.get(key);
      if (known === undefined) {
        merged.set(key, { ...edit, findings: [finding] });
        continue;
      }
      const together = combined(known, edit, before);
      if (together === null) clashes.push({ at: edit, findings: [...known.findings, finding] });
      else if (together.set !== undefined) Object.assign(known, together);
      if (!known.findings.includes(finding)) known.findings.push(finding);
    }
  }
  return { changes: [...merged.values()], clashes: [...clashes, ...nested(merged)] };
}

/** Two changes of one place as one; null when they disagree. */
function combined(known: Merging, edit: Edit, before: Json): Pick<Merging, 'set' | 'rdp'> | null {
  if (edit.pointer.endsWith('/-') && isObject(known.set) && isObject(edit.set)) {
    const set = deepMerge(known.set, edit.set);
    return set === undefined ? null : { set };
  }
  if (known.rdp !== undefined && edit.rdp !== undefined) {
    const rdp = { ...known.rdp, ...edit.rdp };
    return agree(known.rdp, edit.rdp) ? { rdp, set: mergeRdpProperties(before, rdp) } : null;
  }
  return JSON.stringify(known.set) === JSON.stringify(edit.set) && known.remove === edit.remove ? {} : null;
}

/** A change inside of what another fix removes or sets as a whole. */
function nested(merged: ReadonlyMap<string, Merging>): Clash[] {
  const byPlace = new Map([...merged.values()].map((change) => [`${change.file}\0${change.pointer}`, change]));
  return [...merged.values()].flatMap((change): Clash[] => {
    for (let end = change.pointer.lastIndexOf('/'); end > 0; end = change.pointer.lastIndexOf('/', end - 1)) {
      const above = byPlace.get(`${change.file}\0${change.pointer.slice(0, end)}`);
      if (above !== undefined) return [{ at: above, findings: [...above.findings, ...change.findings] }];
    }
    return [];
  });
}

/** Two changes of one property string that want no property to be two things. */
function agree(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return Object.entries(b).every(([name, value]) => !Object.hasOwn(a, name) || a[name] === value);
}

function keyOf(edit: Edit): string {
  const name = edit.pointer.endsWith('/-') && isObject(edit.set) ? edit.set['name'] : undefined;
  return typeof name === 'string' ? `${edit.pointer}/${escapeStep(name.toLowerCase())}` : edit.pointer;
}

/** Undefined when the two hold different values in one place. */
function deepMerge(a: Json, b: Json): Json | undefined {
  if (!isObject(a) || !isObject(b)) return JSON.stringify(a) === JSON.stringify(b) ? a : undefined;
  const result: Record<string, Json> = { ...a };
  for (const [name, value] of Object.entries(b)) {
    const together = Object.hasOwn(a, name) ? deepMerge(a[name] ?? null, value) : value;
    if (together === undefined) return undefined;
    result[name] = together;
  }
  return result;
}
