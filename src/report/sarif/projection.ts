import type { Finding } from '../../model/finding.ts';
import type { ReportFile, ScanReport } from '../../model/report.ts';
import { isActive } from '../order.ts';
import { type Files, isInSourceRoot } from './uri.ts';

export type ProjectionName = 'github' | 'azure-devops' | 'full';

export interface Projection {
  readonly name: ProjectionName;
  /** Passes, unknowns and suppressed findings too. Never uploaded: code scanning would open alerts for them. */
  readonly everything: boolean;
  /** Most notifications in a run; problems are in the JSON report in any case. */
  readonly notifications: number;
}

export const PROJECTIONS: Readonly<Record<ProjectionName, Projection>> = {
  github: { name: 'github', everything: false, notifications: 200 },
  'azure-devops': { name: 'azure-devops', everything: false, notifications: 200 },
  full: { name: 'full', everything: true, notifications: Number.POSITIVE_INFINITY },
};

/** The policy that says that a target or one of its sections could not be read. */
const NOT_READ = 'EST-002';

/** What an upload may show: what fails, what failed when it was last judged, and what nobody could look at. */
export function isAlert(finding: Finding): boolean {
  return isActive(finding) || (finding.policy === NOT_READ && finding.status === 'open');
}

export function filesOf(report: ScanReport): Files {
  return new Map<string, ReportFile>(report.files.map((file) => [file.file, file]));
}

/** A result without a file of the repository makes code scanning refuse the whole log. */
export function hasPlace(finding: Finding, files: Files): boolean {
  const [first] = finding.locations;
  return first !== undefined && isInSourceRoot(first.file, files);
}
