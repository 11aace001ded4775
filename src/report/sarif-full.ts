import type { ScanReport } from '../model/report.ts';
import { sarifLog } from './sarif/log.ts';

/** For audit, never for upload: passes, unknowns and what is waived too. */
export function report(scan: ScanReport): Iterable<string> {
  return sarifLog(scan, 'full');
}
