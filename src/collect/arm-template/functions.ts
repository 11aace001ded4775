import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import { isSymbol, symbolOf, textOf } from '../cloud/symbol.ts';

/**
 * Template functions whose value is certain when their arguments are known. A function gives undefined when it cannot say:
 * an argument is unknown, of the wrong kind or too large. Reference: azure-resource-manager/templates/template-functions.
 */
export type TemplateFunction = (args: readonly Json[]) => Json | undefined;

/** Texts and lists that grow beyond this are unresolved; Azure takes templates up to 4 MB. */
const MAX_TEXT = 262_144;
const MAX_LIST = 20_000;

const isText = (value: Json | undefined): value is string => typeof value === 'string';
const isNumber = (value: Json | undefined): value is number => typeof value === 'number';
const isScalar = (value: Json | undefined): boolean => value === null || ['string', 'number', 'boolean'].includes(typeof value);
const asArray = (value: Json | undefined): readonly Json[] | undefined => (Array.isArray(value) ? (value as readonly Json[]) : undefined);
const bounded = (value: number): number | undefined => (Number.isSafeInteger(value) ? value : undefined);

const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  true: () => true,
  false: () => false,
  null: () => null,
  concat,
  format,
  tolower: ([text]) => (isText(text) ? text.toLowerCase() : undefined),
  toupper: ([text]) => (isText(text) ? text.toUpperCase() : undefined),
  trim: ([text]) => (isText(text) ? text.trim() : undefined),
  replace: ([text, from, to]) =>
    isText(text) && isText(from) && isText(to) && from !== '' && fits(text, from, to) ? text.replaceAll(from, () => to) : undefined,
  substring,
  startswith: ([text, start]) => withoutCase(text, start, (a, b) => a.startsWith(b)),
  endswith: ([text, end]) => withoutCase(text, end, (a, b) => a.endsWith(b)),
  padleft: ([text, length, pad]) =>
    scalarText(text) !== undefined && isNumber(length) && length >= 0 && length <= 256
      ? (scalarText(text) ?? '').padStart(length, isText(pad) ? pad : ' ')
      : undefined,
  split,
  join: ([list, by]) =>
    asArray(list)?.every((item) => scalarText(item) !== undefined) === true && isText(by)
      ? shortText((asArray(list) ?? []).map((item) => scalarText(item) ?? '').join(by))
      : undefined,
  string: ([value]) => (typeof value === 'boolean' ? undefined : scalarText(value)),
  int: ([value]) => (isNumber(value) ? value : isText(value) && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined),
  bool: ([value]) => boolOf(value),
  json: ([text]) => jsonOf(text),
  equals: ([a, b]) => (isScalar(a) && isScalar(b) ? a === b : undefined),
  not: ([value]) => (typeof value === 'boolean' ? !value : undefined),
  less: ([a, b]) => (isNumber(a) && isNumber(b) ? a < b : undefined),
  lessorequals: ([a, b]) => (isNumber(a) && isNumber(b) ? a <= b : undefined),
  greater: ([a, b]) => (isNumber(a) && isNumber(b) ? a > b : undefined),
  greaterorequals: ([a, b]) => (isNumber(a) && isNumber(b) ? a >= b : undefined),
  coalesce,
  add: ([a, b]) => (isNumber(a) && isNumber(b) ? bounded(a + b) : undefined),
  sub: ([a, b]) => (isNumber(a) && isNumber(b) ? bounded(a - b) : undefined),
  mul: ([a, b]) => (isNumber(a) && isNumber(b) ? bounded(a * b) : undefined),
  div: ([a, b]) => (isNumber(a) && isNumber(b) && b !== 0 ? bounded(Math.trunc(a / b)) : undefined),
  mod: ([a, b]) => (isNumber(a) && isNumber(b) && b !== 0 ? bounded(a % b) : undefined),
  createarray: (args) => [...args],
  createobject,
  array: ([value]) => (value === undefined || isSymbol(value) ? undefined : Array.isArray(value) ? value : [value]),
  length: ([value]) =>
    isText(value) ? value.length : Array.isArray(value) ? value.length : isObject(value) && !isSymbol(value) ? Object.keys(value).length : undefined,
  first: ([value]) => (isText(value) ? value.slice(0, 1) : asArray(value)?.[0]),
  last: ([value]) => (isText(value) ? value.slice(-1) : asArray(value)?.at(-1)),
  take: ([value, count]) => (isNumber(count) ? (isText(value) ? value.slice(0, Math.max(count, 0)) : asArray(value)?.slice(0, Math.max(count, 0))) : undefined),
  skip: ([value, count]) => (isNumber(count) ? (isText(value) ? value.slice(Math.max(count, 0)) : asArray(value)?.slice(Math.max(count, 0))) : undefined),
  range: ([start, count]) =>
    isNumber(start) && isNumber(count) && count >= 0 && count <= MAX_LIST ? Array.from({ length: count }, (_, index) => start + index) : undefined,
  empty: ([value]) =>
    value === null
      ? true
      : isText(value)
        ? value === ''
        : Array.isArray(value)
          ? value.length === 0
          : isObject(value) && !isSymbol(value)
            ? Object.keys(value).length === 0
            : undefined,
  contains,
  union,
  shallowmerge,
  tryget,
};

