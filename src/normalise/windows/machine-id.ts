import { rawText } from '../../lib/raw.ts';
import { readRows } from '../../lib/snapshot-read.ts';
import { MACHINE_ID } from '../../model/facts/windows-machine-id.ts';
import { member } from '../../model/json.ts';
import type { Normalised, NormaliseContext, SnapshotInput } from '../../model/normalise.ts';
import { hostFact } from './drivers/parts.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Makers that write no number of their own write one digit throughout. */
const EMPTY = /^(?:0+|f+)$/;

export function normaliseMachineId(input: SnapshotInput, context: NormaliseContext): Normalised {
  if (context.wanted?.has(MACHINE_ID.kind) === false) return { facts: [], problems: [] };
  const table = readRows(input.snapshot, 'computer');
  const text = rawText(member(table.state === 'read' ? table.rows[0] : undefined, 'UUID'))
    ?.trim()
    .toLowerCase();
  const uuid = text !== undefined && UUID.test(text) && !EMPTY.test(text.replaceAll('-', '')) ? text : null;
  return { facts: [hostFact(input, MACHINE_ID.kind, [], `machine of ${input.target.name}`, { host: input.target.name, uuid })], problems: [] };
}
