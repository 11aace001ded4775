import { describe, expect, it } from 'vitest';
import { parsePrefix, parseV4, parseV6 } from '../../../src/normalise/azure/address.ts';
import { covers, intersect, intervals, overlaps, size, subtract, union } from '../../../src/normalise/azure/interval-set.ts';
import { parsePorts, portTexts } from '../../../src/normalise/azure/port.ts';

describe('prefixes', () => {
  it.each([
    ['192.0.2.1', [3221225985, 3221225986]],
    ['192.0.2.77/24', [3221225984, 3221226240]],
    ['34.15.11.3/0', [0, 4294967296]],
    ['255.255.255.255/32', [4294967295, 4294967296]],
    ['192.0.2.10-192.0.2.12', [3221225994, 3221225997]],
    ['192.0.2.12-192.0.2.10', null],
    ['192.0.2.256', null],
    ['192.0.2', null],
    ['192.0.2.1/33', null],
    ['1.2.3.4.5', null],
    ['192.0.2.1 /24', null],
    ['', null],
  ])('IPv4 %s', (text, expected) => expect(parseV4(text)).toEqual(expected));

  it.each([
    ['::/0', 0n, 1n << 128n],
    ['::1', 1n, 2n],
    ['2001:db8::/32', 0x20010db8n << 96n, 0x20010db9n << 96n],
    ['::ffff:192.0.2.1', 0xffffc0000201n, 0xffffc0000202n],
    ['1:2:3:4:5:6:7:8', 0x00010002000300040005000600070008n, 0x00010002000300040005000600070009n],
  ])('IPv6 %s', (text, start, end) => expect(parseV6(text)).toEqual([start, end]));

  it.each(['1::2::3', '1:2:3', '12345::', ':::', '::/129', '1:2:3:4:5:6:7:8::', 'fe80::1%eth0'])('not IPv6: %s', (text) => expect(parseV6(text)).toBeNull());

  it.each([
    ['*', 'any', ''],
    ['Any', 'any', ''],
    ['0/0', 'any', ''],
    ['Internet', 'tag', 'internet'],
    ['VIRTUAL_NETWORK', 'tag', 'virtualnetwork'],
    ['AzureCloud.westeurope', 'tag', 'azurecloud.westeurope'],
    ['0.0.0.0', 'unknown', ''],
    ['0.0.0.0/0', 'addresses', ''],
    ['::/0', 'addresses', ''],
    ['/1', 'unknown', ''],
    ['no such thing', 'unknown', ''],
  ])('%s is %s', (text, kind, tag) => expect(parsePrefix(text)).toMatchObject({ kind, tag }));
});

describe('ports', () => {
  it.each([
    ['*', 'any', false],
    ['3389', '3389', false],
    [' 3388 - 3390 ', '3388-3390', false],
    ['3388-3390, 23000', '3388-3390, 23000', false],
    ['3390-3388', '', true],
    ['rdp', '', true],
    ['65536', '', true],
    ['0-65535', 'any', false],
  ])('%s', (text, expected, unknown) => {
    const parsed = parsePorts(text);
    expect([portTexts(parsed.ports).join(', '), parsed.unknown]).toEqual([expected, unknown]);
  });
});

describe('sets', () => {
  const random = (seed: number) => () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  const members = (set: readonly number[]) =>
    new Set(
      Array.from({ length: 40 }, (_, value) => value).filter((value) => set.some((start, at) => at % 2 === 0 && start <= value && value < (set[at + 1] ?? 0))),
    );

  it('agree with sets of single values', () => {
    const next = random(7);
    for (let run = 0; run < 500; run++) {
      const make = () =>
        intervals(
          Array.from({ length: Math.floor(next() * 4) }, () => Math.floor(next() * 38))
            .flatMap((start) => [start, start + 1 + Math.floor(next() * 3)])
            .filter(() => true),
        );
      const [a, b] = [make(), make()];
      const [inA, inB] = [members(a), members(b)];
      expect(members(union(a, b))).toEqual(inA.union(inB));
      expect(members(intersect(a, b))).toEqual(inA.intersection(inB));
      expect(members(subtract(a, b))).toEqual(inA.difference(inB));
      expect(covers(a, b)).toBe(inB.isSubsetOf(inA));
      expect(overlaps(a, b)).toBe(inA.intersection(inB).size > 0);
      expect(size(a)).toBe([...a].reduce((sum, bound, at) => sum + (at % 2 === 0 ? -bound : bound), 0));
    }
  });
});