export function functionNamed(name: string): TemplateFunction | undefined {
  return Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
}

function shortText(text: string): string | undefined {
  return text.length > MAX_TEXT ? undefined : text;
}

/** Text of what prints in one way only; booleans print as `True` in some functions and not in others. */
function scalarText(value: Json | undefined): string | undefined {
  return isText(value) ? value : isNumber(value) ? String(value) : undefined;
}

/** Lists to a list, texts to a text; unknown parts of a text stay in it as symbols. */
function concat(args: readonly Json[]): Json | undefined {
  if (args.length > 0 && args.every((arg) => Array.isArray(arg))) {
    const total = args.reduce<number>((sum, arg) => sum + (arg as readonly Json[]).length, 0);
    return total > MAX_LIST ? undefined : args.flatMap((arg) => [...(arg as readonly Json[])]);
  }
  return joined(args);
}

function joined(parts: readonly Json[]): Json | undefined {
  let text = '';
  let unknown = false;
  for (const part of parts) {
    const piece = textOf(part);
    if (piece === undefined || text.length + piece.length > MAX_TEXT) return undefined;
    unknown ||= isSymbol(part);
    text += piece;
  }
  return unknown ? symbolOf(text) : text;
}

/** `{0}` without alignment or format; `{{` and `}}` stand for braces. */
function format([pattern, ...args]: readonly Json[]): Json | undefined {
  if (!isText(pattern) || pattern.length > MAX_TEXT) return undefined;
  const parts: Json[] = [];
  let last = 0;
  for (const match of pattern.matchAll(/\{\{|\}\}|\{(\d{1,3})\}|[{}]/g)) {
    parts.push(pattern.slice(last, match.index));
    last = match.index + match[0].length;
    if (match[0] === '{{' || match[0] === '}}') parts.push(match[0].slice(1));
    else {
      const arg = match[1] === undefined ? undefined : args[Number(match[1])];
      if (arg === undefined) return undefined;
      parts.push(arg);
    }
  }
  return joined([...parts, pattern.slice(last)]);
}

function fits(text: string, from: string, to: string): boolean {
  return text.length + (text.length / from.length) * to.length <= MAX_TEXT;
}

function substring([text, start, length]: readonly Json[]): Json | undefined {
  if (!isText(text) || !isNumber(start) || start < 0 || start > text.length) return undefined;
  if (length === undefined) return text.slice(start);
  return isNumber(length) && length >= 0 && start + length <= text.length ? text.slice(start, start + length) : undefined;
}

/** The comparison is without case; when case would decide, it says nothing of the rest either way. */
function withoutCase(text: Json | undefined, part: Json | undefined, test: (text: string, part: string) => boolean): boolean | undefined {
  return isText(text) && isText(part) ? test(text.toLowerCase(), part.toLowerCase()) : undefined;
}

