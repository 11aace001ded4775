import { isObject, type Json } from '../model/json.ts';
import type { Setting } from '../model/setting.ts';
import { rawInteger, rawList, rawText, unwrap } from './raw.ts';
import { compileSchema } from './schema.ts';
import { type Predicate, YES } from './truth.ts';

type RawMap = Readonly<Record<string, Json>>;

const predicates = new WeakMap<Setting, Predicate>();

export function valuePredicate(setting: Setting): Predicate {
  let predicate = predicates.get(setting);
  if (predicate === undefined) {
    predicate = compileSchema(setting.value);
    predicates.set(setting, predicate);
  }
  return predicate;
}

/** A raw value as its named one. `unset`: the raw form says that nothing is set here; undefined: it cannot be understood. */
export function toNamed(
  setting: Setting,
  raw: Json,
  place: { readonly map?: RawMap; readonly unset?: readonly Json[] } = {},
): { readonly value: Json } | 'unset' | undefined {
  const plain = unwrap(raw) ?? null;
  if (place.unset?.some((form) => sameRaw(form, plain)) === true) return 'unset';
  const value = convert(setting, plain, place.map ?? setting.map);
  return value !== undefined && valuePredicate(setting)(value) === YES ? { value } : undefined;
}

/** Windows PowerShell 5.1 writes a list of one as its element; others write an element as a list of one. */
function single(raw: Json): Json {
  return Array.isArray(raw) && raw.length === 1 ? (unwrap((raw as readonly Json[])[0]) ?? null) : raw;
}

function sameRaw(form: Json, raw: Json): boolean {
  const plain = single(raw);
  const text = rawText(plain)?.trim().toLowerCase();
  return (
    text !== undefined && (text === rawText(form)?.toLowerCase() || (typeof form === 'number' && typeof plain !== 'boolean' && rawInteger(plain) === form))
  );
}

function convert(setting: Setting, raw: Json, map: RawMap | undefined): Json | undefined {
  if (setting.flags !== undefined) return flagsOf(setting, setting.flags, raw);
  if (setting.list === true) return listOf(setting, raw);
  const form = formOf(setting, single(raw));
  const mapped = map === undefined ? undefined : mappedOf(map, form);
  if (mapped !== undefined) return mapped;
  if (setting.scale !== undefined) {
    const number = typeof form === 'boolean' ? undefined : rawInteger(form);
    const scaled = number === undefined ? undefined : number * setting.scale;
    return Number.isSafeInteger(scaled) ? scaled : undefined;
  }
  return map === undefined ? plainOf(setting, form) : undefined;
}

/** Text of a raw value as maps are keyed by: integers as unsigned decimal digits, other texts in lower case. */
function keyOf(raw: Json): string | undefined {
  const number = typeof raw === 'boolean' ? undefined : rawInteger(raw);
  return number === undefined ? rawText(raw)?.trim().toLowerCase() : String(number);
}

const indexes = new WeakMap<RawMap, ReadonlyMap<string, Json>>();

/** A map of the catalogue by lower-cased keys. */
function indexOf(map: RawMap): ReadonlyMap<string, Json> {
  let index = indexes.get(map);
  if (index === undefined) {
    index = new Map(Object.entries(map).map(([key, value]) => [key.toLowerCase(), value]));
    indexes.set(map, index);
  }
  return index;
}

/** Another form of a raw value, such as an enum's own name, as the raw value that `map` or `flags` know. */
function formOf(setting: Setting, raw: Json): Json {
  const key = setting.forms === undefined ? undefined : keyOf(raw);
  const form = setting.forms === undefined || key === undefined ? undefined : indexOf(setting.forms).get(key);
  return form ?? raw;
}

/** `true` and 1, `false` and 0 mean the same to a map that knows only one of them. */
const ALIKE: Readonly<Record<string, string>> = { true: '1', false: '0', 1: 'true', 0: 'false' };

function mappedOf(map: RawMap, raw: Json): Json | undefined {
  const key = keyOf(raw);
  if (key === undefined) return undefined;
  const index = indexOf(map);
  const alike = Object.hasOwn(ALIKE, key) ? ALIKE[key] : undefined;
  return index.get(key) ?? (alike === undefined ? undefined : index.get(alike));
}

