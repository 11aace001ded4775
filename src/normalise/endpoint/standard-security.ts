import { rawEnum, rawInteger, rawText } from '../../lib/raw.ts';
import { type Json, type JsonObject, member } from '../../model/json.ts';

const LEVELS = { 0: 'none', 1: 'low', 2: 'client-compatible', 3: 'high', 4: 'fips' } as const;
const METHODS = { 0: 'none', 1: 'rc4-40', 2: 'rc4-128', 8: 'rc4-56', 16: 'fips' } as const;

type Level = (typeof LEVELS)[keyof typeof LEVELS];
type Method = (typeof METHODS)[keyof typeof METHODS];

/** Methods that a level can select ([MS-RDPBCGR] 5.3.1, 5.3.2): none is none both ways, and FIPS selects nothing else. */
const SELECTS: Readonly<Record<Level, readonly Method[]>> = {
  none: ['none'],
  low: ['rc4-40', 'rc4-56', 'rc4-128', 'fips'],
  'client-compatible': ['rc4-40', 'rc4-56', 'rc4-128', 'fips'],
  high: ['rc4-128', 'fips'],
  fips: ['fips'],
};

export type Encryption = {
  readonly encryptionLevel: Level | 'not-offered' | undefined;
  readonly encryptionMethod: Method | 'not-offered' | undefined;
  readonly exchangeKeyBits: Json | undefined;
};

const UNKNOWN: Encryption = { encryptionLevel: undefined, encryptionMethod: undefined, exchangeKeyBits: undefined };
const NOT_OFFERED: Encryption = { encryptionLevel: 'not-offered', encryptionMethod: 'not-offered', exchangeKeyBits: null };

/** Whether the listener went on with standard RDP security, which proves that it takes it. */
export function goesOn(row: JsonObject | undefined): boolean {
  return row !== undefined && rawText(member(row, 'Answer')) === 'response';
}

/** How a listener encrypts without TLS, where it does at all. */
export function encryptionOf(row: JsonObject | undefined, standardRdp: 'accepted' | 'refused' | undefined): Encryption {
  if (standardRdp === 'refused') return NOT_OFFERED;
  if (row === undefined || !goesOn(row)) return UNKNOWN;
  const level = rawEnum(member(row, 'Level'), LEVELS);
  const method = rawEnum(member(row, 'Method'), METHODS);
  const fits = level !== undefined && method !== undefined && SELECTS[level].includes(method);
  return {
    // A level that its own method belies would be a pass on the listener's word alone.
    encryptionLevel: fits ? level : undefined,
    encryptionMethod: method,
    exchangeKeyBits: method === 'none' ? null : rawInteger(member(row, 'KeyBits')),
  };
}
