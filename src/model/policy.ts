import type { Json, JsonSchema } from './json.ts';
import type { Pointer } from './pointer.ts';

export type Level = 'error' | 'warning' | 'note';
export type Band = 'critical' | 'high' | 'medium' | 'low';
export type Risk = 'safe' | 'review' | 'can-disconnect';

/** One `policy.yaml`, as written. The published schema is `policies/policy.schema.json`. */
export interface Policy {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly kind: string;
  /** 0.1 to 10, CVSS-like, the highest a finding can have; absent for function findings, which have `level`. */
  readonly severity?: number;
  readonly level?: Level;
  /** False while a fact that it rests on is not confirmed in a primary source. */
  readonly verified?: boolean;
  readonly grades?: readonly Grade[];
  readonly params?: Readonly<Record<string, JsonSchema>>;
  readonly when?: JsonSchema;
  readonly assert: JsonSchema;
  /** A full sentence; `{pointer.into.data}` in single quotes. */
  readonly message: string;
  readonly why: string;
  readonly fix?: readonly PolicyFix[];
  /** Commands or steps for what is not a setting. Shown, never executed or filled in. */
  readonly run?: string;
  readonly controls?: readonly Control[];
  /** The page that states the fact, first. */
  readonly links: readonly string[];
  readonly tags?: readonly string[];
  readonly aliases?: readonly string[];
}

export interface Grade {
  readonly when: JsonSchema;
  readonly severity?: number;
  readonly level?: Level;
}

export interface Control {
  /** `cis-windows-server-2022-4.0.0`, `cis-azure-6.0.0`, `stig-windows-server-2022`, `mcsb-1`, `cwe`. */
  readonly framework: string;
  readonly id: string;
}

/** A value change written in a policy. Exactly one of `set` (a setting of the catalogue) and `edit` (a member of a cloud resource). */
export interface PolicyFix {
  readonly title: string;
  /** Which target's setting is set; default the fact's own. A placeholder such as `{host}`. */
  readonly on?: string;
  /** Offered only when the fact matches for certain. */
  readonly when?: JsonSchema;
  /** One change for each element of this list; placeholders then look into the element first. */
  readonly forEach?: Pointer;
  /** Only for elements that match for certain. */
  readonly only?: JsonSchema;
  readonly set?: SetChange | readonly SetChange[];
  readonly edit?: EditChange | readonly EditChange[];
  /**
   * Azure CLI commands as argument lists, `az` left out; a placeholder may be all or part of an argument. `{ $intent: NAME }`
   * stands for as many arguments as the estate's list has.
   */
  readonly az?: readonly (readonly (string | { readonly $intent: string })[])[];
  /** Default for `edit` fixes; a `set` fix has the risk of its settings. */
  readonly risk?: Risk;
}

export interface SetChange {
  readonly setting: readonly string[];
  readonly value?: Json;
  /** Elements to add to a list. */
  readonly with?: readonly Json[];
  /** Elements to take out of a list. */
  readonly without?: readonly Json[];
  /** What to set instead when nothing would be left. */
  readonly whenEmpty?: SetChange;
}

export interface EditChange {
  /**
   * Member of the resource (or of the `forEach` element), names without `properties` bags, steps joined with `/`:
   * `securityRules`, `sku/name`; `''` is the element itself.
   */
  readonly at: string;
  readonly value?: Json;
  /** Deletes the member, or the element of its list. */
  readonly remove?: boolean;
  /** Merges RDP properties (`name` to `type:value`, e.g. `drivestoredirect: 's:'`) into a custom RDP property string. */
  readonly rdp?: Readonly<Record<string, string>>;
}

/** A named selection of policies, with their severities and parameters. */
export interface Pack {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  /** Ids, or `FAMILY-*`. */
  readonly policies: readonly string[];
  readonly overrides?: Readonly<Record<string, { readonly severity?: number; readonly level?: Level; readonly params?: Readonly<Record<string, Json>> }>>;
}

/** One entry of `cases.yaml`. */
export interface Case {
  readonly name: string;
  readonly data: Json;
  readonly unknown?: readonly Pointer[];
  readonly params?: Readonly<Record<string, Json>>;
  readonly expect: Outcome;
  readonly severity?: number;
  readonly level?: Level;
}

/** `unknown`: the source could not show the value. It is an answer, never a pass. */
export type Outcome = 'pass' | 'fail' | 'unknown' | 'not-applicable';

/** Critical from 9, high from 7, medium from 4; a function finding counts as high, medium or low by its level. */
export function bandOf(severity: number | null, level: Level): Band {
  if (severity === null) return level === 'error' ? 'high' : level === 'warning' ? 'medium' : 'low';
  return severity >= 9 ? 'critical' : severity >= 7 ? 'high' : severity >= 4 ? 'medium' : 'low';
}

export function levelOf(severity: number): Level {
  return severity >= 7 ? 'error' : severity >= 4 ? 'warning' : 'note';
}
