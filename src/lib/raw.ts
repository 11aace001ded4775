import { isObject, type Json } from '../model/json.ts';

/**
 * Raw values as PowerShell writes them: integers, names, numeric strings, `{value: …}` and `{Value: …}` wrappers, lists of
 * one collapsed to a scalar (Windows PowerShell 5.1), `{value: [...], Count: n}`. Unified here and nowhere else.
 */

/** Takes wrappers off. */
export function unwrap(value: Json | undefined): Json | undefined {
  let current = value;
  for (let depth = 0; depth < 4 && isObject(current); depth++) {
    if (Object.hasOwn(current, 'value')) current = current['value'];
    else if (Object.hasOwn(current, 'Value')) current = current['Value'];
    else return current;
  }
  return current;
}

/** A list; a scalar is a list of one, nothing and the empty string are an empty list. Elements are unwrapped. */
export function rawList(value: Json | undefined): Json[] {
  const plain = unwrap(value);
  if (plain === undefined || plain === null || plain === '') return [];
  const list = Array.isArray(plain) ? (plain as readonly Json[]) : [plain];
  return list.map((element) => unwrap(element) ?? null);
}

/** An integer from a number, a numeric string or a boolean; a negative 32-bit value is read as unsigned. Else undefined. */
export function rawInteger(value: Json | undefined): number | undefined {
  const plain = unwrap(value);
  if (typeof plain === 'boolean') return plain ? 1 : 0;
  const number = typeof plain === 'number' ? plain : typeof plain === 'string' && /^\s*-?\d{1,15}\s*$/.test(plain) ? Number(plain) : Number.NaN;
  if (!Number.isSafeInteger(number)) return undefined;
  return number < 0 && number >= -0x80000000 ? number + 0x100000000 : number;
}

export function rawText(value: Json | undefined): string | undefined {
  const plain = unwrap(value);
  if (typeof plain === 'string') return plain;
  return typeof plain === 'number' || typeof plain === 'boolean' ? String(plain) : undefined;
}

/**
 * A member of an enum by its name: `names` maps integers to names. Accepts the integer, a numeric string, or the name in any
 * case. Undefined for anything else.
 */
export function rawEnum<Name extends string>(value: Json | undefined, names: Readonly<Record<number, Name>>): Name | undefined {
  const number = rawInteger(value);
  if (number !== undefined && typeof unwrap(value) !== 'boolean') return names[number];
  const text = rawText(value)?.trim().toLowerCase();
  return text === undefined ? undefined : Object.values(names).find((name) => name.toLowerCase() === text);
}
