import { describe, expect, it } from 'vitest';
import { UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { facts, factsOf, nsg, only, resource, rule, vnet } from './build.ts';

const KIND = 'azure.networkSecurityGroup';
const group = (...rules: Json[]) => only(facts([nsg('nsg-a', rules)]), KIND);
const rdpOf = (...rules: Json[]) => group(...rules).data['rdpTcp'] as JsonObject;
const from = (sources: Json, over: JsonObject = {}) =>
  Array.isArray(sources)
    ? rule('r', 100, { sourceAddressPrefix: '-', sourceAddressPrefixes: sources, ...over })
    : rule('r', 100, { sourceAddressPrefix: sources, ...over });

describe('how wide a group opens RDP', () => {
  it.each<[string, Json, string]>([
    ['everyone', '*', 'internet'],
    ['the tag, canonical spelling', 'Internet', 'internet'],
    ['the tag, lower case', 'internet', 'internet'],
    ['0.0.0.0/0', '0.0.0.0/0', 'internet'],
    ['::/0 on a network that may have IPv6', '::/0', 'internet'],
    ['a value that Azure does not take', 'Any', 'internet'],
    ['two halves', ['0.0.0.0/1', '128.0.0.0/1'], 'internet'],
    ['64 million addresses', '20.0.0.0/6', 'internet'],
    ['host bits are masked', '34.15.11.3/0', 'internet'],
    ['exactly 2^24', '20.0.0.0/8', 'internet'],
    ['half of that', '20.0.0.0/9', 'broad'],
    ['257 addresses', ['203.0.113.0/24', '198.51.100.1'], 'broad'],
    ['256 addresses', '203.0.113.0/24', 'restricted'],
    ['one address', '203.0.113.7', 'restricted'],
    ['all of Azure', 'AzureCloud', 'broad'],
    ['a region of it', 'AzureCloud.westeurope', 'broad'],
    ['another service', 'GatewayManager', 'restricted'],
    ['probes are no clients', 'AzureLoadBalancer', 'private'],
    ['the network', 'VirtualNetwork', 'private'],
    ['private ranges', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'], 'private'],
    ['multicast and loopback', ['224.0.0.0/4', '127.0.0.0/8'], 'private'],
    ['an IPv6 provider', '2001:db8::/32', 'internet'],
    ['16 IPv6 sites', '2001:db8::/44', 'broad'],
    ['one IPv6 site', '2001:db8:1::/48', 'restricted'],
    ['private IPv6', 'fd00::/8', 'private'],
  ])('%s', (_name, sources, width) => expect(rdpOf(from(sources))['from']).toBe(width));

  it('tells ports apart that meet the same rules, of which one perhaps', () => {
    const data = group(rule('some', 100, { destinationPortRange: '-', destinationPortRanges: ['3389', UNRESOLVED] })).data;
    expect(data).toMatchObject({ rdpTcp: { internet: true }, management: { internet: null } });
  });

  it('tells ports apart that meet the same rules for IPv4 and others for IPv6', () => {
    const data = group(rule('six', 100, { destinationAddressPrefix: '2001:db8::/64', destinationPortRange: '5985' })).data;
    expect(data).toMatchObject({ rdpTcp: { internet: false }, management: { internet: true, ports: '5985' } });
  });

  it.each<[string, JsonObject[], boolean]>([
    ['a denial before', [rule('deny', 100, { access: 'Deny' }), rule('allow', 200)], false],
    ['a denial after', [rule('deny', 300, { access: 'Deny' }), rule('allow', 200)], true],
    ['order is the priority, not the document', [rule('allow', 300), rule('deny', 200, { access: 'Deny' })], false],
    ['a denial of the Internet', [rule('deny', 100, { access: 'Deny', sourceAddressPrefix: 'Internet' }), rule('allow', 200)], false],
    ['a denial of the network only', [rule('deny', 100, { access: 'Deny', sourceAddressPrefix: 'VirtualNetwork' }), rule('allow', 200)], true],
    ['a denial of one half', [rule('deny', 100, { access: 'Deny', sourceAddressPrefix: '0.0.0.0/1' }), rule('allow', 200)], true],
    ['a denial of UDP', [rule('deny', 100, { access: 'Deny', protocol: 'Udp' }), rule('allow', 200)], true],
    ['a denial for one destination', [rule('deny', 100, { access: 'Deny', destinationAddressPrefix: '10.0.0.4' }), rule('allow', 200)], true],
    ['a denial of one source port', [rule('deny', 100, { access: 'Deny', sourcePortRange: '3389' }), rule('allow', 200)], true],
    ['an allow rule of one source port', [rule('allow', 200, { sourcePortRange: '1024' })], true],
    ['all of Azure denied before everyone', [rule('deny', 100, { access: 'Deny', sourceAddressPrefix: 'AzureCloud' }), rule('allow', 200)], true],
    ['a range that holds the port', [rule('allow', 200, { destinationPortRange: '3000-4000' })], true],
    ['a comma list', [rule('allow', 200, { destinationPortRange: '3388-3390, 23000' })], true],
    ['a number', [rule('allow', 200, { destinationPortRange: 3389 })], true],
    ['no port at all', [rule('allow', 200, { destinationPortRange: '-' })], false],
    ['lower case words', [rule('allow', 200, { access: 'allow', direction: 'inbound', protocol: 'tcp' })], true],
  ])('%s', (_name, rules, internet) => expect(rdpOf(...rules)['internet']).toBe(internet));

  it.each<[string, JsonObject[], boolean | null]>([
    ['an unresolved source', [rule('r', 100, { sourceAddressPrefix: UNRESOLVED })], null],
    ['an unresolved element beside a wide one', [from([UNRESOLVED, '0.0.0.0/0'])], true],
    ['an unresolved rule beside a certain one', [rule('r', 100, { sourceAddressPrefix: UNRESOLVED }), rule('s', 200)], true],
    ['a rule that may be a denial before a certain one', [rule('r', 100, { access: UNRESOLVED }), rule('s', 200)], null],
    ['the same after it', [rule('r', 300, { access: UNRESOLVED }), rule('s', 200)], true],
    ['a denial of unresolved priority', [rule('r', UNRESOLVED, { access: 'Deny' }), rule('s', 200)], null],
    ['an allow rule of unresolved priority, and nothing denies', [rule('r', UNRESOLVED)], true],
    ['the same, and something denies', [rule('r', UNRESOLVED), rule('s', 200, { access: 'Deny' })], null],
    ['an unresolved rule behind a certain denial', [rule('s', 100, { access: 'Deny' }), rule('r', 200, { sourceAddressPrefix: UNRESOLVED })], false],
    ['an unresolved port', [rule('r', 100, { destinationPortRange: UNRESOLVED })], null],
    ['an unresolved direction', [rule('r', 100, { direction: UNRESOLVED })], null],
    ['no direction', [rule('r', 100, { direction: '-' })], null],
    ['no source', [rule('r', 100, { sourceAddressPrefix: '-' })], null],
    ['a bare 0.0.0.0', [rule('r', 100, { sourceAddressPrefix: '0.0.0.0' })], null],
    ['two rules of one priority that disagree', [rule('r', 100), rule('s', 100, { access: 'Deny' })], null],
    [
      'a service tag after a denial of the Internet',
      [rule('d', 100, { access: 'Deny', sourceAddressPrefix: 'Internet' }), from('AzureCloud', { priority: 200 })],
      false,
    ],
    ['rules that are one expression', [UNRESOLVED], null],
  ])('%s', (_name, rules, internet) => expect(rdpOf(...rules)['internet']).toBe(internet));

  it('knows nothing of a list that is unresolved', () => {
    const fact = only(facts([resource('Microsoft.Network/networkSecurityGroups', 'nsg-a', { securityRules: UNRESOLVED })]), KIND);
    expect(fact.unknown).toEqual(expect.arrayContaining(['/rdpTcp/internet', '/shadowed']));
  });

  it('knows nothing of a group that other documents hold, but for what it adds', () => {
    const alone = resource('Microsoft.Network/networkSecurityGroups/securityRules', 'g/securityrules/r', rule('r', 100));
    expect(only(facts([alone]), KIND).unknown).toContain('/rdpTcp/internet');
    expect(factsOf(facts([nsg('existing', [], { context: true })]), KIND)).toEqual([]);
  });

  it('counts public prefixes of the network itself as inside', () => {
    const rules = [from('203.0.113.0/24')];
    const all = facts([nsg('nsg-a', rules), vnet('net', '203.0.113.0/24', { hosts: { prefix: '203.0.113.0/25', nsg: 'nsg-a' } })]);
    expect(only(all, KIND).data).toMatchObject({
      attached: 'attached',
      attachedTo: ['subnet hosts'],
      rdpTcp: { from: 'private', addresses: 0 },
    });
  });

  it('judges a group for what it is attached to', () => {
    const rules = [rule('r', 100, { destinationAddressPrefix: '10.9.0.0/24' })];
    const attachedTo = (prefix: string) =>
      only(facts([nsg('nsg-a', rules), vnet('net', '10.0.0.0/8', { hosts: { prefix, nsg: 'nsg-a' } })]), KIND).data['rdpTcp'] as JsonObject;
    expect(attachedTo('10.9.0.0/25')['internet']).toBe(true);
    expect(attachedTo('10.9.0.0/23')['internet']).toBe(true);
    expect(attachedTo('10.8.0.0/24')['internet']).toBe(false);
    expect(rdpOf(...rules)['internet']).toBe(true);
  });

  it('does not open IPv4 subnets by IPv6 rules', () => {
    const all = facts([nsg('nsg-a', [from('::/0')]), vnet('net', '10.0.0.0/8', { hosts: { prefix: '10.0.0.0/24', nsg: 'nsg-a' } })]);
    expect((only(all, KIND).data['rdpTcp'] as JsonObject)['internet']).toBe(false);
  });

  it('judges UDP 3390 and the management ports', () => {
    const fact = group(rule('udp', 100, { protocol: 'Udp', destinationPortRange: '3390' }), rule('winrm', 110, { destinationPortRange: '5985-5986' }));
    expect(fact.data).toMatchObject({
      rdpTcp: { internet: false },
      rdpUdp: { internet: true },
      management: { internet: true, ports: '5985, 5986', openedBy: [{ rule: 'winrm' }] },
    });
  });

  it.each([
    [false, 'not-in-input'],
    [true, 'unattached'],
  ])('complete %s: %s', (complete, attached) => expect(only(facts([nsg('nsg-a', [])], complete), KIND).data['attached']).toBe(attached));
});

describe('rules without effect', () => {
  const shadowed = (...rules: JsonObject[]) =>
    (group(...rules).data['shadowed'] as readonly JsonObject[]).map((entry) => `${String(entry['rule'])} by ${String(entry['by'])}`);
  const deny = (priority: number, over: JsonObject = {}) => rule('deny', priority, { access: 'Deny', ...over });
  it.each<[string, JsonObject[], string[]]>([
    ['everything denied before', [deny(100, { protocol: '*', destinationPortRange: '*' }), rule('r', 200)], ['r by deny']],
    ['a denial that comes too late', [rule('r', 100), deny(200)], ['deny by r']],
    ['the same rule twice', [rule('r', 100), rule('s', 200)], ['s by r']],
    ['a wider rule after', [rule('r', 100), rule('s', 200, { destinationPortRange: '*' })], []],
    ['another protocol', [rule('r', 100), rule('s', 200, { protocol: '*' })], []],
    ['a tag inside everyone', [rule('r', 100), rule('s', 200, { sourceAddressPrefix: 'AzureCloud' })], ['s by r']],
    [
      'a public prefix inside the Internet',
      [rule('r', 100, { sourceAddressPrefix: 'Internet' }), rule('s', 200, { sourceAddressPrefix: '203.0.113.0/24' })],
      ['s by r'],
    ],
    ['a private prefix is not', [rule('r', 100, { sourceAddressPrefix: 'Internet' }), rule('s', 200, { sourceAddressPrefix: '10.0.0.0/24' })], []],
    [
      'two halves make a whole',
      [
        rule('a', 100, { sourceAddressPrefix: '20.0.0.0/9' }),
        rule('b', 110, { sourceAddressPrefix: '20.128.0.0/9' }),
        rule('s', 200, { sourceAddressPrefix: '20.0.0.0/8' }),
      ],
      ['s by a, b'],
    ],
    [
      'two port ranges make a whole',
      [
        rule('a', 100, { destinationPortRange: '3000-3500' }),
        rule('b', 110, { destinationPortRange: '3501-4000' }),
        rule('s', 200, { destinationPortRange: '3000-4000' }),
      ],
      ['s by a, b'],
    ],
    [
      'one port missing',
      [
        rule('a', 100, { destinationPortRange: '3000-3500' }),
        rule('b', 110, { destinationPortRange: '3502-4000' }),
        rule('s', 200, { destinationPortRange: '3000-4000' }),
      ],
      [],
    ],
    ['other destinations', [rule('r', 100, { destinationAddressPrefix: '10.0.0.0/24' }), rule('s', 200, { destinationAddressPrefix: '10.0.1.0/24' })], []],
    ['some source ports', [rule('r', 100, { sourcePortRange: '1024-65535' }), rule('s', 200)], []],
    ['other direction', [rule('r', 100), rule('s', 200, { direction: 'Outbound' })], []],
    ['outbound', [rule('r', 100, { direction: 'Outbound' }), rule('s', 200, { direction: 'Outbound' })], ['s by r']],
    ['unresolved rules shadow nothing', [rule('r', 100, { access: UNRESOLVED }), rule('s', 200)], []],
    ['one priority is no order', [rule('r', 100), rule('s', 100)], []],
    ['IPv6 stays', [rule('r', 100, { sourceAddressPrefix: '0.0.0.0/0' }), rule('s', 200)], []],
  ])('%s', (_name, rules, expected) => expect(shadowed(...rules)).toEqual(expected));

  it('finds priorities used twice and values that Azure refuses', () => {
    const fact = group(
      rule('a', 100),
      rule('b', 100, { destinationPortRange: '22' }),
      rule('c', 100, { direction: 'Outbound' }),
      rule('d', 50, { destinationPortRange: '1,2' }),
    );
    expect(fact.data['duplicatePriorities']).toEqual([{ direction: 'inbound', priority: 100, rules: 'a, b' }]);
    expect((fact.data['malformed'] as readonly JsonObject[]).map((entry) => entry['rule'])).toEqual(['d']);
  });

  it('holds against hostile sizes', () => {
    const rules = Array.from({ length: 3000 }, (_, index) =>
      rule(`r${index}`, 100 + index, {
        sourceAddressPrefix: '-',
        sourceAddressPrefixes: [`${index % 200}.0.0.0/8`, '::/0'],
        destinationPortRange: `${index}-60000`,
        destinationAddressPrefix: `10.0.${index % 256}.0/24`,
      }),
    );
    // Sources of both families before a destination of one: what Azure makes of that nobody says.
    expect(rdpOf(...rules)).toMatchObject({ internet: null });
  });
});
