import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../../src/model/json.ts';
import { UNREADABLE } from '../../../../src/model/snapshot.ts';
import { factsOf, host, ok, profileRow, reachOn, rule } from './host.ts';

/**
 * A firewall of its own, told by packets: every rule is tried on every packet by the precedence of [MS-FASP], for every way
 * in which what could not be read may be completed. Nothing here is shared with the function under test.
 */

interface Packet {
  readonly address: string;
  readonly alias: string;
  readonly authenticated: boolean;
  readonly inLocalSubnet: boolean;
}

interface Rule {
  readonly enabled: boolean;
  readonly action: 'allow' | 'block' | 'bypass';
  readonly profiles: number;
  readonly local: boolean;
  readonly protocol: 'TCP' | 'UDP' | 'Any';
  readonly port: string;
  readonly program: string;
  readonly service: string;
  readonly alias: string;
  readonly remote: string;
  readonly authentication: boolean;
}

interface Settings {
  readonly enabled: boolean;
  readonly allowByDefault: boolean;
  readonly allowInbound: boolean;
  readonly allowLocal: boolean;
  readonly excluded: string;
}

type Unknown<T> = { readonly [K in keyof T]: T[K] | null };

const DOMAINS = {
  enabled: [true, false],
  action: ['allow', 'block', 'bypass'],
  profiles: [0, 1, 2, 4, 5],
  local: [true, false],
  protocol: ['TCP', 'UDP', 'Any'],
  port: ['3389', 'Any', '80', '3000-4000', '22,3389', 'RPC'],
  program: ['Any', 'C:\\Windows\\System32\\svchost.exe', 'System', 'C:\\App\\app.exe'],
  service: ['Any', '*', 'TermService', 'Dnscache'],
  alias: ['Any', 'eth0', 'eth1'],
  remote: ['Any', '10.1.0.0/16', '10.1.2.0/24', '203.0.113.0/24', '0.0.0.0/1', '128.0.0.0-255.255.255.255', 'LocalSubnet', '10.1.2.3', '::/0'],
  authentication: [true, false],
} as const;

const ADDRESSES = ['10.1.2.3', '10.1.2.9', '10.1.9.9', '203.0.113.5', '8.8.8.8', '150.1.1.1', '172.30.1.2', '2001:4860::1', 'fe80::9'] as const;
/** Each stands for most of the Internet's upper or lower half, or of IPv6. */
const BULK = ['8.8.8.8', '150.1.1.1', '2001:4860::1'];
const REACHES = ['nobody', 'listed', 'local-subnet', 'any'];

function number(address: string): number {
  return address.split('.').reduce((value, part) => value * 256 + Number(part), 0);
}

function inRange(address: string, range: string): boolean {
  if (range === 'Any') return true;
  if (range === '::/0') return address.includes(':');
  if (address.includes(':')) return false;
  const value = number(address);
  const [from = '', to] = range.split('-');
  if (to !== undefined) return number(from) <= value && value <= number(to);
  const [base = '', bits = '32'] = range.split('/');
  const size = 2 ** (32 - Number(bits));
  return Math.floor(number(base) / size) === Math.floor(value / size);
}

function portHolds(port: string): boolean {
  return port.split(',').some((each) => {
    const [low, high] = each.split('-');
    return each === 'Any' || each === '3389' || (high !== undefined && Number(low) <= 3389 && 3389 <= Number(high));
  });
}

function matches(each: Rule, packet: Packet, settings: Settings, profile: number): boolean {
  return (
    each.enabled &&
    (each.profiles === 0 || (each.profiles & profile) !== 0) &&
    (settings.allowLocal || !each.local) &&
    each.protocol !== 'UDP' &&
    portHolds(each.port) &&
    (each.program === 'Any' || each.program.toLowerCase().endsWith('svchost.exe')) &&
    ['Any', '*', 'TermService'].includes(each.service) &&
    (each.alias === 'Any' || each.alias === packet.alias) &&
    (each.remote === 'LocalSubnet' ? packet.inLocalSubnet : inRange(packet.address, each.remote)) &&
    (packet.authenticated || !(each.authentication || each.action === 'bypass'))
  );
}

/** Let in, and whether only the keyword LocalSubnet did it. */
function judge(packet: Packet, rules: readonly Rule[], settings: Settings, profile: number): 'no' | 'yes' | 'by-subnet' {
  if (!settings.enabled || settings.excluded === packet.alias) return 'yes';
  if (!settings.allowInbound) return 'no';
  const hits = rules.filter((each) => matches(each, packet, settings, profile));
  if (hits.some((each) => each.action === 'bypass')) return 'yes';
  if (hits.some((each) => each.action === 'block')) return 'no';
  const allows = hits.filter((each) => each.action === 'allow');
  if (allows.some((each) => each.remote !== 'LocalSubnet') || settings.allowByDefault) return 'yes';
  return allows.length > 0 ? 'by-subnet' : 'no';
}

