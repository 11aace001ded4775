import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { readEstate } from '../../src/estate/load.ts';
import type { Estate, EstateHost } from '../../src/model/estate.ts';
import type { Json } from '../../src/model/json.ts';
import { UserError } from '../../src/model/problem.ts';
import { shippedLibrary } from '../scan/support.ts';

const read = (text: string): Estate => readEstate(parse(`version: 1\nname: contoso\n${text}`) as Json, 'estate.yaml', shippedLibrary().areas);

function faults(text: string): readonly string[] {
  try {
    read(text);
  } catch (error) {
    if (error instanceof UserError) return error.details;
    throw error;
  }
  throw new Error('It was accepted.');
}

const host = (estate: Estate, name: string): EstateHost | undefined => estate.hosts.find((candidate) => candidate.name === name);
const declared = (found: EstateHost | undefined): unknown => found?.declared.map(({ path, value, pointer }) => [path.join('/'), value, pointer]);

test('the smallest estate, and its defaults', () => {
  expect(read('')).toMatchObject({
    name: 'contoso',
    file: 'estate.yaml',
    hosts: [],
    deployments: [],
    gateways: [],
    templates: [],
    pulumi: [],
    azure: null,
    packs: [],
    params: {},
    snapshots: { folder: 'snapshots', maxAgeDays: null },
    intent: { gatewayFqdn: null, adminNetworks: [] },
  });
});

test('hosts have their own settings before those of their groups, and know where each stands', () => {
  const estate = read(`
groups:
  all: { hosts: [A.contoso.com, b.contoso.com], roles: [session-host], connect: { over: ssh }, settings: { rdp: { RDP-Tcp: { userAuthentication: required, encryptionLevel: high } } } }
  "x/y~z": { hosts: [c.contoso.com], settings: { rdp: { "L/1": { userAuthentication: required } } } }
hosts:
  - { name: a.contoso.com, roles: [gateway], settings: { rdp: { RDP-Tcp: { userAuthentication: not-required } } } }
`);
  const a = host(estate, 'a.contoso.com');
  expect(declared(a)).toEqual([
    ['rdp/RDP-Tcp/userAuthentication', 'not-required', '/hosts/0/settings/rdp/RDP-Tcp/userAuthentication'],
    ['rdp/RDP-Tcp/encryptionLevel', 'high', '/groups/all/settings/rdp/RDP-Tcp/encryptionLevel'],
  ]);
  expect(a).toMatchObject({ roles: ['gateway', 'session-host'], groups: ['all'], over: 'ssh', pointer: '/hosts/0', own: '/hosts/0', address: 'a.contoso.com' });
  expect(host(estate, 'b.contoso.com')).toMatchObject({ pointer: '/groups/all/hosts/1', own: null, over: 'ssh' });
  expect(declared(host(estate, 'c.contoso.com'))).toEqual([['rdp/L/1/userAuthentication', 'required', '/groups/x~1y~0z/settings/rdp/L~11/userAuthentication']]);
  expect(estate.hosts.length).toBe(3);
});

test('settings that say nothing are none', () => {
  expect(host(read('hosts: [{ name: a, settings: { rdp: null } }, { name: b, settings: null }, { name: c, settings: {} }]'), 'a')?.declared).toEqual([]);
});

