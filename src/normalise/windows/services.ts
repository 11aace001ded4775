import { rawEnum, rawText } from '../../lib/raw.ts';
import { type JsonObject, member } from '../../model/json.ts';

/** System.ServiceProcess.ServiceControllerStatus. */
const STATUS = {
  1: 'Stopped',
  2: 'StartPending',
  3: 'StopPending',
  4: 'Running',
  5: 'ContinuePending',
  6: 'PausePending',
  7: 'Paused',
} as const;

export function serviceRow(rows: readonly JsonObject[], name: string): JsonObject | undefined {
  return rows.find((row) => rawText(member(row, 'Name'))?.toLowerCase() === name.toLowerCase());
}

export function serviceStatus(row: JsonObject | undefined): (typeof STATUS)[keyof typeof STATUS] | undefined {
  return rawEnum(member(row, 'Status'), STATUS);
}
