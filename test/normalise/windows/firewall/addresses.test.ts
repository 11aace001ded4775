import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isGlobal, isLocalOnly, parseAddress, parseV6 } from '../../../../src/normalise/windows/firewall/addresses.ts';
import { holdsPort, parsePorts, parseProtocol } from '../../../../src/normalise/windows/firewall/ports.ts';
import { contains, overlap, type Ranges, subtract, unite } from '../../../../src/normalise/windows/firewall/ranges.ts';
import { leftAtLeast, leftAtMost, parseScope, reachOf } from '../../../../src/normalise/windows/firewall/scope.ts';

describe('parseAddress', () => {
  it.each([
    ['10.1.2.3', [0x0a010203, 0x0a010204]],
    ['10.1.2.3/24', [0x0a010200, 0x0a010300]],
    ['10.1.2.0/255.255.255.0', [0x0a010200, 0x0a010300]],
    ['0.0.0.0/0.0.0.0', [0, 2 ** 32]],
    ['10.0.0.1-10.0.0.2', [0x0a000001, 0x0a000003]],
    ['10.0.0.1 - 10.0.0.2', [0x0a000001, 0x0a000003]],
  ])('reads %s', (text, range) => {
    expect(parseAddress(text)).toEqual({ is: 'v4', range });
  });

  it.each([
    ['fe80::1/48', 0xfe80n << 112n, (0xfe80n << 112n) + (1n << 80n)],
    ['::1', 1n, 2n],
    ['::ffff:10.0.0.1', 0xffff0a000001n, 0xffff0a000002n],
    ['2001:db8::-2001:db8::ff', 0x20010db8n << 96n, (0x20010db8n << 96n) + 256n],
  ])('reads %s', (text, low, high) => {
    expect(parseAddress(text)).toEqual({ is: 'v6', range: [low, high] });
  });

  it.each([['Any'], ['*'], [''], [' any ']])('takes "%s" as any', (text) => {
    expect(parseAddress(text)).toEqual({ is: 'any' });
  });

  it.each([
    ['LocalSubnet', 'localsubnet', 'both'],
    ['LOCALSUBNET6', 'localsubnet', 'v6'],
    ['IntErnet4', 'internet', 'v4'],
    ['DefaultGateway', 'defaultgateway', 'both'],
  ])('takes %s as a keyword', (text, name, families) => {
    expect(parseAddress(text)).toEqual({ is: 'keyword', name, families });
  });

  it.each([
    ['10.1.2'],
    ['10.1.2.300'],
    ['10.0.0.2-10.0.0.1'],
    ['10.0.0.0/33'],
    ['10.0.0.0/255.0.255.0'],
    ['1:2:3'],
    ['::1::'],
    ['nonsense'],
    ['x'.repeat(200)],
    ['fe80::/129'],
    ['10.0.0.1-fe80::1'],
  ])('does not guess at %s', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

it.each([
  ['10.1.2.3', false],
  ['172.31.0.1', false],
  ['100.64.0.1', false],
  ['169.254.1.1', false],
  ['203.0.113.7', true],
  ['fd00::1', false],
  ['fe80::1', false],
  ['2001:db8::1', true],
  ['2001:0:53aa::1', false],
  ['nonsense', false],
])('knows whether %s is global', (text, global) => {
  expect(isGlobal(text)).toBe(global);
});

it.each([
  ['127.0.0.1', true],
  ['169.254.7.7', true],
  ['::1', true],
  ['fe80::1', true],
  ['10.0.0.1', false],
  ['fd00::1', false],
])('knows whether %s says nothing of a network', (text, local) => {
  expect(isLocalOnly(text)).toBe(local);
});

it('drops the zone of an address', () => {
  expect(parseV6('fe80::1%12')).toBe(parseV6('fe80::1'));
});

describe('reachOf', () => {
  it.each([
    ['Any', 'any'],
    ['', 'any'],
    [[], 'any'],
    [{ value: ['10.0.0.0/8', 'Any'], Count: 2 }, 'any'],
    ['0.0.0.0-127.255.255.255,128.0.0.0-255.255.255.255', 'any'],
    [['0.0.0.0/1', '128.0.0.0/1'], 'any'],
    ['0.0.0.0/1', 'any'],
    ['Internet', 'any'],
    ['::/0', 'any'],
    [['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'], 'listed'],
    ['10.1.0.0/255.255.0.0', 'listed'],
    ['17.0.0.0/8', 'listed'],
    ['2001:db8::/32', 'listed'],
    ['LocalSubnet', 'local-subnet'],
    [['10.1.2.3', 'LocalSubnet6'], 'local-subnet'],
    [['DNS', 'DefaultGateway'], 'listed'],
    ['Intranet', 'listed'],
  ])('says of %j that it is %s', (raw, far) => {
    const { least, most } = parseScope(raw);
    expect([reachOf(least), reachOf(most)]).toEqual([far, far]);
  });

  it.each([
    [null, 'nobody', 'any'],
    [undefined, 'nobody', 'any'],
    ['nonsense', 'nobody', 'any'],
    [['10.1.2.3', 'nonsense'], 'listed', 'any'],
    [[{ deep: 1 }], 'nobody', 'any'],
  ])('leaves %j open', (raw, least, most) => {
    const bounds = parseScope(raw);
    expect([reachOf(bounds.least), reachOf(bounds.most)]).toEqual([least, most]);
  });
});

it.each([
  ['Any', '203.0.113.0/24', 'any', 'any'],
  ['203.0.113.0/24', '203.0.113.0/25', 'listed', 'listed'],
  ['203.0.113.0/24', '203.0.0.0/16', 'nobody', 'nobody'],
  ['Any', 'Internet', 'listed', 'listed'],
  ['LocalSubnet', 'LocalSubnet', 'nobody', 'nobody'],
  ['LocalSubnet', 'LocalSubnet4', 'local-subnet', 'local-subnet'],
  ['LocalSubnet4', '10.0.0.0/8', 'nobody', 'local-subnet'],
  ['10.1.2.0/24', 'LocalSubnet', 'nobody', 'listed'],
  ['Any', 'LocalSubnet', 'any', 'any'],
  ['LocalSubnet', 'Any', 'nobody', 'nobody'],
])('%s without %s is between %s and %s', (from, taken, least, most) => {
  const a = parseScope(from).least;
  const b = parseScope(taken).least;
  expect([reachOf(leftAtLeast(a, b)), reachOf(leftAtMost(a, b))]).toEqual([least, most]);
});

describe('ranges', () => {
  const small = fc.array(
    fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 8 })).map(([low, size]): [number, number] => [low, low + size]),
    { maxLength: 6 },
  );
  const members = (ranges: Ranges<number>): number[] => Array.from({ length: 40 }, (_, value) => value).filter((value) => contains(ranges, value));

  it('unites, subtracts and meets as sets do', () => {
    fc.assert(
      fc.property(small, small, (left, right) => {
        const a = unite(left);
        const b = unite(right);
        expect(members(a)).toEqual(members(left));
        expect(members(subtract(a, b))).toEqual(members(a).filter((value) => !members(b).includes(value)));
        expect(overlap(a, b)).toBe(members(a).some((value) => members(b).includes(value)));
        expect(a.every((range, index) => index === 0 || range[0] > (a[index - 1]?.[1] ?? -1))).toBe(true);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

it.each([
  ['3389', true],
  [3389, true],
  ['Any', true],
  ['', true],
  ['3380-3400', true],
  [['80', '3389'], true],
  [{ value: ['80', '3389'], Count: 2 }, true],
  ['80,3389', true],
  ['3390', false],
  ['RPC', false],
  [['RPC', 'RPCEPMap', 'IPHTTPSIn', 'PlayToDiscovery'], false],
  [null, null],
  [undefined, null],
  ['70000', null],
  [['80', 'a port of tomorrow'], null],
])('port set %j holds 3389: %s', (raw, holds) => {
  expect(holdsPort(parsePorts(raw), 3389)).toBe(holds);
});

it('knows that RPCEPMap is port 135, and that an unread port is held by any port alone', () => {
  expect(holdsPort(parsePorts('RPCEPMap'), 135)).toBe(true);
  expect(holdsPort(parsePorts('Any'), null)).toBe(true);
  expect(holdsPort(parsePorts('3389'), null)).toBe(null);
  expect(holdsPort(parsePorts('RPC'), null)).toBe(false);
});

it.each([
  ['TCP', 'tcp'],
  [6, 'tcp'],
  ['17', 'udp'],
  ['Any', 'any'],
  [256, 'any'],
  ['41', 'other'],
  ['ICMPv4', 'other'],
  ['banana', null],
  [null, null],
])('protocol %j is %s', (raw, protocol) => {
  expect(parseProtocol(raw)).toBe(protocol);
});
