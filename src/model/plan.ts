import type { Json } from './json.ts';
import type { Risk } from './policy.ts';
import type { Source } from './setting.ts';

/** What a place that a writer changes holds, as a snapshot shows it: what the host is compared with before anything is written. */
export interface WrittenValue {
  /** A value of the registry; with `numbered` the values of the sub-key of that name. */
  readonly registry?: { readonly key: string; readonly name: string; readonly numbered: boolean };
  /** A column of a section's row. */
  readonly field?: string;
  readonly state: 'value' | 'absent' | 'unread';
  readonly raw: Json;
  /** Raw forms that mean nothing is set at this place. */
  readonly unset: readonly Json[];
}

/** A setting of one target as it is, and as it is meant to be. */
export interface SettingState {
  readonly path: readonly string[];
  readonly wanted: Json;
  readonly state: 'equal' | 'differs' | 'owned-by-gpo' | 'owned-by-mdm' | 'not-found' | 'unknown';
  /** The named value now; null when it is unknown. */
  readonly value: Json;
  readonly source: Source | null;
  /** The Group Policy object that owns it, where the resultant set of policy names one. */
  readonly gpo: string | null;
  readonly written: readonly WrittenValue[];
  /** Policies whose findings ask for it; none when the estate declares it. */
  readonly policies: readonly string[];
}

/** One change of one writer, as data for the script that runs on the host. Every member is always there. */
export interface Operation {
  readonly kind: 'registry' | 'registryList' | 'cim' | 'cmdlet' | 'userRight';
  /** Registry value or list, or command. */
  readonly name: string | null;
  readonly hive: string | null;
  readonly key: string | null;
  /** Kind of registry data. */
  readonly type: string | null;
  /** Registry data; null takes the value away. */
  readonly data: Json;
  readonly items: readonly string[];
  readonly switched: boolean;
  readonly namespace: string | null;
  readonly class: string | null;
  /** Which object: member to text. */
  readonly where: Readonly<Record<string, string>>;
  readonly method: string | null;
  readonly arguments: Readonly<Record<string, Json>>;
  /** The argument that carries the value. */
  readonly valueArgument: string | null;
  /** The member that shows the value. */
  readonly field: string | null;
  /** The value in the form that `field` shows. */
  readonly raw: Json;
  readonly right: string | null;
  readonly sids: readonly string[];
  /** What the place may hold before, in any of these forms (an empty text: nothing); null when nobody looked. */
  readonly expect: readonly Json[] | null;
  /** Registry values that Windows keeps behind a method, restored as they were. */
  readonly behind: readonly { readonly hive: string; readonly key: string; readonly name: string }[];
}

export interface PlanStep {
  /** `1`, `2`, … in the order in which they run. */
  readonly id: string;
  /** `rdp/RDP-Tcp/userAuthentication`. */
  readonly setting: string;
  readonly title: string;
  readonly now: { readonly value: Json; readonly source: Source | null };
  /** `remove`: there is to be none. */
  readonly then: { readonly value: Json; readonly remove: boolean };
  readonly risk: Risk;
  /** `new-sessions`, `restart:SERVICE`, `reboot`, `gpupdate`. */
  readonly needs: readonly string[];
  /** How it is undone, in words. */
  readonly undo: string;
  /** Whether the connection that is used would live on: certainly not, perhaps not, or as far as can be told. */
  readonly connection: 'cuts' | 'may-cut' | 'keeps';
  readonly policies: readonly string[];
  readonly operations: readonly Operation[];
}

export interface Refusal {
  readonly setting: string;
  readonly reason: 'owned-by-gpo' | 'owned-by-mdm' | 'not-found' | 'unknown' | 'conflict' | 'no-writer' | 'cuts-connection' | 'risk';
  readonly message: string;
  readonly hint: string;
}

/** What one host needs to match: a published contract, `docs/plan.schema.json`. */
export interface HostPlan {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: 'rdposture'; readonly version: string };
  /** ISO 8601 UTC. */
  readonly madeAt: string;
  readonly host: { readonly id: string; readonly name: string };
  /** When the values were read that it starts from, ISO 8601 UTC. */
  readonly observedAt: string | null;
  readonly steps: readonly PlanStep[];
  readonly refused: readonly Refusal[];
}
