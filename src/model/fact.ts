import type { JsonObject } from './json.ts';
import type { Origin } from './location.ts';
import type { Pointer } from './pointer.ts';
import { escapeStep } from './pointer.ts';

export type TargetKind = 'windows-host' | 'rds-deployment' | 'azure' | 'pulumi' | 'arm-template' | 'bicep' | 'endpoint';

/** One normalised, typed record about one thing of one target; what policies judge. */
export interface Fact {
  /** `windows.firewallRule`, `azure.networkSecurityGroup`, …: every kind has a schema in `model/facts` or a settings file. */
  readonly kind: string;
  /** Stable across scans: `factId(target, kind, instance…)`. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Id of the target it belongs to. A joined fact belongs to the target whose setting a fix would change. */
  readonly target: string;
  /** Every member that the kind's schema names is present; what could not be read is `null` and named in `unknown`. */
  readonly data: JsonObject;
  /** Pointers into `data` that the source could not show; `['']` is unknown as a whole (a placeholder). */
  readonly unknown: readonly Pointer[];
  /** What the input does not hold and something in `unknown` may hang on: clauses for people, `route table rt is not in the input`. */
  readonly because?: readonly string[];
  readonly origin: Origin;
  /** ISO 8601 UTC; null for files, which state what will be rather than what was seen. */
  readonly observedAt: string | null;
}

/**
 * A fact's id: its target, its kind, then what tells it from others of its kind. `/` in a part is escaped, and names from
 * Azure, the registry and firewall rules are compared without case, so they are lower-cased here.
 */
export function factId(target: string, kind: string, ...instance: readonly string[]): string {
  return [target, kind, ...instance.map((part) => escapeStep(part.toLowerCase()))].join('/');
}

/** The instance that stands for a list which could not be read: unknown as a whole, so that silence is never a pass. */
export const UNREAD = '*';
