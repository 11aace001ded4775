import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/model/json.ts';
import { parseScope } from '../../../../src/normalise/windows/firewall/scope.ts';
import { scopeTexts } from '../../../../src/normalise/windows/firewall/scope-text.ts';
import { factsOf, host, ok, profileRow, rule, withRules } from './host.ts';

const on = (profile: string, ...rules: readonly JsonObject[]): JsonObject => dataOf(withRules(...rules), profile);

function dataOf(snapshot: ReturnType<typeof host>, profile: string): JsonObject {
  const fact = factsOf(snapshot, 'windows.rdpSources').find((each) => each.data['profile'] === profile);
  if (fact === undefined) throw new Error(`no fact for ${profile}`);
  return fact.data;
}

describe('windows.rdpSources', () => {
  it.each<[string, JsonObject[], JsonObject]>([
    ['no rule', [], { certain: [], possible: [] }],
    ['any', [rule()], { certain: ['Any'], possible: ['Any'] }],
    ['a list', [rule({ RemoteAddress: ['10.20.0.10', '10.20.0.0/28'] })], { certain: ['10.20.0.0/28'], possible: ['10.20.0.0/28'] }],
    [
      'a block rule over half of it',
      [rule({ RemoteAddress: '10.20.0.0/24' }), rule({ InstanceID: 'b', Action: 4, RemoteAddress: '10.20.0.128/25' })],
      { certain: ['10.20.0.0/25'], possible: ['10.20.0.0/25'] },
    ],
    [
      'UDP as well as TCP',
      [rule({ RemoteAddress: '10.0.0.1' }), rule({ InstanceID: 'u', Protocol: 'UDP', RemoteAddress: '10.0.0.3' })],
      { certain: ['10.0.0.1', '10.0.0.3'] },
    ],
    ['the subnet of the host', [rule({ RemoteAddress: 'LocalSubnet4' })], { certain: ['10.20.1.0/24'], possible: ['10.20.1.0/24'] }],
    ['a set that only Windows knows', [rule({ RemoteAddress: 'DNS4' })], { certain: ['dns4'], possible: ['dns4'] }],
    ['peers that IPsec authenticates', [rule({ RemoteAddress: '10.0.0.0/8', Authentication: 1 })], { certain: [], possible: ['10.0.0.0/8'] }],
    ['addresses that could not be read', [rule({ RemoteAddress: '10.0.0.1,?' })], { certain: ['10.0.0.1'], possible: ['Any'] }],
    ['another profile', [rule({ Profiles: 4 })], { certain: [], possible: [] }],
  ])('%s', (_name, rules, expected) => {
    expect(on('Domain', ...rules)).toMatchObject(expected);
  });

  it('keeps what each rule lets in apart', () => {
    const rules = on('Domain', rule({ RemoteAddress: '10.0.0.1' }), rule({ InstanceID: 'wide', RemoteAddress: '10.30.0.0/16' }))['rules'];
    expect(rules).toEqual([
      { rule: 'RemoteDesktop-UserMode-In-TCP', store: 'PersistentStore', source: 'local', addresses: ['10.0.0.1'] },
      { rule: 'wide', store: 'PersistentStore', source: 'local', addresses: ['10.30.0.0/16'] },
    ]);
  });

  it.each<[string, JsonObject, string[], string[]]>([
    ['off', { Enabled: 0 }, ['Any'], ['Any']],
    ['allow by default', { DefaultInboundAction: 2 }, ['Any'], ['Any']],
    ['shields up', { AllowInboundRules: 0 }, [], []],
    ['nobody knows whether it is on', { Enabled: 'x' }, ['10.0.0.1'], ['Any']],
    ['nobody knows whether local rules count', { AllowLocalFirewallRules: 'x' }, [], ['10.0.0.1']],
  ])('the profile: %s', (_name, changes, certain, possible) => {
    const profiles = ok([profileRow('Domain', changes), profileRow('Private'), profileRow('Public')]);
    expect(dataOf(host({ 'firewall.profiles': profiles, 'firewall.rules': ok([rule({ RemoteAddress: '10.0.0.1' })]) }), 'Domain')).toMatchObject({
      certain,
      possible,
    });
  });

  it('a subnet of which one is not known may be more than those that are', () => {
    const addresses = ok([
      { InterfaceAlias: 'Ethernet0', InterfaceIndex: 6, IPAddress: '10.20.1.5', PrefixLength: 24, AddressState: 4 },
      { InterfaceAlias: 'Ethernet0', InterfaceIndex: 6, IPAddress: '10.99.0.5', PrefixLength: null, AddressState: 4 },
    ]);
    const found = dataOf(host({ 'network.addresses': addresses, 'firewall.rules': ok([rule({ RemoteAddress: 'LocalSubnet4' })]) }), 'Domain');
    expect(found).toMatchObject({ certain: ['10.20.1.0/24'], possible: ['10.20.1.0/24', 'localsubnet4'] });
  });

  it('says nothing of a firewall that nobody looked at', () => {
    const unread = { status: 'denied' } as const;
    const facts = factsOf(host({ 'firewall.profiles': unread, 'firewall.rules': unread, services: unread }), 'windows.rdpSources');
    expect(facts.map((fact) => fact.unknown)).toEqual([['']]);
  });
});

