import { normaliseId, typeOfId, namesOfId, extendedId } from '../../lib/azure-id.ts';
import { isObject, type Json } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import type { Problem } from '../../model/problem.ts';
import type { Body } from './canonical.ts';
import { isLookedAt } from './kinds.ts';

/** A resource as an input declares it, before children find their parents. */
export interface Declared extends Identity {
  readonly body: Body;
  /** False when the whole bag is unresolved. */
  readonly whole: boolean;
  readonly apiVersion: string | null;
  readonly pointer: Pointer;
  readonly displayId: string;
  readonly context: boolean;
  /** What decides whether it is there, in words; null when it certainly is. */
  readonly condition: string | null;
  /** Canonical pointers that have a place of their own in the file. */
  readonly places?: Readonly<Record<Pointer, Pointer>>;
}

export interface Identity {
  /** Canonical id. */
  readonly id: string;
  /** Lower-cased. */
  readonly type: string;
  /** The last one, as written. */
  readonly name: string;
  /** What an extension resource extends. */
  readonly scope: string | null;
}

/** Stands for the names of parents that an input does not say. */
const UNKNOWN_NAME = '{unknown}';

/**
 * Identity from type and names, `Microsoft.Network/virtualNetworks/subnets` and `[vnet, hosts]`. Extension resources are also
 * written as `Microsoft.KeyVault/vaults/providers/diagnosticSettings` with `[kv, Microsoft.Insights, diag]`.
 */
export function identityOf(type: string, names: readonly string[], scope: string | null): Identity {
  const [namespace = '', ...types] = type.split('/').filter((part) => part !== '');
  const at = types.findIndex((part) => part.toLowerCase() === 'providers');
  if (at >= 0 && names.length > at + 1) {
    const base = identityOf([namespace, ...types.slice(0, at)].join('/'), names.slice(0, at), scope);
    return identityOf([names[at] ?? '', ...types.slice(at + 1)].join('/'), names.slice(at + 1), base.id);
  }
  const missing = types.length - names.length;
  const last = names.slice(types.length - 1).join('/');
  const full = missing > 0 ? [...Array.from({ length: missing }, () => UNKNOWN_NAME), ...names] : [...names.slice(0, types.length - 1), last];
  const path = [namespace, ...types.flatMap((part, index) => [part, full[index] ?? UNKNOWN_NAME])].join('/').toLowerCase();
  return {
    id: scope === null ? path : `${scope}/providers/${path}`,
    type: [namespace, ...types].join('/').toLowerCase(),
    name: full[full.length - 1] ?? UNKNOWN_NAME,
    scope,
  };
}

/** Type and names in turn, as the input spells them. */
export function shownId(type: string, names: readonly string[]): string {
  const [namespace = '', ...types] = type.split('/').filter((part) => part !== '');
  if (types.length !== names.length) return `${type}/${names.join('/')}`;
  return [namespace, ...types.flatMap((part, index) => [part, names[index] ?? ''])].join('/');
}

/** Identity from a full id. */
export function identityOfId(id: string): Identity | null {
  const type = typeOfId(id);
  const names = namesOfId(id);
  const name = names[names.length - 1];
  const extended = extendedId(id);
  return type === null || name === undefined
    ? null
    : { id: normaliseId(id), type: type.toLowerCase(), name, scope: extended === null ? null : normaliseId(extended) };
}

/** What a reader of documents gives: everything that it could read, and what it could not. */
export interface CloudReading {
  readonly declared: Declared[];
  readonly problems: Problem[];
  /** Resources of types that are not looked at. */
  others: number;
  /** Some reference is by a name that is not resolved. */
  symbolic: boolean;
}

export function newReading(): CloudReading {
  return { declared: [], problems: [], others: 0, symbolic: false };
}

/** Counts it when its type is not looked at. */
export function isOther(type: string, reading: CloudReading): boolean {
  if (isLookedAt(type)) return false;
  reading.others++;
  return true;
}

/** A member that clients spell in several ways. */
export function textMember(value: Json, ...names: readonly string[]): string | null {
  if (!isObject(value)) return null;
  for (const name of names) {
    const held = Object.hasOwn(value, name) ? value[name] : undefined;
    if (typeof held === 'string' && held !== '') return held;
  }
  return null;
}
