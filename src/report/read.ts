import { isObject, type Json } from '../model/json.ts';
import type { ScanReport } from '../model/report.ts';
import { reportShape } from './shape.ts';

const CURRENT = 1;

export type ReadResult = { readonly report: ScanReport } | { readonly error: string };

/**
 * A saved report. Members and kinds that this version does not know are accepted and kept; a newer major version is not,
 * since what it means cannot be known. The error is a full sentence that names the member.
 */
export function readReport(value: Json): ReadResult {
  if (!isObject(value)) return { error: 'This is not a report of rdposture: it is not a JSON object.' };
  const version = Object.hasOwn(value, 'schemaVersion') ? value['schemaVersion'] : undefined;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    return { error: "This is not a report of rdposture: it has no 'schemaVersion'." };
  }
  if (version > CURRENT) {
    return { error: `The report has schema version ${version}, and this rdposture reads up to ${CURRENT}: use a newer rdposture.` };
  }
  const fault = reportShape(value);
  if (fault !== null) return { error: `The report is damaged: '${fault.at}' ${fault.what}.` };
  // Checked just now, member by member: the one edge where a report enters.
  return { report: value as unknown as ScanReport };
}
