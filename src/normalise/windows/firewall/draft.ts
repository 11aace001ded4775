import { type Fact, factId, UNREAD } from '../../../model/fact.ts';
import type { Json, JsonObject } from '../../../model/json.ts';
import type { Origin } from '../../../model/location.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { type Pointer, pointerOf } from '../../../model/pointer.ts';
import type { FirewallRule } from './rules.ts';

export interface Draft {
  readonly kind: string;
  readonly instance: readonly string[];
  readonly name: string;
  /** Without `host`. A member that is null could not be read. */
  readonly members: JsonObject;
  /** Pointers below members that could not be read. */
  readonly unknown?: readonly Pointer[];
  /** Pointers in the data to setting paths. */
  readonly settings?: Readonly<Record<Pointer, Pointer>>;
}

export function factOf(input: SnapshotInput, draft: Draft): Fact {
  const nulls = Object.entries(draft.members)
    .filter(([, value]) => value === null)
    .map(([name]) => pointerOf([name]));
  const origin: Origin = draft.settings === undefined ? { at: 'setting' } : { at: 'setting', members: draft.settings };
  return {
    kind: draft.kind,
    id: factId(input.target.id, draft.kind, ...draft.instance),
    name: draft.name,
    target: input.target.id,
    data: { host: input.target.name, ...draft.members },
    unknown: [...nulls, ...(draft.unknown ?? [])],
    origin,
    observedAt: input.snapshot.collectedAt,
  };
}

/** Stands for the facts of a kind that nobody could look at, so that silence is never a pass. */
export function placeholderOf(input: SnapshotInput, kind: string): Fact {
  return {
    kind,
    id: factId(input.target.id, kind, UNREAD),
    name: input.target.name,
    target: input.target.id,
    data: { host: input.target.name },
    unknown: [''],
    origin: { at: 'setting' },
    observedAt: input.snapshot.collectedAt,
  };
}

/** A rule as facts name it. A source that could not be read is null: the pointer to it goes into `unknown`. */
export function referenceOf(rule: FirewallRule): {
  readonly rule: string;
  readonly store: string;
  readonly source: string | null;
} {
  return { rule: rule.name, store: rule.store, source: rule.source };
}

/** Pointers to the sources of a list of rules that could not be read. */
export function unknownSources(at: Pointer, rules: readonly FirewallRule[]): Pointer[] {
  return rules.flatMap((rule, index) => (rule.source === null ? [`${at}/${index}/source`] : []));
}

/** Path of a setting of a rule. */
export function ruleSetting(rule: string, setting: string): Pointer {
  return pointerOf(['firewall', 'rules', rule, setting]);
}

export function settingsOf(pointers: readonly Pointer[], setting: Pointer): Record<Pointer, Pointer> {
  return Object.fromEntries(pointers.map((pointer) => [pointer, setting]));
}

export function textsOf(values: readonly (Json | undefined)[]): string[] {
  return values.map((value) => (typeof value === 'string' ? value : String(value)));
}