test.each<[string, string, RegExp]>([
  [
    'two groups that disagree',
    'groups: { one: { hosts: [a], settings: { rdp: { l: { userAuthentication: required } } } }, two: { hosts: [A], settings: { rdp: { l: { userAuthentication: not-required } } } } }',
    /The groups 'one' and 'two' disagree on 'rdp\/l\/userAuthentication' of 'a'/,
  ],
  [
    'an unknown setting',
    'hosts: [{ name: a, settings: { rdp: { l: { userAuthentification: required } } } }]',
    /'\/hosts\/0\/settings\/rdp\/l\/userAuthentification'.*did you mean 'userAuthentication'\?$/,
  ],
  ['an unknown area', 'hosts: [{ name: a, settings: { rpd: { l: { userAuthentication: required } } } }]', /did you mean 'rdp'\?$/],
  [
    'a wrong value',
    'hosts: [{ name: a, settings: { rdp: { l: { userAuthentication: true } } } }]',
    /"?true"? of 'rdp\/l\/userAuthentication' must be one of 'required', 'not-required', not 'true'/,
  ],
  ['a value where settings go on', 'hosts: [{ name: a, settings: { rdp: 5 } }]', /'rdp' is a map of settings, not a value/],
  ['a setting of another kind of target', 'deployments: [{ broker: b, settings: { rdp: { l: { userAuthentication: required } } } }]', /has no 'rdp'/],
  ['a host twice', 'hosts: [{ name: a.contoso.com }, { name: A.contoso.com }]', /The host 'A\.contoso\.com' is listed twice/],
  ['a deployment twice', 'deployments: [{ broker: a }, { broker: A }]', /The deployment 'A' is listed twice/],
  ['a gateway twice', 'gateways: [{ name: a }, { name: a }]', /The gateway 'a' is listed twice/],
  ['an unknown key', 'hosst: []', /did you mean 'hosts'\?$/],
  ['__proto__ as a key', '"__proto__": { name: x }', /__proto__/],
  ['a name with a blank', 'hosts: [{ name: "a b" }]', /host name without blanks/],
  ['a name with an escape', 'hosts: [{ name: "a\\e[31m" }]', /host name without blanks/],
  ['a port out of range', 'hosts: [{ name: a, rdpPort: 70000 }]', /out of range/],
  ['a way to connect', 'hosts: [{ name: a, connect: { over: telnet } }]', /'snapshot', 'ssh', 'winrm', 'local'/],
  ['an age', 'snapshots: { maxAge: 3 weeks }', /an age such as 30d/],
  ['an admin network', 'intent: { adminNetworks: [everywhere] }', /CIDR range/],
  ['hosts that are no list', 'hosts: { name: a }', /must be a list/],
])('%s is an error', (_what, text, message) => {
  const found = faults(text);
  expect(found.length).toBe(1);
  expect(found[0]).toMatch(message);
});

test('another version, or no estate at all', () => {
  for (const value of [{ version: 2, name: 'x' }, { name: 'x' }, [], 'x', null])
    expect(() => readEstate(value, 'estate.yaml', [])).toThrow(/'estate\.yaml' cannot be used/);
});

test('20 faults at once are all said; of more, how many', () => {
  const hosts = (count: number): string =>
    `hosts:\n${Array.from({ length: count }, (_, index) => `  - { name: h${index}, settings: { rdp: { l: { nonsense: ${index} } } } }\n`).join('')}`;
  expect(faults(hosts(20)).length).toBe(20);
  expect(faults(hosts(500)).at(-1)).toBe('… and 480 more.');
});

test('20,000 hosts in groups take no time', () => {
  const names = Array.from({ length: 20_000 }, (_, index) => `h${index}.contoso.com`);
  const value: Json = {
    version: 1,
    name: 'big',
    groups: { a: { hosts: names }, b: { hosts: names.slice(0, 10_000) } },
    hosts: names.slice(5000, 15_000).map((name) => ({ name })),
  };
  expect(readEstate(value, 'estate.yaml', []).hosts.length).toBe(20_000);
});

test('how RD Web Access is reached is one of three words, and missing where nobody says it', () => {
  const estate = read('hosts: [{ name: a.contoso.com, rdWeb: pre-authenticated }, { name: b.contoso.com }]');
  expect(host(estate, 'a.contoso.com')?.rdWeb).toBe('pre-authenticated');
  expect(host(estate, 'b.contoso.com')).not.toHaveProperty('rdWeb');
  expect(faults('hosts: [{ name: a.contoso.com, rdWeb: maybe }]').join()).toContain('rdWeb');
});

test('what a host has of several groups does not hang on their order in the file', () => {
  const a = 'a: { hosts: [x.contoso.com], roles: [web], connect: { over: ssh } }';
  const b = 'b: { hosts: [y.contoso.com, X.contoso.com], roles: [gateway], connect: { over: winrm } }';
  const empty = 'c: { hosts: [] }';
  for (const groups of [
    [a, b, empty],
    [empty, b, a],
  ]) {
    const estate = read(`groups: { ${groups.join(', ')} }`);
    expect(host(estate, 'x.contoso.com')).toMatchObject({ groups: ['a', 'b'], roles: ['web', 'gateway'], over: 'ssh', pointer: '/groups/a/hosts/0' });
    expect(host(estate, 'y.contoso.com')).toMatchObject({ groups: ['b'], pointer: '/groups/b/hosts/0' });
    expect(estate.groups.toSorted()).toEqual(['a', 'b', 'c']);
  }
});
