import { EXTENDED } from './extended.ts';
import { REASONS } from './reasons.ts';

/** A disconnect code as somebody typed it. A number alone is a reason, unless only the extended codes have it. */
export interface DisconnectCode {
  readonly reason: number | null;
  readonly extended: number | null;
  /** True when nothing said which of the two a lone number is. */
  readonly alone: boolean;
}

export const CODE_FORMS: readonly string[] = ['0x3/0x7', '3/7', '0x904', '2308', 'ext 9', 'ext 0x408', 'reason 5 (of event 40)', 'SSL_ERR_CERT_EXPIRED'];

const NUMBER = '(0x[0-9a-f]{1,8}|\\d{1,10})';
const PAIR = new RegExp(`^${NUMBER} ?[/,;:+ ] ?(?:ext(?:ended)? ?)?${NUMBER}$`);
const EXTENDED_ALONE = new RegExp(`^(?:/|ext|extended|extended (?:error )?code|errinfo|reason|reason code|event 40) ?[:=]? ?${NUMBER}$`);
const ALONE = new RegExp(`^(?:code|error code|discreason|disconnect reason)? ?[:=]? ?${NUMBER}$`);
const DIALOG = new RegExp(`error code ?[:=]? ?${NUMBER}\\.? ?extended error code ?[:=]? ?${NUMBER}`);

/** Reads a code in any of the forms that clients, event logs and people write; null for anything else. Bounded in length. */
export function parseCode(text: string): DisconnectCode | null {
  if (text.length > 400) return null;
  const plain = text.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  const pair = PAIR.exec(plain) ?? DIALOG.exec(plain);
  if (pair !== null) return checked(numberOf(pair[1]), numberOf(pair[2]), false);
  const extended = EXTENDED_ALONE.exec(plain);
  if (extended !== null) return checked(null, numberOf(extended[1]), false);
  const alone = ALONE.exec(plain);
  if (alone !== null) return checked(numberOf(alone[1]), null, true);
  return byName(plain);
}

function numberOf(text: string | undefined): number {
  return Number(text ?? Number.NaN);
}

const LARGEST = 0xffff_ffff;

function checked(reason: number | null, extended: number | null, alone: boolean): DisconnectCode | null {
  return [reason, extended].every((code) => code === null || (Number.isInteger(code) && code <= LARGEST)) ? { reason, extended, alone } : null;
}

function byName(name: string): DisconnectCode | null {
  for (const entry of REASONS.values()) if (entry.name.toLowerCase() === name) return { reason: entry.code, extended: null, alone: false };
  for (const entry of EXTENDED.values())
    if (entry.name.toLowerCase() === name || entry.wire?.toLowerCase() === name) return { reason: null, extended: entry.code, alone: false };
  return null;
}

/** `0x3/0x7`, `0x904`, `ext 0x9`. */
export function shownCode(code: DisconnectCode): string {
  const hex = (value: number): string => `0x${value.toString(16)}`;
  if (code.reason === null) return `ext ${hex(code.extended ?? 0)}`;
  return code.extended === null ? hex(code.reason) : `${hex(code.reason)}/${hex(code.extended)}`;
}
