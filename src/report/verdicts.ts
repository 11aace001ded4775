import type { ScanReport } from '../model/report.ts';
import { inChunks } from './order.ts';

/** One JSON line a verdict, passes too: what an auditor greps. */
export function report(scan: ScanReport): Iterable<string> {
  return inChunks(lines(scan));
}

function* lines(scan: ScanReport): Generator<string> {
  for (const verdict of scan.verdicts) yield `${JSON.stringify(verdict)}\n`;
}
