import type { ScanReport } from '../model/report.ts';
import { sarifLog } from './sarif/log.ts';

/** What GitHub code scanning and most other readers take: open failures only, one run for each group. */
export function report(scan: ScanReport): Iterable<string> {
  return sarifLog(scan, 'github');
}
