import type { Json } from '../model/json.ts';
import { documentErrorAt, MAX_DEPTH, TOO_DEEP } from './document-error.ts';

/** Native `JSON.parse` with bounded depth and errors for people. Throws `DocumentError`. */
export function parseJson(text: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    const fault = jsonFault(text);
    throw documentErrorAt(text, fault.offset, fault.message);
  }
  if (tooDeep(value, 0)) throw documentErrorAt(text, depthOffset(text), TOO_DEEP);
  return value;
}

/** Walking the parsed value costs a tenth of scanning the text again; the recursion is bounded by what it looks for. */
function tooDeep(value: Json, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === MAX_DEPTH) return true;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) if (tooDeep(value[index] as Json, depth + 1)) return true;
    return false;
  }
  const members = value as { readonly [name: string]: Json };
  for (const name in members) {
    const inner = members[name];
    if (typeof inner === 'object' && inner !== null && tooDeep(inner, depth + 1)) return true;
  }
  return false;
}

function depthOffset(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = stringEnd(text, at) - 1;
    else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      if (++depth > MAX_DEPTH) return at;
    } else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) depth--;
  }
  return 0;
}

export const QUOTE = 34;
export const COMMA = 44;
export const COLON = 58;
export const OPEN_BRACKET = 91;
export const BACKSLASH = 92;
export const CLOSE_BRACKET = 93;
export const OPEN_BRACE = 123;
export const CLOSE_BRACE = 125;

/** One past the closing quote of the string that starts at `at`; the end of the text when it is not closed. */
export function stringEnd(text: string, at: number): number {
  let end = text.indexOf('"', at + 1);
  while (end !== -1 && text.charCodeAt(end - 1) === BACKSLASH) {
    let slash = end - 2;
    while (text.charCodeAt(slash) === BACKSLASH) slash--;
    if ((end - slash) % 2 === 1) break;
    end = text.indexOf('"', end + 1);
  }
  return end === -1 ? text.length : end + 1;
}

export function skipBlank(text: string, at: number): number {
  let next = at;
  for (;;) {
    const unit = text.charCodeAt(next);
    if (unit !== 32 && unit !== 10 && unit !== 13 && unit !== 9) return next;
    next++;
  }
}

type Expected = 'value' | 'value or end' | 'name' | 'name or end' | 'colon' | 'comma or end' | 'end of text';

/** Where and why a text is not JSON. Only run when parsing has failed; keeps its own stack, so depth does not matter. */
function jsonFault(text: string): { offset: number; message: string } {
  const open: number[] = [];
  let expected: Expected = 'value';
  for (let at = skipBlank(text, 0); ; at = skipBlank(text, at)) {
    if (at >= text.length) return { offset: at, message: endMessage(text, open, expected) };
    const unit = text.charCodeAt(at);
    const closes = open.at(-1);
    const mayEnd =
      expected === 'comma or end' || (expected === 'value or end' && closes === CLOSE_BRACKET) || (expected === 'name or end' && closes === CLOSE_BRACE);
    if (mayEnd && unit === closes) {
      open.pop();
      at++;
      expected = open.length === 0 ? 'end of text' : 'comma or end';
    } else if (expected === 'value' || expected === 'value or end') {
      if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
        open.push(unit + 2);
        at++;
        expected = unit === OPEN_BRACE ? 'name or end' : 'value or end';
        continue;
      }
      const end = scalarEnd(text, at);
      if (typeof end === 'object') return end;
      at = end;
      expected = open.length === 0 ? 'end of text' : 'comma or end';
    } else if ((expected === 'name' || expected === 'name or end') && unit === QUOTE) {
      const end = scalarEnd(text, at);
      if (typeof end === 'object') return end;
      at = end;
      expected = 'colon';
    } else if (expected === 'colon' && unit === COLON) {
      at++;
      expected = 'value';
    } else if (expected === 'comma or end' && unit === COMMA) {
      at++;
      expected = closes === CLOSE_BRACE ? 'name' : 'value';
    } else return { offset: at, message: unexpected(text, at, expected, closes) };
  }
}

function unexpected(text: string, at: number, expected: Expected, closes: number | undefined): string {
  const found = printable(text, at);
  if (expected === 'end of text') return `The document goes on after its end with '${found}'.`;
  if (expected === 'colon') return `A ':' is missing after a member's name; '${found}' was found.`;
  if (expected === 'comma or end') return `A ',' or '${closes === CLOSE_BRACE ? '}' : ']'}' is missing; '${found}' was found.`;
  if (expected === 'name' && text.charCodeAt(at) === CLOSE_BRACE) return "The last member of an object is followed by a ','.";
  return `A member's name in double quotes is missing; '${found}' was found.`;
}

function endMessage(text: string, open: readonly number[], expected: Expected): string {
  if (skipBlank(text, 0) >= text.length) return 'The document is empty.';
  if (open.length === 0 && expected === 'end of text') return 'The document is not JSON.';
  return `The document ends too early: '${open.at(-1) === CLOSE_BRACKET ? ']' : '}'}' is missing.`;
}

/** End of a string, number or literal, or what is wrong with it. */
function scalarEnd(text: string, at: number): number | { offset: number; message: string } {
  const unit = text.charCodeAt(at);
  if (unit === QUOTE) return checkedStringEnd(text, at);
  const word = /[^\s,:[\]{}"]*/y;
  word.lastIndex = at;
  const found = word.exec(text)?.[0] ?? '';
  if (/^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)$/.test(found)) return at + found.length;
  if (unit === COMMA) return { offset: at, message: "A value is missing before ','." };
  if (unit === CLOSE_BRACKET || unit === CLOSE_BRACE)
    return { offset: at, message: `A value is missing before '${text.charAt(at)}'; is there a ',' too many?` };
  const shown = found === '' ? printable(text, at) : found.length > 40 ? `${found.slice(0, 40)}…` : found;
  if (found.startsWith('//') || found.startsWith('/*')) return { offset: at, message: 'JSON has no comments.' };
  return { offset: at, message: `'${shown}' is not a JSON value.` };
}

function checkedStringEnd(text: string, start: number): number | { offset: number; message: string } {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) return at + 1;
    if (unit < 0x20) {
      if (unit === 10 || unit === 13) return { offset: start, message: 'A string is not closed on its line.' };
      return { offset: at, message: `A string holds the control character ${printable(text, at)}, which must be escaped.` };
    }
    if (unit === BACKSLASH) {
      const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
      escape.lastIndex = at;
      const found = escape.exec(text)?.[0];
      if (found === undefined) return { offset: at, message: `'\\${printable(text, at + 1)}' is not an escape that JSON knows.` };
      at += found.length - 1;
    }
  }
  return { offset: start, message: 'A string is not closed.' };
}

function printable(text: string, at: number): string {
  const point = text.codePointAt(at);
  if (point === undefined) return '';
  return point > 0x20 && point < 0x7f ? String.fromCodePoint(point) : `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
}
