import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalAddress, covers, nameMatches, presentedNames } from '../../../../src/normalise/windows/certificates/names.ts';

const san = (...dns: string[]): { dnsNames: string[]; addresses: string[]; commonName: string } => ({
  dnsNames: dns,
  addresses: [],
  commonName: 'ignored.contoso.com',
});

/** RFC 6125: what a certificate presents, the name that is asked for, whether it is covered. */
describe('covers', () => {
  it.each([
    ['the same name', san('rdgw.contoso.com'), 'rdgw.contoso.com', true],
    ['in other case', san('RDGW.Contoso.COM'), 'rdgw.contoso.com', true],
    ['asked for in other case', san('rdgw.contoso.com'), 'RDGW.CONTOSO.COM', true],
    ['asked for with a closing dot', san('rdgw.contoso.com'), 'rdgw.contoso.com.', true],
    ['a closing dot in the certificate', san('rdgw.contoso.com.'), 'rdgw.contoso.com', false],
    ['another name', san('gw.contoso.com'), 'rdgw.contoso.com', false],
    ['the second of several', san('a.contoso.com', 'rdgw.contoso.com'), 'rdgw.contoso.com', true],
    ['a wildcard for one label', san('*.contoso.com'), 'rdgw.contoso.com', true],
    ['a wildcard for two labels', san('*.contoso.com'), 'a.b.contoso.com', false],
    ['a wildcard for no label', san('*.contoso.com'), 'contoso.com', false],
    ['a wildcard for an empty label', san('*.contoso.com'), '.contoso.com', false],
    ['a wildcard and an A-label', san('*.contoso.com'), 'bücher.contoso.com', true],
    ['part of a label', san('rd*.contoso.com'), 'rdgw.contoso.com', false],
    ['not the left-most label', san('rdgw.*.com'), 'rdgw.contoso.com', false],
    ['two wildcards', san('*.*.com'), 'rdgw.contoso.com', false],
    ['a wildcard above one label', san('*.com'), 'contoso.com', false],
    ['a lone star', san('*'), 'contoso', false],
    ['a star for a star', san('*.contoso.com'), '*.contoso.com', false],
    ['an A-label for a U-label', san('xn--bcher-kva.contoso.com'), 'Bücher.contoso.com', true],
    ['a U-label in the certificate', san('bücher.contoso.com'), 'bücher.contoso.com', false],
    ['a letter that only looks like k', san('rdgw.\u212Aontoso.com'), 'rdgw.kontoso.com', false],
    ['a NUL in the certificate', san('rdgw.contoso.com\0.fabrikam.com'), 'rdgw.contoso.com', false],
    ['names with a comma', san('rdgw.contoso.com,evil.contoso.com'), 'evil.contoso.com', false],
    ['a single label', san('rds'), 'rds', true],
    ['an underscore', san('rd_gw.contoso.com'), 'rd_gw.contoso.com', true],
    ['nothing', san(), 'rdgw.contoso.com', false],
    ['an empty reference', san(''), '', false],
    ['the common name where there is no alternative name', { dnsNames: null, addresses: [], commonName: 'rdgw.contoso.com' }, 'rdgw.contoso.com', true],
    ['a wildcard in the common name', { dnsNames: null, addresses: [], commonName: '*.contoso.com' }, 'rdgw.contoso.com', true],
    ['the common name beside alternative names', { dnsNames: ['a.contoso.com'], addresses: [], commonName: 'rdgw.contoso.com' }, 'rdgw.contoso.com', false],
    ['the common name beside an address only', { dnsNames: [], addresses: ['192.0.2.10'], commonName: 'rdgw.contoso.com' }, 'rdgw.contoso.com', false],
    ['no name at all', { dnsNames: null, addresses: [], commonName: null }, 'rdgw.contoso.com', false],
    ['an address', { dnsNames: [], addresses: ['192.0.2.10'], commonName: null }, '192.0.2.10', true],
    ['an address written as a DNS name', san('192.0.2.10'), '192.0.2.10', false],
    ['an address as the common name', { dnsNames: null, addresses: [], commonName: '192.0.2.10' }, '192.0.2.10', false],
    ['an IPv6 address in another spelling', { dnsNames: [], addresses: ['2001:db8::10'], commonName: null }, '2001:0DB8:0:0:0:0:0:0010', true],
    ['an IPv6 address in brackets', { dnsNames: [], addresses: ['2001:db8::10'], commonName: null }, '[2001:db8::10]', true],
  ])('%s', (_name, certificate, reference, expected) => {
    expect(covers(presentedNames(certificate), reference)).toBe(expected);
  });

  it('is the same in upper and lower case, and a wildcard never spans a dot', () => {
    const label = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    fc.assert(
      fc.property(fc.array(label, { minLength: 2, maxLength: 4 }), fc.array(label, { minLength: 1, maxLength: 3 }), (suffix, prefix) => {
        const name = [...prefix, ...suffix].join('.');
        expect(nameMatches(name.toUpperCase(), name)).toBe(true);
        expect(nameMatches(`*.${suffix.join('.')}`, name)).toBe(prefix.length === 1);
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});

describe('canonicalAddress', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.256', undefined],
    ['192.0.2', undefined],
    ['192.0.2.1.', undefined],
    ['2001:DB8::1', '2001:db8::1'],
    ['fe80::1%eth0', undefined],
    ['::', '::'],
    ['rdgw.contoso.com', undefined],
    ['abc', undefined],
    ['1:2', undefined],
  ])('%s', (text, expected) => {
    expect(canonicalAddress(text)).toBe(expected);
  });
});
