import { isObject, type Json, member } from '../../model/json.ts';
import type { Region } from '../../model/location.ts';
import type { Problem } from '../../model/problem.ts';

const MAX_SHOWN = 20;

/** How the compiler's paths are told. */
export interface Told {
  readonly nameOf: (source: string) => string | null;
  readonly cleaned: (text: string) => string;
}

/** The errors among a compiler's diagnostics; its warnings are not ours to repeat. */
export function diagnosticsOf(result: Json, told: Told, entry: string): Problem[] {
  const listed = member(result, 'diagnostics');
  const errors = Array.isArray(listed) ? (listed as readonly Json[]).filter((item) => member(item, 'level') === 'Error') : [];
  const problems = errors.slice(0, MAX_SHOWN).map((item) => problemOf(item, told, entry));
  if (errors.length > MAX_SHOWN) {
    const message = `'${entry}' has ${errors.length - MAX_SHOWN} more errors.`;
    problems.push({ level: 'error', code: 'bicep.error', message, hint: 'Mend the first ones.', file: entry });
  }
  return problems;
}

function problemOf(item: Json, { nameOf, cleaned }: Told, entry: string): Problem {
  const source = member(item, 'source');
  const file = (typeof source === 'string' ? nameOf(source) : null) ?? entry;
  const region = regionOf(member(item, 'range'));
  const message = cleaned(textOf(item, 'message'));
  return {
    level: 'error',
    code: 'bicep.error',
    message: `'${file}' does not compile${region === null ? '' : `, line ${region.startLine}`}: ${message.slice(0, 500)} (${textOf(item, 'code').slice(0, 40)})`,
    hint: 'Mend the file.',
    file,
    ...(region === null ? {} : { region }),
  };
}

function textOf(item: Json, name: string): string {
  const text = member(item, name);
  return typeof text === 'string' ? text : '';
}

/** The compiler counts from 0, in UTF-16 code units. */
function regionOf(range: Json | undefined): Region | null {
  const [start, end] = [placeOf(member(range, 'start')), placeOf(member(range, 'end'))];
  return start === null || end === null ? null : { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

function placeOf(place: Json | undefined): { readonly line: number; readonly column: number } | null {
  if (!isObject(place)) return null;
  const { line, char } = place;
  return typeof line === 'number' && typeof char === 'number' && line >= 0 && char >= 0 ? { line: line + 1, column: char + 1 } : null;
}