function oracle(rules: readonly Rule[], settings: Settings, profile: number, subnet: string): number {
  let far = 0;
  for (const address of ADDRESSES) {
    for (const alias of ['eth0', 'eth1']) {
      for (const authenticated of [false, true]) {
        const packet = {
          address,
          alias,
          authenticated,
          inLocalSubnet: address === 'fe80::9' || inRange(address, subnet),
        };
        const verdict = judge(packet, rules, settings, profile);
        if (verdict === 'no') continue;
        // Authenticated peers are a list; what anybody may do they may do too.
        const wide = authenticated ? 1 : verdict === 'by-subnet' ? 2 : BULK.includes(address) ? 3 : 1;
        far = Math.max(far, wide);
      }
    }
  }
  return far;
}

function* completions(rules: readonly Unknown<Rule>[], settings: Unknown<Settings>): Generator<{ rules: readonly Rule[]; settings: Settings }> {
  for (const [index, each] of rules.entries()) {
    for (const [name, value] of Object.entries(each)) {
      if (value !== null) continue;
      for (const choice of DOMAINS[name as keyof typeof DOMAINS]) {
        yield* completions(
          rules.map((other, at) => (at === index ? { ...other, [name]: choice } : other)),
          settings,
        );
      }
      return;
    }
  }
  for (const [name, value] of Object.entries(settings)) {
    if (value !== null) continue;
    for (const choice of name === 'excluded' ? ['', 'eth0'] : [true, false]) yield* completions(rules, { ...settings, [name]: choice });
    return;
  }
  yield { rules: rules as readonly Rule[], settings: settings as Settings };
}

function row(each: Unknown<Rule>, index: number): JsonObject {
  const code: Json = each.action === null ? null : each.action === 'block' ? 4 : each.action === 'bypass' ? 3 : 2;
  return rule({
    InstanceID: `rule-${index}`,
    Enabled: each.enabled === null ? null : each.enabled ? 1 : 2,
    Action: code,
    Profiles: each.profiles,
    PolicyStoreSourceType: each.local === null ? null : each.local ? 1 : 2,
    Protocol: each.protocol,
    LocalPort: each.port === null ? null : each.port.includes(',') ? each.port.split(',') : each.port,
    Program: each.program,
    Service: each.service,
    InterfaceAlias: each.alias ?? UNREADABLE,
    RemoteAddress: each.remote,
    Authentication: each.authentication === null ? 'unheard of' : each.authentication ? 1 : 0,
  });
}

const weighted = <T>(values: readonly T[], usual: T): fc.Arbitrary<T> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: fc.constantFrom(...values) });
const anyRule: fc.Arbitrary<Rule> = fc
  .record({
    enabled: weighted(DOMAINS.enabled, true),
    action: fc.constantFrom(...DOMAINS.action, 'allow' as const, 'block' as const),
    profiles: weighted(DOMAINS.profiles, 0),
    local: weighted(DOMAINS.local, true),
    protocol: weighted(DOMAINS.protocol, 'TCP'),
    port: weighted(DOMAINS.port, '3389'),
    program: weighted(DOMAINS.program, 'Any'),
    service: weighted(DOMAINS.service, 'Any'),
    alias: weighted(DOMAINS.alias, 'Any'),
    remote: fc.constantFrom(...DOMAINS.remote),
    authentication: weighted(DOMAINS.authentication, false),
  })
  .map((each) => (each.action === 'block' ? { ...each, authentication: false } : each));
const anySettings: fc.Arbitrary<Settings> = fc.record({
  enabled: weighted([true, false], true),
  allowByDefault: weighted([true, false], false),
  allowInbound: weighted([true, false], true),
  allowLocal: weighted([true, false], true),
  excluded: weighted(['', 'eth0'], ''),
});
/** Members of rules and settings that could not be read. */
const MEMBERS = ['enabled', 'action', 'profiles', 'local', 'protocol', 'port', 'program', 'service', 'remote', 'authentication'] as const;
const holes = fc.array(fc.tuple(fc.nat(4), fc.constantFrom(...MEMBERS)), { maxLength: 2 });
/** Whatever the interface is, a rule holds on one; that is not told from one that holds on none. */
const allHoles = fc.array(fc.tuple(fc.nat(4), fc.constantFrom(...MEMBERS, 'alias' as const)), { maxLength: 2 });
const settingHoles = fc.option(fc.constantFrom('enabled', 'allowByDefault', 'allowInbound', 'allowLocal'), { nil: undefined, freq: 4 });

function snapshotOf(rules: readonly Unknown<Rule>[], settings: Unknown<Settings>) {
  const flag = (value: boolean | null): Json => (value === null ? 'unheard of' : value ? 1 : 0);
  return host({
    'firewall.rules': ok(rules.map(row)),
    'firewall.profiles': ok([
      profileRow('Domain', {
        Enabled: flag(settings.enabled),
        DefaultInboundAction: settings.allowByDefault === null ? 'unheard of' : settings.allowByDefault ? 2 : 4,
        AllowInboundRules: flag(settings.allowInbound),
        AllowLocalFirewallRules: flag(settings.allowLocal),
        DisabledInterfaceAliases: settings.excluded === '' ? null : settings.excluded,
      }),
    ]),
    'network.profiles': ok([
      { InterfaceAlias: 'eth0', InterfaceIndex: 1, NetworkCategory: 2, IPv4Connectivity: 4 },
      { InterfaceAlias: 'eth1', InterfaceIndex: 2, NetworkCategory: 2, IPv4Connectivity: 4 },
    ]),
    'network.addresses': ok([]),
  });
}

