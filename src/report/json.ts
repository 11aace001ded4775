import type { ScanReport } from '../model/report.ts';
import { inChunks } from './order.ts';

/** Members in the order they are written; `verdicts` is by far the longest, and only the gate comes after it. */
const FIRST = ['schemaVersion', 'tool', 'scannedAt', 'scan', 'targets', 'policies', 'files', 'problems', 'findings', 'totals'];
const LAST = ['verdicts', 'gate'];

/** The report itself, one element of a list a line. Members that this version does not know are kept. */
export function report(scan: ScanReport): Iterable<string> {
  return inChunks(pieces(scan));
}

function* pieces(scan: ScanReport): Generator<string> {
  const members = new Map<string, unknown>(Object.entries(scan).filter(([, value]) => value !== undefined));
  const others = [...members.keys()].filter((name) => !FIRST.includes(name) && !LAST.includes(name));
  let before = '{\n';
  for (const name of [...FIRST, ...others, ...LAST]) {
    if (!members.has(name)) continue;
    yield `${before}${JSON.stringify(name)}: `;
    yield* valuePieces(members.get(name));
    before = ',\n';
  }
  yield '\n}\n';
}

function* valuePieces(value: unknown): Generator<string> {
  if (!Array.isArray(value) || value.length === 0) {
    yield JSON.stringify(value);
    return;
  }
  let before = '[\n';
  for (const element of value as readonly unknown[]) {
    yield `${before}${JSON.stringify(element)}`;
    before = ',\n';
  }
  yield '\n]';
}
