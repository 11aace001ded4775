import { rawInteger, rawText } from '../../lib/raw.ts';
import { type JsonObject, member } from '../../model/json.ts';

type Taken = 'accepted' | 'refused' | undefined;

export interface Versions {
  readonly tls10: Taken;
  readonly tls11: Taken;
  readonly tls12: Taken;
  readonly tls13: Taken;
  readonly versions: readonly string[] | undefined;
  readonly handshake: 'works' | 'broken' | undefined;
}

const NAMES: readonly (readonly [number, string])[] = [
  [0x0301, '1.0'],
  [0x0302, '1.1'],
  [0x0303, '1.2'],
  [0x0304, '1.3'],
];

/** How servers refuse a version besides by an alert: Schannel closes or resets the connection. */
const HANGS_UP: ReadonlySet<string> = new Set(['closed', 'reset']);

/** Which versions a server takes, each offered alone. */
export function versionsOf(rows: readonly JsonObject[]): Versions {
  const byVersion = new Map(rows.map((row) => [rawInteger(member(row, 'Requested')) ?? 0, row]));
  // Where something answers as TLS, hanging up is a refusal; where nothing ever did, it may be anything in between.
  const speaks = rows.some((row) => rawInteger(member(row, 'Selected')) !== undefined || rawInteger(member(row, 'Alert')) !== undefined);
  const found = NAMES.map(([version]) => takenOf(version, byVersion.get(version), speaks));
  const [tls10, tls11, tls12, tls13] = found;
  return {
    tls10,
    tls11,
    tls12,
    tls13,
    versions: found.includes(undefined) ? undefined : NAMES.filter((_, index) => found[index] === 'accepted').map(([, name]) => name),
    handshake: found.includes('accepted') ? 'works' : rows.length === NAMES.length && rows.every(isBroken) ? 'broken' : undefined,
  };
}

function takenOf(version: number, row: JsonObject | undefined, speaks: boolean): Taken {
  if (row === undefined) return undefined;
  const selected = rawInteger(member(row, 'Selected'));
  // A server that knows only older versions answers with one of them.
  if (selected !== undefined) return selected === version ? 'accepted' : 'refused';
  if (rawInteger(member(row, 'Alert')) !== undefined) return 'refused';
  return speaks && HANGS_UP.has(rawText(member(row, 'Cause')) ?? '') ? 'refused' : undefined;
}

/** It did something, and that was no ServerHello. */
function isBroken(row: JsonObject): boolean {
  const cause = rawText(member(row, 'Cause')) ?? '';
  return rawInteger(member(row, 'Alert')) !== undefined || HANGS_UP.has(cause) || cause === 'garbage';
}
