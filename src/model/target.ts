import type { TargetKind } from './fact.ts';
import type { Location } from './location.ts';

/** One thing that is collected. */
export interface Target {
  /** `windows-host:NAME`, `rds-deployment:BROKER`, `endpoint:NAME`, `arm-template:FILE`, `azure:FILE`, `pulumi:FILE`; names lower-cased. */
  readonly id: string;
  readonly kind: TargetKind;
  readonly name: string;
  /** The host group, deployment, subscription or project it is reported with; one SARIF run for each. */
  readonly group: string;
  readonly status: 'complete' | 'partial' | 'failed';
  /** When its snapshot was collected; ISO 8601 UTC. Absent for files. */
  readonly collectedAt?: string;
  /** The last change that `apply` made, or tried to make, on it. */
  readonly lastChange?: TargetChange;
  /** Of a subscription: the management groups of the estate that it was found below. */
  readonly managementGroups?: readonly string[];
  /** Where it is declared: its line in `estate.yaml`, else the first line of its file. */
  readonly location?: Location;
}

/** What `apply` did to a target, as its record says. */
export interface TargetChange {
  /** When it ended, ISO 8601 UTC. */
  readonly at: string;
  /** Who ran it. */
  readonly by: string;
  /** `changed`, `rolled-back`, `attention`. */
  readonly outcome: string;
  /** Paths of settings. */
  readonly settings: readonly string[];
  /** SHA-256 of the record's file. */
  readonly record: string;
}