describe('windows.hostPlace', () => {
  it('has the addresses that others can come from', () => {
    const addresses = ok(
      ['10.20.1.5', '127.0.0.1', 'fe80::1%6', '2001:db8::5'].map((IPAddress) => ({
        InterfaceAlias: 'Ethernet0',
        InterfaceIndex: 6,
        IPAddress,
        AddressState: 4,
      })),
    );
    const [fact] = factsOf(host({ 'network.addresses': addresses, roles: ok([{ Name: 'RDS-GATEWAY' }]) }), 'windows.hostPlace');
    expect(fact?.data).toMatchObject({ addresses: ['10.20.1.5', '2001:db8::5'], gateway: true, broker: false, sessionHost: false });
  });

  it('is nowhere when nobody looked', () => {
    const [fact] = factsOf(host({ 'network.addresses': { status: 'denied' }, roles: { status: 'denied' } }), 'windows.hostPlace');
    expect(fact?.unknown).toEqual(expect.arrayContaining(['/addresses', '/gateway', '/broker']));
  });
});

describe('scopeTexts', () => {
  const v4 = fc
    .tuple(fc.nat(2 ** 32 - 1), fc.nat(2 ** 32 - 1))
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)].map((each) => [24, 16, 8, 0].map((shift) => Math.floor(each / 2 ** shift) % 256).join('.')).join('-'));
  const v6 = fc
    .tuple(fc.bigInt(0n, (1n << 128n) - 1n), fc.integer({ min: 0, max: 128 }))
    .map(([value, bits]) => `${(value.toString(16).padStart(32, '0').match(/.{4}/g) ?? []).join(':')}/${bits}`);
  const word = fc.constantFrom('DNS4', 'LocalSubnet', 'Intranet6', 'RmtIntranet', 'CaptivePortal4');

  it('is read back as the same set', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(v4, v6, word), { minLength: 1, maxLength: 6 }), (texts) => {
        const scope = parseScope(texts).least;
        expect(parseScope(scopeTexts(scope)).least).toEqual(scope);
      }),
      { seed: 20261130, numRuns: 400 },
    );
  });

  it.each([
    ['10.0.0.1-10.0.0.6', '10.0.0.1-10.0.0.6'],
    ['::1', '::1'],
    ['2001:db8::/32', '2001:db8::/32'],
    ['2001:0:0:1::-2001:0:0:1::2', '2001:0:0:1::-2001:0:0:1::2'],
  ])('%s', (text, expected) => {
    expect(scopeTexts(parseScope(text).least)).toEqual([expected]);
  });
});
