import type { Json } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';

/**
 * Plain values of a resource's body. Each returns what is stated, else the default of the API; null, and the pointer among
 * `unknown`, for what cannot be known.
 */

export function flagAt(value: Json | undefined, byDefault: boolean, at: Pointer, unknown: Pointer[]): boolean | null {
  if (isAbsent(value)) return byDefault;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' && /^(?:true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  unknown.push(at);
  return null;
}

/** Azure compares the words of an enum without case; one that is not among them stays as it is. */
export function wordAt(value: Json | undefined, words: readonly string[], byDefault: string, at: Pointer, unknown: Pointer[]): string | null {
  const text = textAt(value, byDefault, at, unknown);
  return text === null ? null : (words.find((word) => word.toLowerCase() === text.toLowerCase()) ?? text);
}

/** Names and values are short; what is longer is cut. */
const MAX_TEXT = 400;

export function textAt(value: Json | undefined, byDefault: string, at: Pointer, unknown: Pointer[]): string | null {
  if (isAbsent(value)) return byDefault;
  if (typeof value === 'string') return value.slice(0, MAX_TEXT);
  if (typeof value === 'number') return String(value);
  unknown.push(at);
  return null;
}

export function numberAt(value: Json | undefined, byDefault: number, at: Pointer, unknown: Pointer[]): number | null {
  if (isAbsent(value)) return byDefault;
  const number = typeof value === 'number' ? value : typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isFinite(number)) return number;
  unknown.push(at);
  return null;
}

/** A value that was worked out; null is unknown. */
export function known<T extends Json>(value: T | null, at: Pointer, unknown: Pointer[]): T | null {
  if (value === null) unknown.push(at);
  return value;
}

/** True when one of them is, null when one of them may be. */
export function anyOf(values: readonly (boolean | null)[]): boolean | null {
  return values.includes(true) ? true : values.includes(null) ? null : false;
}

/** False when one of them is, null when one of them may be. */
export function allOf(values: readonly (boolean | null)[]): boolean | null {
  return values.includes(false) ? false : values.includes(null) ? null : true;
}

/** What all of them say; null where there are none, or one says something else. */
export function agreed(values: readonly (boolean | null)[]): boolean | null {
  const [first = null] = values;
  return values.every((value) => value === first) ? first : null;
}

export function isAbsent(value: Json | undefined): value is undefined | null | '' {
  return value === undefined || value === null || value === '';
}

/** Milliseconds since 1970 of an ISO 8601 time; null for anything else. */
export function timeOf(value: Json | undefined): number | null {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d(?:[T ]|$)/.test(value)) return null;
  const time = Date.parse(value);
  return Number.isFinite(time) ? time : null;
}

export const DAY = 86_400_000;
export const HOUR = 3_600_000;
