import { expect, test } from 'vitest';
import { type CurrentSetting, type PlanContext, type PlannedFix, planFixes } from '../../src/fix/plan.ts';
import type { Fact } from '../../src/model/fact.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { PolicyFix } from '../../src/model/policy.ts';
import { shippedLibrary } from '../scan/support.ts';

const setting = (value: Json, more: Partial<CurrentSetting> = {}): CurrentSetting => ({ value, source: 'local', unknown: false, ...more });

function plan(
  fix: Partial<PolicyFix>,
  data: JsonObject,
  current: Readonly<Record<string, CurrentSetting | null>> = {},
  more: Partial<PlanContext> = {},
): PlannedFix {
  const fact: Fact = {
    kind: 'windows.rdpListener',
    id: 'windows-host:h/x',
    name: 'x',
    target: 'windows-host:h',
    data,
    unknown: [],
    origin: { at: 'setting' },
    observedAt: null,
  };
  const [planned] = planFixes([{ title: 'Set it', ...fix }], fact, data, {
    catalogue: shippedLibrary().areas,
    intent: { adminNetworks: ['10.20.0.0/24'] },
    params: { most: 900_000 },
    targetId: (kind, name) => `${kind}:${name.toLowerCase()}`,
    current: (_target, path) => current[path.join('/')] ?? null,
    ...more,
  });
  if (planned === undefined) throw new Error('No fix.');
  return planned;
}

const changes = (planned: PlannedFix): unknown =>
  planned.changes.map((change) => (change.at === 'setting' ? [change.target, change.path.join('/'), change.before, change.after] : change));

const NLA = 'rdp/RDP-Tcp/userAuthentication';
const PROFILES = 'firewall/rules/R/profiles';
const NLA_FIX: Partial<PolicyFix> = { title: "Require NLA on '{listener}'", set: { setting: ['rdp', '{listener}', 'userAuthentication'], value: 'required' } };

test('a value, with the title, risk and needs of its setting', () => {
  const planned = plan(NLA_FIX, { listener: 'RDP-Tcp' }, { [NLA]: setting('not-required') });
  expect(changes(planned)).toEqual([['windows-host:h', NLA, 'not-required', 'required']]);
  expect(planned).toMatchObject({ title: "Require NLA on 'RDP-Tcp'", risk: 'safe', needs: ['new-sessions'], blocked: null });
});

test('what was unknown is shown as nothing', () => {
  expect(changes(plan(NLA_FIX, { listener: 'RDP-Tcp' }, { [NLA]: setting('required', { unknown: true, source: null }) }))).toEqual([
    ['windows-host:h', NLA, null, 'required'],
  ]);
});

test('a value that Group Policy owns is named, never set; the same value is no matter', () => {
  const owned = plan(NLA_FIX, { listener: 'RDP-Tcp' }, { [NLA]: setting('not-required', { source: 'gpo' }) });
  expect(owned).toMatchObject({
    changes: [],
    blocked: expect.stringMatching(/^Group Policy owns 'rdp\/RDP-Tcp\/userAuthentication': change 'Computer Configuration\\.*' there\.$/) as string,
  });
  expect(plan(NLA_FIX, { listener: 'RDP-Tcp' }, { [NLA]: setting('required', { source: 'gpo' }) }).blocked).toBeNull();
  expect(plan(NLA_FIX, { listener: 'RDP-Tcp' }, { [NLA]: setting('not-required', { source: 'gpo', gpo: 'LocalGPO' }) }).blocked).toMatch(
    /: change 'Computer Configuration\\.*' in the Group Policy object 'LocalGPO'\.$/,
  );
});

test.each<[string, Partial<PolicyFix>, JsonObject, CurrentSetting | null, string]>([
  ['a placeholder without a value', NLA_FIX, {}, null, 'What it would change is not known.'],
  ['a setting that is not there', NLA_FIX, { listener: 'RDP-Tcp' }, null, "'rdp/RDP-Tcp/userAuthentication' is not in the snapshot of its target."],
  [
    'a setting that the catalogue does not know',
    { set: { setting: ['rdp', 'x', 'nonsense'], value: 1 } },
    {},
    null,
    "The settings catalogue does not know 'rdp/x/nonsense'.",
  ],
  [
    'an intent that the estate does not state',
    { set: { setting: ['rdp', 'RDP-Tcp', 'userAuthentication'], value: { $intent: 'level' } } },
    {},
    setting('not-required'),
    "The estate does not say 'intent.level': declare it, and this becomes an edit.",
  ],
  [
    'a parameter that is none',
    { set: { setting: ['rdp', 'RDP-Tcp', 'userAuthentication'], value: { $param: 'level' } } },
    {},
    setting('not-required'),
    'The value that it should have is not known.',
  ],
  ['a host that is not known', { ...NLA_FIX, on: '{owner}' }, { listener: 'RDP-Tcp' }, setting('not-required'), 'The host that it would change is not known.'],
  [
    'a list of nothing',
    { ...NLA_FIX, forEach: '/rules' },
    { listener: 'RDP-Tcp', rules: [] },
    setting('not-required'),
    'Nothing that it would change is known.',
  ],
])('%s blocks it', (_what, fix, data, current, blocked) => {
  expect(plan(fix, data, { [NLA]: current })).toMatchObject({ changes: [], blocked });
});

