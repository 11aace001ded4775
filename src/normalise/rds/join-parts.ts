import { type Fact, factId, UNREAD } from '../../model/fact.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Origin } from '../../model/location.ts';
import type { Pointer } from '../../model/pointer.ts';
import { type HostIndex, indexByHost } from './host-names.ts';

/** True for the fact that stands for a list which could not be read. */
export function isPlaceholder(fact: Fact): boolean {
  return fact.unknown.includes('');
}

/** False when the member, or anything above or below it, could not be read. */
export function isKnown(fact: Fact, pointer: Pointer): boolean {
  return !fact.unknown.some((unknown) => unknown === pointer || pointer.startsWith(`${unknown}/`) || unknown.startsWith(`${pointer}/`));
}

/** A member's text, or null when it is unknown or not a text. */
export function textAt(fact: Fact | undefined, name: string): string | null {
  const value = fact === undefined || !isKnown(fact, `/${name}`) ? undefined : own(fact, name);
  return typeof value === 'string' ? value : null;
}

export function booleanAt(fact: Fact | undefined, name: string): boolean | null {
  const value = fact === undefined || !isKnown(fact, `/${name}`) ? undefined : own(fact, name);
  return typeof value === 'boolean' ? value : null;
}

/** A list of names; null when it is unknown. One name stands for a list of one. */
export function namesAt(fact: Fact, name: string): readonly string[] | null {
  if (!isKnown(fact, `/${name}`)) return null;
  const value = own(fact, name);
  if (typeof value === 'string') return value === '' ? [] : [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : null;
}

function own(fact: Fact, name: string): unknown {
  return Object.hasOwn(fact.data, name) ? fact.data[name] : undefined;
}

export function hostOf(fact: Fact): string {
  const host = own(fact, 'host');
  return typeof host === 'string' ? host : fact.target.slice(fact.target.indexOf(':') + 1);
}

/** Facts of one kind by the host they belong to. Placeholders are left in: they say that the host was looked at in vain. */
export function factsByHost(facts: readonly Fact[], kind: string): HostIndex<Fact> {
  return indexByHost(
    facts.filter((fact) => fact.kind === kind),
    hostOf,
  );
}

interface JoinedFact {
  readonly kind: string;
  /** The fact whose target the new one belongs to. */
  readonly of: Fact;
  readonly instance: readonly string[];
  readonly name: string;
  readonly data: JsonObject;
  readonly unknown: readonly Pointer[];
  readonly origin?: Origin;
}

export function joinedFact(parts: JoinedFact): Fact {
  return {
    kind: parts.kind,
    id: factId(parts.of.target, parts.kind, ...parts.instance),
    name: parts.name,
    target: parts.of.target,
    data: parts.data,
    unknown: parts.unknown,
    origin: parts.origin ?? { at: 'setting' },
    observedAt: parts.of.observedAt,
  };
}

/** Stands for all that would be joined to a list which could not be read. */
export function unreadJoin(kind: string, of: Fact, ...instance: readonly string[]): Fact {
  const data = { host: hostOf(of), collection: instance[0] ?? UNREAD };
  return joinedFact({
    kind,
    of,
    instance: [...instance, UNREAD],
    name: of.name,
    data,
    unknown: [''],
  });
}
