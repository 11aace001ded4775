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
  /** Where it is declared: its line in `estate.yaml`, else the first line of its file. */
  readonly location?: Location;
}