const OUT: Partial<PolicyFix> = {
  set: { setting: ['firewall', 'rules', 'R', 'profiles'], without: ['Public'], whenEmpty: { setting: ['firewall', 'rules', 'R', 'enabled'], value: false } },
};

test('elements are taken out of a list, and when none is left, what stands for it is set', () => {
  expect(changes(plan(OUT, {}, { [PROFILES]: setting(['Domain', 'Public']) }))).toEqual([['windows-host:h', PROFILES, ['Domain', 'Public'], ['Domain']]]);
  expect(changes(plan(OUT, {}, { [PROFILES]: setting(['Public']), 'firewall/rules/R/enabled': setting(true) }))).toEqual([
    ['windows-host:h', 'firewall/rules/R/enabled', true, false],
  ]);
});

test('elements are the same in any case', () => {
  const DELEGATION = 'credentialDelegation/freshCredentials';
  const out: Partial<PolicyFix> = { set: { setting: DELEGATION.split('/'), without: ['TERMSRV/*'], with: ['TERMSRV/rdsh01.contoso.com'] } };
  expect(changes(plan(out, {}, { [DELEGATION]: setting(['Termsrv/*', 'termsrv/RDSH01.contoso.com']) }))).toEqual([
    ['windows-host:h', DELEGATION, ['Termsrv/*', 'termsrv/RDSH01.contoso.com'], ['termsrv/RDSH01.contoso.com']],
  ]);
});

test('elements are added once', () => {
  const add: Partial<PolicyFix> = { set: { setting: ['firewall', 'rules', 'R', 'profiles'], with: ['Domain', 'Private'] } };
  expect(changes(plan(add, {}, { [PROFILES]: setting(['Domain']) }))).toEqual([['windows-host:h', PROFILES, ['Domain'], ['Domain', 'Private']]]);
});

test('a list that could not be read is left alone', () => {
  expect(plan(OUT, {}, { [PROFILES]: setting(null, { unknown: true }) })).toMatchObject({ changes: [], blocked: 'The list as it is could not be read.' });
});

test('the items of a list parameter become one text where they are joined', () => {
  const at = 'gatewayResourcePolicies/All/ports';
  const open = (ports: Json): PlannedFix =>
    plan(
      { set: { setting: ['gatewayResourcePolicies', 'All', 'ports'], value: { $param: 'ports', join: ';' } } },
      {},
      { [at]: setting('3389;3390;445') },
      { params: { ports } },
    );
  expect(changes(open([3390, 3391]))).toEqual([['windows-host:h', at, '3389;3390;445', '3390;3391']]);
  expect(open([]).changes).toEqual([]);
});

test('parameters, intents and lone placeholders keep their type', () => {
  const at = 'rdp/RDP-Tcp/idleLimit';
  const set = (value: Json): Partial<PolicyFix> => ({ set: { setting: ['rdp', 'RDP-Tcp', 'idleLimit'], value } });
  expect(changes(plan(set({ $param: 'most' }), {}, { [at]: setting('never') }))).toEqual([['windows-host:h', at, 'never', 900_000]]);
  expect(changes(plan(set('{limit}'), { limit: 60_000 }, { [at]: setting('never') }))).toEqual([['windows-host:h', at, 'never', 60_000]]);
  const addresses = 'firewall/rules/R/remoteAddresses';
  expect(
    changes(
      plan({ set: { setting: ['firewall', 'rules', 'R', 'remoteAddresses'], value: { $intent: 'adminNetworks' } } }, {}, { [addresses]: setting(['Any']) }),
    ),
  ).toEqual([['windows-host:h', addresses, ['Any'], ['10.20.0.0/24']]]);
});

test('one change for each element that matches for certain, and the greatest risk of all', () => {
  const fix: Partial<PolicyFix> = {
    forEach: '/openedBy',
    only: { properties: { scope: { const: 'any' } }, required: ['scope'] },
    set: { setting: ['firewall', 'rules', '{rule}', 'enabled'], value: false },
  };
  const data = {
    openedBy: [
      { rule: 'a', scope: 'any' },
      { rule: 'b', scope: 'listed' },
      { rule: 'c', scope: 'any' },
    ],
  };
  const planned = plan(fix, data, { 'firewall/rules/a/enabled': setting(true), 'firewall/rules/c/enabled': setting(true) });
  expect(planned.changes.map((change) => (change.at === 'setting' ? change.path[2] : ''))).toEqual(['a', 'c']);
  expect(planned.risk).toBe('can-disconnect');
});

