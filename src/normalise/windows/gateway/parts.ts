import { rawInteger } from '../../../lib/raw.ts';
import type { Json } from '../../../model/json.ts';

/** The section of the service as a whole. */
export const SETTINGS = 'Win32_TSGatewayServerSettings';

/** A switch, as a boolean or as a number. */
export function flagOf(value: Json | undefined): boolean | null {
  if (typeof value === 'boolean') return value;
  const number = rawInteger(value);
  return number === undefined ? null : number !== 0;
}

/** `a;b` as a list; null when it was not read. */
export function namesIn(text: string | undefined): string[] | null {
  if (text === undefined) return null;
  return text
    .split(';')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
