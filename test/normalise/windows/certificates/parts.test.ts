import { describe, expect, it } from 'vitest';
import { chainStatusOf, chainVerdictOf, revocationChecked } from '../../../../src/normalise/windows/certificates/chain.ts';
import { exposureOf, keyAccessOf, readableBy, serviceSid } from '../../../../src/normalise/windows/certificates/key-access.ts';
import { derOf, thumbprintOf } from '../../../../src/normalise/windows/certificates/thumbprint.ts';
import { validityAt } from '../../../../src/normalise/windows/certificates/time.ts';
import type { Json } from '../../../../src/model/json.ts';

const HEX = '53086BBC44A3AB668A3B02CE0B258FEAEC1AFA8A';
const BYTES = [...Buffer.from(HEX, 'hex')];

describe('thumbprintOf', () => {
  it.each<[string, Json | undefined, string | undefined]>([
    ['as it is', HEX, HEX],
    ['lower case', HEX.toLowerCase(), HEX],
    ['copied from the certificate dialog', `\u200E${HEX.toLowerCase().replaceAll(/(..)/g, '$1 ')}`, HEX],
    ['with colons', HEX.replaceAll(/(..)(?=.)/g, '$1:'), HEX],
    ['a list of bytes', BYTES, HEX],
    ['a wrapped list', { value: BYTES, Count: 20 }, HEX],
    ['base64', Buffer.from(BYTES).toString('base64'), HEX],
    ['too short', HEX.slice(2), undefined],
    ['SHA-256', `${HEX}${HEX.slice(0, 24)}`, undefined],
    ['four bytes', [83, 8, 107, 188], undefined],
    ['a byte that is none', [...BYTES.slice(1), 256], undefined],
    ['words', 'no thumbprint here', undefined],
    ['nothing', '', 'none'],
    ['blank', '  ', 'none'],
    ['null', null, 'none'],
    ['an empty list', [], 'none'],
    ['zeros', '0'.repeat(40), 'none'],
    ['twenty zeros', Array.from({ length: 20 }, () => 0), 'none'],
    ['not collected', undefined, undefined],
    ['a number', 5, undefined],
  ])('%s', (_name, value, expected) => {
    expect(thumbprintOf(value)).toBe(expected);
  });
});

describe('derOf', () => {
  it.each<[string, Json | undefined, string | undefined]>([
    ['base64', 'MIIB', '308201'],
    ['base64 with line breaks and armour', '-----BEGIN CERTIFICATE-----\nMI\nIB\n-----END CERTIFICATE-----', '308201'],
    ['bytes', [48, 130, 1], '308201'],
    ['not base64', 'MI*B', undefined],
    ['negative bytes', [-1], undefined],
    ['nothing', null, undefined],
  ])('%s', (_name, value, expected) => {
    expect(derOf(value)?.toString('hex')).toBe(expected);
  });
});

const DAY = 86_400_000;
describe('validityAt', () => {
  const start = Date.parse('2026-01-01T00:00:00Z');
  const certificate = { notBefore: start, notAfter: start + 100 * DAY };
  it.each([
    ['half of it', start + 50 * DAY, 50, 0.5, false],
    ['rounded down', start + 50 * DAY + 1, 49, 0.49, false],
    ['the last second', start + 100 * DAY, 0, 0, false],
    ['a second late', start + 100 * DAY + 1000, -1, 0, false],
    ['long expired', start + 130 * DAY, -30, 0, false],
    ['a second early', start - 1000, 100, 1, true],
    ['the first second', start, 100, 1, false],
  ])('%s', (_name, now, daysLeft, lifetimeShareLeft, notYetValid) => {
    expect(validityAt(certificate, now)).toMatchObject({ daysLeft, lifetimeShareLeft, notYetValid });
  });

  it('has no share of a lifetime that ends before it begins', () => {
    expect(validityAt({ notBefore: start, notAfter: start - DAY }, start)).toMatchObject({ daysLeft: -1, lifetimeShareLeft: 0 });
  });
});

