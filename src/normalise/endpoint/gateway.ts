import { rawInteger, rawList, rawText } from '../../lib/raw.ts';
import { type Json, type JsonObject, member } from '../../model/json.ts';

const UNAUTHORISED = 401;

/** What the answers on the gateway's path and on a made-up one say together. */
export function gatewayMembers(rows: readonly JsonObject[]): Readonly<Record<string, Json | undefined>> {
  const real = rows.find((row) => member(row, 'Control') === false);
  const control = rows.find((row) => member(row, 'Control') === true);
  const status = rawInteger(member(real ?? {}, 'Status'));
  const controlStatus = rawInteger(member(control ?? {}, 'Status'));
  const cause = rawText(member(real ?? {}, 'Cause')) ?? '';
  const schemes = rawList(member(real ?? {}, 'Schemes')).flatMap((scheme) => rawText(scheme) ?? []);
  return {
    answer: answerOf(status, controlStatus, cause),
    status: status ?? (cause === '' ? undefined : null),
    controlStatus: controlStatus ?? null,
    schemes,
    server: rawText(member(real ?? {}, 'Server')) ?? 'none',
  };
}

/** One 401 proves nothing: a server that asks for credentials everywhere says it too. */
function answerOf(status: number | undefined, controlStatus: number | undefined, cause: string): 'gateway' | 'open' | 'no-gateway' | undefined {
  if (status === undefined) return cause === 'garbage' ? 'no-gateway' : undefined;
  if (status !== UNAUTHORISED && (status < 200 || status > 299)) return status >= 500 && status !== 501 ? undefined : 'no-gateway';
  if (controlStatus === undefined) return undefined;
  if (status === UNAUTHORISED) return controlStatus === UNAUTHORISED ? undefined : 'gateway';
  return controlStatus >= 200 && controlStatus <= 299 ? 'no-gateway' : 'open';
}

/** Silence proves nothing: firewalls drop, and UDP loses. Only a machine that says so itself has nobody on the port. */
export function udpOf(row: JsonObject | undefined): 'answers' | 'refused' | undefined {
  if (row === undefined) return undefined;
  if (rawText(member(row, 'Answer')) !== undefined) return 'answers';
  return ['refused', 'reset'].includes(rawText(member(row, 'Cause')) ?? '') ? 'refused' : undefined;
}
