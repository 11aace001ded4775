import type { Finding, Fix, ValueChange } from '../model/finding.ts';
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

/** All value changes together. A new entry that several fixes add (a host that only a group named) is one entry. */
export function mergeChanges(chosen: readonly { readonly finding: Finding; readonly fix: Fix }[]): Merge {
  const merged = new Map<string, { file: string; pointer: Pointer; set?: Json; remove?: true; findings: Finding[] }>();
  const conflicts: string[] = [];
  const bad = new Set<string>();
  for (const { finding, fix } of chosen) {
    for (const { edit } of fix.changes) {
      if (edit === undefined) continue;
      const key = `${edit.file}\0${keyOf(edit)}`;
      const known = merged.get(key);
      if (known === undefined) {
        merged.set(key, { ...edit, findings: [finding] });
      } else if (edit.pointer.endsWith('/-') && isObject(known.set) && isObject(edit.set)) {
        known.set = deepMerge(known.set, edit.set);
        known.findings.push(finding);
      } else if (JSON.stringify(known.set) === JSON.stringify(edit.set) && known.remove === edit.remove) {
        known.findings.push(finding);
      } else {
        bad.add(key);
        conflicts.push(`The fixes of ${known.findings.map((other) => other.policy).join(', ')} and ${finding.policy} disagree on '${edit.pointer}' of '${edit.file}': neither is made.`);
      }
    }
  }
  return { changes: [...merged].flatMap(([key, change]) => (bad.has(key) ? [] : [change])), conflicts };
}

function keyOf(edit: NonNullable<ValueChange['edit']>): string {
  const name = edit.pointer.endsWith('/-') && isObject(edit.set) ? edit.set['name'] : undefined;
  return typeof name === 'string' ? `${edit.pointer}/${escapeStep(name.toLowerCase())}` : edit.pointer;
}

function deepMerge(a: Json, b: Json): Json {
  if (!isObject(a) || !isObject(b)) return b;
  const result: Record<string, Json> = { ...a };
  for (const [name, value] of Object.entries(b)) result[name] = Object.hasOwn(a, name) ? deepMerge(a[name] ?? null, value) : value;
  return result;
}