test('a fix of another target', () => {
  expect(changes(plan({ ...NLA_FIX, on: '{host}' }, { listener: 'RDP-Tcp', host: 'RDSH02' }, { [NLA]: setting('not-required') }))).toEqual([
    ['windows-host:rdsh02', NLA, 'not-required', 'required'],
  ]);
});

test.each([
  ['nsg-1', ['az network nsg show --name nsg-1']],
  ["a'b $(c)", ["az network nsg show --name 'a'\\''b $(c)'"]],
  ['--yes', []],
  ['@file', []],
  [null, []],
])('Azure CLI: %j gives %j', (name, az) => {
  expect(plan({ az: [['network', 'nsg', 'show', '--name', '{name}']] }, { name }).az).toEqual(az);
});

const NARROW: Partial<PolicyFix> = { az: [['x', '--source-address-prefixes', { $intent: 'adminNetworks' }]] };
test.each([
  [{ adminNetworks: ['10.20.0.0/24', '2001:db8::/48'] }, ['az x --source-address-prefixes 10.20.0.0/24 2001:db8::/48']],
  [{ adminNetworks: [] }, []],
  [{}, []],
])('Azure CLI: the intent %j gives %j', (intent, az) => {
  expect(plan(NARROW, {}, {}, { intent }).az).toEqual(az);
});

test('an empty list of networks is no list: as the addresses of a rule it would mean any', () => {
  const set = { setting: ['firewall', 'rules', 'R', 'remoteAddresses'], value: { $intent: 'adminNetworks' } };
  expect(plan({ set }, {}, { 'firewall/rules/R/remoteAddresses': setting(['Any']) }, { intent: { adminNetworks: [] } })).toMatchObject({
    changes: [],
    blocked: "The estate does not say 'intent.adminNetworks': declare it, and this becomes an edit.",
  });
});

test.each(['NET-001', 'NET-002', 'NET-004', 'NET-005', 'NET-008', 'NET-012'])('%s narrows rules to the admin networks by a command too', (id) => {
  const narrow = shippedLibrary()
    .policies.find((policy) => policy.id === id)
    ?.fix?.filter((fix) => JSON.stringify(fix.edit ?? null).includes('adminNetworks'));
  for (const form of ['single', 'list']) {
    const opened = { openedBy: [{ networkSecurityGroup: 'nsg-a', resourceGroup: 'rg-a', rule: 'open', form, from: 'internet' }] };
    const data = { rdpTcp: opened, rdpUdp: opened, management: opened };
    const fact: Fact = { kind: 'k', id: 'i', name: 'n', target: 't', data, unknown: [], origin: { at: 'setting' }, observedAt: null };
    const context = {
      catalogue: [],
      intent: { adminNetworks: ['10.20.0.0/24'] },
      params: {},
      targetId: (_kind: string, name: string) => name,
      current: () => null,
    };
    expect(planFixes(narrow ?? [], fact, data, context).map((planned) => planned.az)).toEqual([
      ['az network nsg rule update --resource-group rg-a --nsg-name nsg-a --name open --source-address-prefixes 10.20.0.0/24'],
    ]);
  }
});

test('a fix whose `when` does not certainly match is left out', () => {
  const context: PlanContext = { catalogue: [], intent: {}, params: {}, targetId: (_kind, name) => name, current: () => null };
  const fact: Fact = { kind: 'k', id: 'i', name: 'n', target: 't', data: { a: 1 }, unknown: [], origin: { at: 'setting' }, observedAt: null };
  const fixes: PolicyFix[] = [1, 2].map((a) => ({ title: `When ${a}`, when: { properties: { a: { const: a } }, required: ['a'] } }));
  expect(planFixes(fixes, fact, fact.data, context).map((planned) => planned.title)).toEqual(['When 1']);
});

test('a direction of the clipboard is closed only where the release knows directions', () => {
  const fix = shippedLibrary().policies.find(({ id }) => id === 'REDIR-002')?.fix?.[1] ?? {};
  const known = { 'redirection/clipboardToClient': setting('not-limited') };
  expect(changes(plan(fix, { clipboard: true, clipboardToClient: 'not-limited' }, known))).toEqual([
    ['windows-host:h', 'redirection/clipboardToClient', 'not-limited', 'nothing'],
  ]);
  expect(() => plan(fix, { clipboard: true, clipboardToClient: 'not-limitable' }, known)).toThrow('No fix.');
});