function plainOf(setting: Setting, raw: Json): Json | undefined {
  const types = isObject(setting.value) ? [setting.value['type'] ?? null].flat() : [];
  if (types.includes('integer')) return typeof raw === 'boolean' ? undefined : rawInteger(raw);
  if (types.includes('boolean')) return typeof raw === 'boolean' ? raw : booleanOf(raw);
  return rawText(raw);
}

function booleanOf(raw: Json): boolean | undefined {
  const key = keyOf(raw);
  return key === '1' || key === 'true' ? true : key === '0' || key === 'false' ? false : undefined;
}

function listOf(setting: Setting, raw: Json): Json[] | undefined {
  if (setting.empty !== undefined && sameRaw(setting.empty, raw)) return [];
  const items = rawList(raw).map((item) => rawText(item));
  if (items.some((item) => item === undefined)) return undefined;
  const { trim } = setting;
  return items.flatMap((item) => (item === undefined || item === '' ? [] : [trim !== undefined && item.startsWith(trim) ? item.slice(trim.length) : item]));
}

/** Bits as names, in the order of the catalogue. A bit that the catalogue does not know makes the value one that is not understood. */
function flagsOf(setting: Setting, flags: Readonly<Record<string, string>>, raw: Json): readonly Json[] | undefined {
  if (setting.all?.some((form) => sameRaw(form, raw)) === true) return Object.values(flags);
  if (typeof raw === 'number') return namesOfBits(flags, bitsOf(setting, flags, raw));
  const items: readonly Json[] = Array.isArray(raw) ? rawList(raw) : [raw];
  const found = new Set<Json>();
  for (const text of items.flatMap((item): readonly Json[] => (typeof item === 'string' ? item.split(',') : [item]))) {
    const names = namesOfBits(flags, bitsOf(setting, flags, text));
    if (names === undefined) return undefined;
    for (const name of names) found.add(name);
  }
  return Object.values(flags).filter((name) => found.has(name));
}

function namesOfBits(flags: Readonly<Record<string, string>>, bits: number | undefined): readonly string[] | undefined {
  if (bits === undefined) return undefined;
  let left = bits;
  const names: string[] = [];
  for (const [bit, name] of Object.entries(flags)) {
    if (Math.floor(bits / Number(bit)) % 2 === 0) continue;
    names.push(name);
    left -= Number(bit);
  }
  return left === 0 ? names : undefined;
}

function bitsOf(setting: Setting, flags: Readonly<Record<string, string>>, raw: Json): number | undefined {
  const form = formOf(setting, raw);
  const number = typeof form === 'boolean' ? undefined : rawInteger(form);
  if (number !== undefined) return number;
  const name = rawText(form)?.trim().toLowerCase();
  const bit = Object.keys(flags).find((candidate) => flags[candidate]?.toLowerCase() === name);
  return bit === undefined ? undefined : Number(bit);
}

/** A named value as the raw one that is written; undefined when the catalogue has none for it. */
export function toRaw(setting: Setting, named: Json, map: RawMap | undefined = setting.map): Json | undefined {
  if (setting.flags !== undefined) return rawFlags(setting.flags, named);
  if (setting.list === true) {
    if (!Array.isArray(named) || !(named as readonly Json[]).every((item) => typeof item === 'string')) return undefined;
    if (named.length === 0 && setting.empty !== undefined) return setting.empty;
    return (named as readonly string[]).map((item) => `${setting.trim ?? ''}${item}`);
  }
  const key = map === undefined ? undefined : Object.keys(map).find((candidate) => map[candidate] === named);
  if (key !== undefined) return rawKey(key);
  if (setting.scale !== undefined) return typeof named === 'number' && named % setting.scale === 0 ? named / setting.scale : undefined;
  return map === undefined ? named : undefined;
}

function rawFlags(flags: Readonly<Record<string, string>>, named: Json): number | undefined {
  if (!Array.isArray(named)) return undefined;
  let bits = 0;
  for (const name of new Set(named as readonly Json[])) {
    const bit = Object.keys(flags).find((candidate) => flags[candidate] === name);
    if (bit === undefined) return undefined;
    bits += Number(bit);
  }
  return bits;
}

function rawKey(key: string): Json {
  if (key === 'true' || key === 'false') return key === 'true';
  return /^-?\d{1,15}$/.test(key) ? Number(key) : key;
}