/** Block rules that only authenticated peers meet do not exist, so neither does a rule that may be one. */
function withHoles(rules: readonly Rule[], unread: readonly (readonly [number, string])[]): readonly Unknown<Rule>[] {
  return rules.map((each, index) => {
    const names = unread.filter(([at]) => at === index).map(([, name]) => name);
    const blocks = each.action === 'block' || names.includes('action');
    const nulls = Object.fromEntries(names.filter((name) => !(blocks && name === 'authentication')).map((name) => [name, null]));
    return { ...each, authentication: each.authentication && !blocks, ...nulls };
  });
}

/** A subnet beside every listed range, and one inside two of them. */
const SUBNETS = ['172.30.1.0/24', '10.1.2.0/24'];

it('never says for certain what a packet contradicts', () => {
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 5 }), anySettings, allHoles, settingHoles, (known, settings, unread, unreadSetting) => {
      const rules = withHoles(known, unread);
      const state: Unknown<Settings> = unreadSetting === undefined ? settings : { ...settings, [unreadSetting]: null };
      const { least, most } = reachOn(snapshotOf(rules, state), 'Domain');
      for (const completed of completions(rules, state)) {
        for (const subnet of SUBNETS) {
          const far = oracle(completed.rules, completed.settings, 1, subnet);
          expect(far).toBeGreaterThanOrEqual(REACHES.indexOf(least));
          expect(far).toBeLessThanOrEqual(REACHES.indexOf(most));
        }
      }
    }),
    { seed: 20261122, numRuns: 600 },
  );
});

it('is certain wherever everything was read and no keyword meets a range', () => {
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 6 }), anySettings, (rules, settings) => {
      const words = rules.some((each) => each.remote === 'LocalSubnet');
      const { least, most } = reachOn(snapshotOf(rules, settings), 'Domain');
      const far = REACHES[oracle(rules, settings, 1, '172.30.1.0/24')];
      if (words && least !== most) return;
      expect([least, most]).toEqual([far, far]);
    }),
    { seed: 20261123, numRuns: 1000 },
  );
});

it('is unknown only where a completion changes the answer', () => {
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 4 }), anySettings, holes, settingHoles, (known, settings, unread, unreadSetting) => {
      fc.pre(known.every((each) => each.remote !== 'LocalSubnet'));
      const rules = withHoles(known, unread);
      fc.pre(rules.every((each) => each.remote !== null));
      const state: Unknown<Settings> = unreadSetting === undefined ? settings : { ...settings, [unreadSetting]: null };
      const { least, most } = reachOn(snapshotOf(rules, state), 'Domain');
      const found = [...completions(rules, state)].map((completed) => oracle(completed.rules, completed.settings, 1, '172.30.1.0/24'));
      expect([least, most]).toEqual([REACHES[Math.min(...found)], REACHES[Math.max(...found)]]);
    }),
    { seed: 20261124, numRuns: 600 },
  );
});

it('knows address for address who gets in', () => {
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 4 }), anySettings, allHoles, settingHoles, (anyProtocol, settings, unread, unreadSetting) => {
      fc.pre(anyProtocol.every((each) => each.remote !== 'LocalSubnet'));
      // TCP and UDP are taken together, and the packets here are of TCP: so both are alike.
      fc.pre(unread.every(([, name]) => name !== 'protocol'));
      const known = anyProtocol.map((each) => ({ ...each, protocol: 'Any' as const }));
      const rules = withHoles(known, unread);
      const state: Unknown<Settings> = unreadSetting === undefined ? settings : { ...settings, [unreadSetting]: null };
      const sources = factsOf(snapshotOf(rules, state), 'windows.rdpSources')[0]?.data;
      const isIn = (address: string, ranges: Json | undefined): boolean => ((ranges ?? []) as string[]).some((range) => inTexts(address, range));
      for (const address of ADDRESSES) {
        const getsIn = (authenticated: boolean): boolean[] =>
          [...completions(rules, state)].map((completed) =>
            ['eth0', 'eth1'].some((alias) => judge({ address, alias, authenticated, inLocalSubnet: false }, completed.rules, completed.settings, 1) !== 'no'),
          );
        const anonymous = getsIn(false);
        if ([...anonymous, ...getsIn(true)].includes(true)) expect(isIn(address, sources?.['possible']), address).toBe(true);
        if (isIn(address, sources?.['certain'])) expect(anonymous, address).not.toContain(false);
      }
    }),
    { seed: 20261125, numRuns: 600 },
  );
});

/** Is an address of the test in a range as facts write it? Of IPv6 there are only ranges that hold the whole or half of it. */
function inTexts(address: string, range: string): boolean {
  if (!address.includes(':')) return !range.includes(':') && inRange(address, range);
  return range === 'Any' || range === '::/0';
}
