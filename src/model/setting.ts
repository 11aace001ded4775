import type { Json, JsonSchema } from './json.ts';
import type { Risk } from './policy.ts';

/** Where a value comes from. `pushed`: a collection set it through the broker. */
export type Source = 'gpo' | 'pushed' | 'local' | 'default';

/** One file of `policies/settings`: one area, one fact kind, one fact an instance, one member a setting. */
export interface Area {
  readonly kind: string;
  readonly target: 'windows-host' | 'rds-deployment' | 'endpoint';
  /** Setting path in the estate, `rdp/{listener}`: its placeholders are the instance's names. */
  readonly path: string;
  readonly title: string;
  readonly instances?: Instances;
  /** More names that placeholders may use: `{localKey}` by another name. */
  readonly names?: Readonly<Record<string, { readonly by: string; readonly map: Readonly<Record<string, string>> }>>;
  readonly settings: Readonly<Record<string, Setting>>;
}

export interface Instances {
  /** Instance names that always exist. */
  readonly fixed?: readonly string[];
  /** A section of rows, and the column that names the instance. */
  readonly rows?: string;
  readonly field?: string;
  /** Only rows whose column holds one of these raw values (`{ Direction: [1] }`). */
  readonly where?: Readonly<Record<string, readonly Json[]>>;
  /** Columns that also tell two rows of one name apart. */
  readonly by?: readonly string[];
  /** Member of the fact's data to the column it is copied from. */
  readonly carry?: Readonly<Record<string, string>>;
  /** An instance has no fact when this registry value certainly is one of `values`: a listener that is turned off. */
  readonly skip?: { readonly registry: string; readonly name: string; readonly values: readonly number[] };
}

export interface Setting {
  readonly title: string;
  readonly unit?: string;
  /** Schema of the named value. */
  readonly value: JsonSchema;
  /** Raw to named, one-to-one; keys are compared as text. With `scale` it need not be total. */
  readonly map?: Readonly<Record<string, Json>>;
  /** Other raw forms, such as an enum's own names, to the raw value of `map` or the bit of `flags`; compared without case. */
  readonly forms?: Readonly<Record<string, Json>>;
  /** Bits of a raw integer to names. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Raw forms that mean every flag. */
  readonly all?: readonly Json[];
  /** Named number = raw number × scale. */
  readonly scale?: number;
  /** The raw value is a list (a scalar stands for a list of one). */
  readonly list?: boolean;
  /** Taken off the front of each element. */
  readonly trim?: string;
  /** Of a list: the raw form that means no element, and that is written for none (`NotConfigured`). */
  readonly empty?: Json;
  readonly read: readonly ReadPlace[];
  readonly gpo?: { readonly path: string; readonly admx?: string };
  readonly write?: readonly Write[];
  readonly pushes?: { readonly to: string; readonly setting: string; readonly map?: Readonly<Record<string, Json>> };
  readonly risk: Risk;
  /** `new-sessions`, `restart:SERVICE`, `reboot`, `gpupdate`. */
  readonly needs: readonly string[];
  /** The page that states it. */
  readonly link?: string;
}

/** One place a value is read from; the first of a setting's places that has a value wins. */
export interface ReadPlace {
  readonly source?: Source | { readonly field: string; readonly map: Readonly<Record<string, Source>> };
  readonly registry?: string;
  readonly name?: string;
  /** The value is the numbered values (`1`, `2`, …) of a subkey called `name`. */
  readonly numbered?: boolean;
  /** The numbered values count only while the value called `name` beside the subkey, the policy's own switch, is there; 0 means none. */
  readonly switched?: boolean;
  readonly rows?: string;
  readonly where?: Readonly<Record<string, string>>;
  readonly field?: string;
  /** For `source: default`; a default without it is one that no page states: what counts is unknown. */
  readonly value?: Json;
  /** For `source: default`: it is the default only of instances with one of these names, by placeholder. */
  readonly for?: Readonly<Record<string, readonly string[]>>;
  /** Windows build to the first update revision (UBR) that has this default, or that reads this value at all; `0` is all. */
  readonly since?: Readonly<Record<string, number>>;
  /** The place counts only on clients of Windows, or only on servers. */
  readonly product?: 'client' | 'server';
  /**
   * Of a column: it counts only in a row whose other column `field` holds one of these raw values, or where its value is Group
   * Policy's. In other rows it is passed over, or leaves open what counts (`else: unknown`).
   */
  readonly when?: { readonly field: string; readonly values: readonly Json[]; readonly else?: 'unknown' };
  /** Shows what counts: stands even when a place above it could not be read. */
  readonly effective?: boolean;
  /** The writer changes what this place shows; declared values are laid over it. */
  readonly written?: boolean;
  /** Columns that Windows derives from the value: removed when it is laid over. */
  readonly forgets?: readonly string[];
  /** Columns with one element for each of the list's, in its order (SIDs of names): what stays in the list keeps its own, what is new has none. */
  readonly beside?: readonly string[];
  /** Raw to named at this place, where its raw values differ from the setting's `map` (another enum, an inverted flag). */
  readonly map?: Readonly<Record<string, Json>>;
  /** Raw forms that mean nothing is set at this place (`NotConfigured`): the next place is asked. */
  readonly unset?: readonly Json[];
  /** The place counts only when none of these registry keys exists: Windows ignores the older of two policy keys. */
  readonly unless?: readonly string[];
}

/** How a setting is written; `{value}` is the named value, `{raw}` the raw one, see `remediate/`. */
export interface Write {
  readonly registry?: { readonly key: string; readonly name: string; readonly type: string; readonly data: string };
  /** Numbered values of a subkey; with `switched` the value of the same name beside it is set to 1, or to 0 for an empty list. */
  readonly registryList?: { readonly key: string; readonly name: string; readonly data: string; readonly switched?: boolean };
  readonly cim?: {
    readonly namespace: string;
    readonly class: string;
    readonly where?: Readonly<Record<string, string>>;
    readonly method: string;
    readonly arguments: Readonly<Record<string, Json>>;
  };
  readonly cmdlet?: { readonly name: string; readonly parameters: Readonly<Record<string, Json>> };
  readonly input?: { readonly name: string; readonly parameters: Readonly<Record<string, Json>>; readonly where?: Readonly<Record<string, string>> };
  readonly userRight?: { readonly right: string; readonly sids: string };
}
