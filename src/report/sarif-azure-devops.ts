import type { ScanReport } from '../model/report.ts';
import { sarifLog } from './sarif/log.ts';

/** What Advanced Security for Azure DevOps takes: open failures, one run that names the pipeline it comes from. */
export function report(scan: ScanReport): Iterable<string> {
  return sarifLog(scan, 'azure-devops');
}