describe('chain', () => {
  const verdict = (value: Json | undefined, leafWasInDate = true, issuersInDate = true): string | undefined =>
    chainVerdictOf(chainStatusOf(value), leafWasInDate, issuersInDate);
  it.each<[string, Json | undefined, string | undefined]>([
    ['a good chain', [], 'trusted'],
    ['no error, said as a number', 0, 'trusted'],
    ['no error, said by name', 'NoError', 'trusted'],
    ['none was built', null, undefined],
    ['not collected', undefined, undefined],
    ['an untrusted root', [32], 'untrusted'],
    ['a list of one, collapsed', 32, 'untrusted'],
    ['by name', ['UntrustedRoot'], 'untrusted'],
    ['as the object itself', [{ Status: 32, StatusInformation: 'localised' }], 'untrusted'],
    ['a partial chain', [65536], 'partial'],
    ['revoked beats the rest', [4, 32], 'revoked'],
    ['one number for all', 36, 'revoked'],
    ['a broken signature', [8], 'invalid'],
    ['not for servers', ['NotValidForUsage'], 'invalid'],
    ['distrusted', [0x4000000], 'invalid'],
    ['revocation unknown alone is no fault', [64, 16777216], 'trusted'],
    ['revocation unknown, by name in one text', 'RevocationStatusUnknown, OfflineRevocation', 'trusted'],
    ['an issuer was out of date when the leaf was not', [1], 'expired-issuer'],
    ['a flag that is not known here', [0x40000000], undefined],
    ['a flag that is not known beside a fault that is', [0x40000000, 32], 'untrusted'],
    ['a word that is not known', ['SomethingNew'], undefined],
  ])('%s', (_name, value, expected) => {
    expect(verdict(value)).toBe(expected);
  });

  it('does not count an expired leaf as an expired issuer', () => {
    expect(verdict([1], false)).toBe('trusted');
    expect(verdict([], true, false)).toBe('expired-issuer');
  });

  it.each<[string, Json | undefined, string | undefined, boolean | undefined]>([
    ['checked', [], 'Online', true],
    ['mode not said', [], undefined, true],
    ['not asked', [], 'NoCheck', undefined],
    ['unknown', [64], 'Online', false],
    ['offline', [16777216], 'Online', false],
    ['no chain', null, 'Online', undefined],
  ])('revocation: %s', (_name, value, mode, expected) => {
    expect(revocationChecked(chainStatusOf(value), mode)).toBe(expected);
  });
});

describe('private keys', () => {
  const allow = (Sid: string, Rights: Json): Json => ({ Sid, Access: 'Allow', Rights });
  it.each<[string, Json, boolean]>([
    ['read', [allow('S-1-5-20', 0x120089)], true],
    ['read by name', [allow('S-1-5-20', 'Read, Synchronize')], true],
    ['full by name', [allow('S-1-5-20', 'FullControl')], true],
    ['generic read, negative', [allow('S-1-5-20', -2147483648)], true],
    ['generic all', [allow('S-1-5-20', 268435456)], true],
    ['write only', [allow('S-1-5-20', 0x116)], false],
    ['synchronize only', [allow('S-1-5-20', 'Synchronize')], false],
    ['by a group of every account', [allow('S-1-1-0', 0x120089)], true],
    ['by the service itself', [allow(serviceSid('TermService'), 0x120089)], true],
    ['administrators only', [allow('S-1-5-32-544', 0x1f01ff), allow('S-1-5-18', 0x1f01ff)], false],
    ['denied', [allow('S-1-5-20', 0x120089), { Sid: 'S-1-5-20', Access: 1, Rights: 0x120089 }], false],
    ['an empty list', [], false],
  ])('NETWORK SERVICE: %s', (_name, access, expected) => {
    expect(readableBy('TermService', keyAccessOf(access) ?? [])).toBe(expected);
  });

  it('asks for the system where HTTP.sys opens the key', () => {
    expect(readableBy('http', keyAccessOf([allow('S-1-5-18', 0x1f01ff)]) ?? [])).toBe(true);
    expect(readableBy('http', keyAccessOf([allow('S-1-5-20', 0x1f01ff)]) ?? [])).toBe(false);
  });

  it.each<[string, Json | undefined]>([
    ['not read', null],
    ['not collected', undefined],
    ['a name instead of a SID', [allow('Everyone', 1)]],
    ['rights in another language', [allow('S-1-1-0', 'Vollzugriff!')]],
  ])('says nothing about a list that is %s', (_name, value) => {
    expect(keyAccessOf(value)).toBeUndefined();
  });

  it.each<[string, Json, string[], boolean]>([
    ['nobody', [allow('S-1-5-20', 0x120089), allow('S-1-5-32-544', 0x1f01ff)], [], false],
    ['Everyone with full control', [allow('S-1-1-0', 0x1f01ff)], ['Everyone'], true],
    ['Users may read', [allow('S-1-5-32-545', 0x120089)], ['Users'], false],
    ['domain users may read', [allow('S-1-5-21-1-2-3-513', 0x120089)], ['Domain Users'], false],
    ['Everyone may only write', [allow('S-1-1-0', 0x116)], [], false],
    ['Everyone is denied', [{ Sid: 'S-1-1-0', Access: 'Deny', Rights: 0x1f01ff }], [], false],
  ])('exposure: %s', (_name, access, openTo, everyoneFull) => {
    expect(exposureOf(keyAccessOf(access) ?? [])).toEqual({ openTo, everyoneFull });
  });

  it('computes service SIDs as Windows does', () => {
    expect(serviceSid('TermService')).toBe('S-1-5-80-446051430-1559341753-4161941529-1950928533-810483104');
  });
});