function split([text, by]: readonly Json[]): Json | undefined {
  if (!isText(text)) return undefined;
  const marks = isText(by) ? [by] : (asArray(by)?.filter((mark) => isText(mark)) ?? []);
  if (marks.length === 0 || marks.length > 8 || marks.includes('') || (Array.isArray(by) && marks.length !== by.length)) return undefined;
  let parts = [text];
  for (const mark of marks) parts = parts.flatMap((part) => part.split(mark));
  return parts.length > MAX_LIST ? undefined : parts;
}

function boolOf(value: Json | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (isNumber(value)) return value !== 0;
  const word = isText(value) ? value.toLowerCase() : '';
  return word === 'true' ? true : word === 'false' ? false : undefined;
}

/** A number that is no integer, and anything large or deep, is left alone. */
function jsonOf(text: Json | undefined): Json | undefined {
  if (!isText(text) || text.length > 16_384) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function coalesce(args: readonly Json[]): Json | undefined {
  for (const arg of args) {
    if (isSymbol(arg)) return undefined;
    if (arg !== null) return arg;
  }
  return null;
}

function createobject(args: readonly Json[]): Json | undefined {
  const out: Record<string, Json> = {};
  for (let at = 0; at + 1 < args.length; at += 2) {
    const name = args[at];
    if (!isText(name) || name === '__proto__') return undefined;
    out[name] = args[at + 1] ?? null;
  }
  return args.length % 2 === 0 ? out : undefined;
}

/** The member or element, or null when there is none. */
function tryget([value, ...steps]: readonly Json[]): Json | undefined {
  let current: Json | undefined = value;
  for (const step of steps) {
    if (current === undefined || isSymbol(current)) return undefined;
    if (current === null) return null;
    if (isNumber(step) && Array.isArray(current)) current = (current as readonly Json[])[step] ?? null;
    else if (isText(step) && isObject(current)) current = memberWithoutCase(current, step) ?? null;
    else return undefined;
  }
  return current;
}

export function memberWithoutCase(object: JsonObject, name: string): Json | undefined {
  const own = member(object, name);
  if (own !== undefined) return own;
  const lower = name.toLowerCase();
  const key = Object.keys(object).find((held) => held.toLowerCase() === lower);
  return key === undefined ? undefined : member(object, key);
}

/** In a text and in a list the comparison is with case; keys are found without. */
function contains([holder, item]: readonly Json[]): Json | undefined {
  if (isText(holder)) return scalarText(item) === undefined ? undefined : holder.includes(scalarText(item) ?? '');
  if (Array.isArray(holder)) return listContains(holder as readonly Json[], item);
  if (!isObject(holder) || isSymbol(holder) || !isText(item)) return undefined;
  return Object.keys(holder).some((key) => key.toLowerCase() === item.toLowerCase());
}

function listContains(list: readonly Json[], item: Json | undefined): boolean | undefined {
  if (!isScalar(item)) return undefined;
  if (list.includes(item ?? null)) return true;
  const lower = isText(item) ? item.toLowerCase() : item;
  const unsure = list.some((held) => !isScalar(held) || (isText(held) && held.toLowerCase() === lower));
  return unsure ? undefined : false;
}

/** What Bicep makes of a spread: of a list of objects the last one's members win. */
function shallowmerge([list]: readonly Json[]): Json | undefined {
  const out: Record<string, Json> = {};
  for (const item of asArray(list) ?? [null]) {
    if (!isObject(item) || isSymbol(item) || Object.hasOwn(item, '__proto__')) return undefined;
    Object.assign(out, item);
  }
  return out;
}

/** Of lists of scalars: without repeats. Of objects: the last one's members win, when none is itself an object on both sides. */
function union(args: readonly Json[]): Json | undefined {
  if (args.every((arg) => Array.isArray(arg))) {
    const all = args.flatMap((arg) => [...(arg as readonly Json[])]);
    return all.length <= MAX_LIST && all.every((item) => isScalar(item)) ? [...new Set(all)] : undefined;
  }
  const out: Record<string, Json> = {};
  for (const arg of args) {
    if (!isObject(arg) || isSymbol(arg)) return undefined;
    for (const [name, value] of Object.entries(arg)) {
      const there = member(out, name);
      if (name === '__proto__' || (there !== undefined && !isScalar(there) && !isScalar(value))) return undefined;
      out[name] = value;
    }
  }
  return out;
}
