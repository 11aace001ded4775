import { BlockList, isIPv6 } from 'node:net';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { addressSetOf, NO_V4, NO_V6, parsePrefix } from '../../../src/normalise/azure/address.ts';
import type { Destination } from '../../../src/normalise/azure/destination.ts';
import type { Sources } from '../../../src/normalise/azure/evaluate.ts';
import { type Bound, contains } from '../../../src/normalise/azure/interval-set.ts';
import { TCP, UDP } from '../../../src/normalise/azure/rule.ts';
import { newInterner } from '../../../src/normalise/azure/side.ts';
import { reachesOf, readSecurityGroup } from '../../../src/normalise/azure/security-group.ts';
import { spacesOf, UNKNOWN_NETWORK } from '../../../src/normalise/azure/space.ts';
import { GROUP, nsg } from './build.ts';

/** Walks rules by priority for one packet, with its own idea of addresses (the runtime's block list). */
interface Packet {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly groups: readonly string[];
}

const VNET = ['10.0.0.0/16', 'fd00:1::/48'];
const PLATFORM = '168.63.129.16';
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3', '0.0.0.0/8'];

const known = new Map<string, boolean>();

function inPrefix(address: string, prefix: string): boolean {
  const key = `${address} ${prefix}`;
  let answer = known.get(key);
  if (answer === undefined) known.set(key, (answer = check(address, prefix)));
  return answer;
}

function check(address: string, prefix: string): boolean {
  const [base = '', length] = prefix.split('/');
  const family = isIPv6(base) ? 'ipv6' : 'ipv4';
  if (isIPv6(address) !== (family === 'ipv6')) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(length ?? (family === 'ipv6' ? 128 : 32)), family);
  return list.check(address, family);
}

const isPublic = (address: string): boolean =>
  isIPv6(address) ? inPrefix(address, '2000::/3') : address !== PLATFORM && !PRIVATE.some((prefix) => inPrefix(address, prefix));

function meets(address: string, text: string): boolean {
  switch (text.toLowerCase()) {
    case '*':
      return true;
    case 'internet':
      return isPublic(address) && !VNET.some((prefix) => inPrefix(address, prefix));
    case 'virtualnetwork':
      return address === PLATFORM || VNET.some((prefix) => inPrefix(address, prefix));
    case 'azureloadbalancer':
      return address === PLATFORM;
    default:
      return inPrefix(address, text);
  }
}

const listed = (rule: JsonObject, single: string, plural: string): string[] => {
  const values = [rule[single], ...((rule[plural] ?? []) as readonly Json[])];
  return values.filter((value) => typeof value === 'string' && value !== '') as string[];
};

function meetsPort(port: number, text: string): boolean {
  if (text === '*') return true;
  const [low = '', high = low] = text.split('-');
  return Number(low) <= port && port <= Number(high);
}

function accepts(rules: readonly JsonObject[], packet: Packet): boolean {
  const inOrder = [...rules].filter((rule) => rule['direction'] === 'Inbound').toSorted((a, b) => Number(a['priority']) - Number(b['priority']));
  for (const rule of inOrder) {
    const protocol = String(rule['protocol']).toLowerCase();
    if (protocol !== '*' && protocol !== packet.protocol) continue;
    if (!listed(rule, 'sourcePortRange', 'sourcePortRanges').some((text) => meetsPort(packet.sourcePort, text))) continue;
    if (!listed(rule, 'destinationPortRange', 'destinationPortRanges').some((text) => meetsPort(packet.port, text))) continue;
    if (!listed(rule, 'sourceAddressPrefix', 'sourceAddressPrefixes').some((text) => meets(packet.source, text))) continue;
    const groups = ((rule['destinationApplicationSecurityGroups'] ?? []) as readonly JsonObject[]).map((group) => String(group['id']));
    const there =
      listed(rule, 'destinationAddressPrefix', 'destinationAddressPrefixes').some((text) => meets(packet.destination, text)) ||
      groups.some((group) => packet.groups.includes(group));
    if (there) return rule['access'] === 'Allow';
  }
  return (meets(packet.source, 'VirtualNetwork') && meets(packet.destination, 'VirtualNetwork')) || packet.source === PLATFORM;
}

const SOURCES = [
  '203.0.113.7',
  '203.0.113.200',
  '198.51.100.9',
  '8.8.8.8',
  '129.0.0.1',
  '10.0.1.9',
  '10.0.2.9',
  PLATFORM,
  '2001:db8::7',
  '2001:db8:1::7',
  '2606:4700::1',
  'fd00:1::9',
];
const SOURCE_PORTS = [0, 500, 1500, 60000];
const ASG = [`${GROUP}/microsoft.network/applicationsecuritygroups/a`, `${GROUP}/microsoft.network/applicationsecuritygroups/b`];

const sourceText = fc.constantFrom(
  '*',
  'Internet',
  'internet',
  'VirtualNetwork',
  'AzureLoadBalancer',
  '203.0.113.0/25',
  '203.0.113.7',
  '203.0.113.0/24',
  '0.0.0.0/0',
  '0.0.0.0/1',
  '128.0.0.0/1',
  '10.0.1.0/24',
  '2001:db8::/32',
  '::/0',
  '2001:db8:1::/48',
  '198.51.100.0/24',
);
const targetText = fc.constantFrom(
  '*',
  '*',
  '*',
  'VirtualNetwork',
  '10.0.1.4',
  '10.0.1.0/24',
  '10.0.2.0/24',
  '10.0.0.0/16',
  'fd00:1::4',
  '::/0',
  '0.0.0.0/0',
  'Internet',
);
const portText = fc.constantFrom('*', '3389', '3389', '3380-3390', '22', '443', '1-3388', '3390-65535');
const sourcePortText = fc.constantFrom('*', '*', '*', '*', '*', '1024-65535', '0-1023');

function sided(single: string, plural: string, text: fc.Arbitrary<string>): fc.Arbitrary<JsonObject> {
  return fc.oneof(
    { weight: 3, arbitrary: text.map((value): JsonObject => ({ [single]: value })) },
    {
      weight: 1,
      arbitrary: fc.array(text, { minLength: 1, maxLength: 3 }).map((values): JsonObject => ({ [plural]: values })),
    },
    {
      weight: 1,
      arbitrary: fc.array(text, { minLength: 1, maxLength: 2 }).map((values): JsonObject => ({ [single]: '', [plural]: values })),
    },
  );
}

const anyRule: fc.Arbitrary<JsonObject> = fc
  .tuple(
    fc.record({
      access: fc.constantFrom('Allow', 'Deny'),
      direction: fc.constantFrom('Inbound', 'Inbound', 'Inbound', 'Outbound'),
      protocol: fc.constantFrom('*', 'Tcp', 'tcp', 'Udp'),
    }),
    sided('sourceAddressPrefix', 'sourceAddressPrefixes', sourceText),
    fc.oneof(
      {
        weight: 5,
        arbitrary: sided('destinationAddressPrefix', 'destinationAddressPrefixes', targetText),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom(...ASG).map((id): JsonObject => ({ destinationApplicationSecurityGroups: [{ id }] })),
      },
    ),
    sided('destinationPortRange', 'destinationPortRanges', portText),
    sided('sourcePortRange', 'sourcePortRanges', sourcePortText),
  )
  .map((parts) => Object.assign({}, ...parts) as JsonObject);

/** Distinct priorities in random order. */
const rulesOf = (one: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject[]> =>
  fc.array(one, { minLength: 1, maxLength: 7 }).chain((rules) =>
    fc
      .shuffledSubarray(
        rules.map((_, index) => 100 + index),
        { minLength: rules.length },
      )
      .map((priorities) =>
        rules.map((rule, index): JsonObject => ({
          ...rule,
          name: `r${index}`,
          priority: priorities[index] ?? 0,
        })),
      ),
  );

const anyRules = rulesOf(anyRule);
const everySourcePort = rulesOf(anyRule.map((rule): JsonObject => ({ ...rule, sourcePortRange: '*', sourcePortRanges: [] })));

const spaces = spacesOf({ ...UNKNOWN_NETWORK, own: addressSetOf(VNET) });

function holds(sources: Sources<number> | Sources<bigint> | undefined, address: string): boolean {
  if (sources === undefined) return false;
  const prefix = parsePrefix(address);
  const [value] = [...prefix.v4, ...prefix.v6];
  if (typeof value === 'number') return contains(sources.set as readonly number[], value);
  return (sources.set as readonly Bound[]).some((start, at, all) => at % 2 === 0 && start <= (value ?? 0n) && (value ?? 0n) < (all[at + 1] ?? 0n));
}

const TARGETS: readonly { readonly address: string; readonly groups: readonly string[] }[] = [
  { address: '10.0.1.4', groups: [] },
  { address: '10.0.2.4', groups: [ASG[0] ?? ''] },
  { address: 'fd00:1::4', groups: [ASG[1] ?? ''] },
];

function destinationOf(address: string, groups: readonly string[]): Destination {
  const { v4, v6 } = parsePrefix(address);
  return { v4: v4.length > 0 ? v4 : NO_V4, v6: v6.length > 0 ? v6 : NO_V6, groups, mode: 'each' };
}

const truth = (rules: readonly JsonObject[], source: string, target: (typeof TARGETS)[number], protocol: 'tcp' | 'udp'): boolean =>
  SOURCE_PORTS.some((sourcePort) =>
    accepts(rules, {
      source,
      sourcePort,
      destination: target.address,
      port: 3389,
      protocol,
      groups: target.groups,
    }),
  );

describe('one group against packets', () => {
  it('is exact when everything is resolved', () => {
    let open = 0;
    fc.assert(
      fc.property(everySourcePort, fc.constantFrom(...TARGETS), fc.constantFrom('tcp' as const, 'udp' as const), (rules, target, protocol) => {
        const group = readSecurityGroup(nsg('nsg-a', rules), newInterner());
        const reaches = reachesOf(group, spaces, protocol === 'tcp' ? TCP : UDP, 3389, destinationOf(target.address, target.groups));
        for (const source of SOURCES) {
          if (isIPv6(source) !== isIPv6(target.address)) continue;
          const expected = truth(rules, source, target, protocol);
          if (expected) open++;
          const reach = isIPv6(source) ? reaches.v6 : reaches.v4;
          expect([source, holds(reach?.lower, source), holds(reach?.upper, source)]).toEqual([source, expected, expected]);
        }
      }),
      { seed: 20260101, numRuns: 600 },
    );
    expect(open).toBeGreaterThan(500);
  });

  const CHOICES: Readonly<Record<string, readonly Json[]>> = {
    access: ['Allow', 'Deny'],
    direction: ['Inbound', 'Outbound'],
    protocol: ['Tcp', 'Udp', '*'],
    priority: [50, 99.5, 101.5, 104.5, 4000],
    sourceAddressPrefix: ['*', 'Internet', '203.0.113.0/24', '10.0.1.0/24'],
    destinationAddressPrefix: ['*', '10.0.1.4', '10.0.2.0/24'],
    destinationPortRange: ['*', '3389', '22'],
    sourcePortRange: ['*', '0-1023'],
  };

  it('is never wrong when something is unresolved', () => {
    let certain = 0;
    let uncertain = 0;
    fc.assert(
      fc.property(
        anyRules,
        fc.constantFrom(...TARGETS.slice(0, 2)),
        fc.array(fc.tuple(fc.nat(6), fc.constantFrom(...Object.keys(CHOICES))), {
          minLength: 1,
          maxLength: 2,
        }),
        (rules, target, holes) => {
          const without = rules.map((rule) => ({ ...rule }) as Record<string, Json>);
          const places = holes
            .map(([index, name]) => ({ rule: index % rules.length, name }))
            .filter(({ rule, name }) => without[rule]?.[name] !== undefined && without[rule]?.[name] !== '');
          for (const { rule, name } of places) (without[rule] as Record<string, Json>)[name] = UNRESOLVED;
          const group = readSecurityGroup(nsg('nsg-a', without), newInterner());
          const reaches = reachesOf(group, spaces, TCP, 3389, destinationOf(target.address, target.groups));
          let resolved: Record<string, Json>[][] = [without];
          for (const { rule, name } of places)
            resolved = resolved.flatMap((all) =>
              (CHOICES[name] ?? []).map((value) => all.map((one, index) => (index === rule ? { ...one, [name]: value } : one))),
            );
          for (const source of SOURCES.filter((address) => !isIPv6(address))) {
            const answers = resolved.map((all) => truth(all, source, target, 'tcp'));
            const [lower, upper] = [holds(reaches.v4?.lower, source), holds(reaches.v4?.upper, source)];
            if (lower) expect(answers).not.toContain(false);
            if (!upper) expect(answers).not.toContain(true);
            if (lower === upper) certain++;
            else uncertain++;
          }
        },
      ),
      { seed: 20260102, numRuns: 400 },
    );
    // Useful as well as sound: most answers stay certain.
    expect(certain).toBeGreaterThan(uncertain * 4);
  });

  it('is never wrong about rules for some source ports', () => {
    fc.assert(
      fc.property(anyRules, fc.constantFrom(...TARGETS), (rules, target) => {
        const reaches = reachesOf(readSecurityGroup(nsg('nsg-a', rules), newInterner()), spaces, TCP, 3389, destinationOf(target.address, target.groups));
        for (const source of SOURCES) {
          if (isIPv6(source) !== isIPv6(target.address)) continue;
          const expected = truth(rules, source, target, 'tcp');
          const reach = isIPv6(source) ? reaches.v6 : reaches.v4;
          if (holds(reach?.lower, source)) expect([source, expected]).toEqual([source, true]);
          if (!holds(reach?.upper, source)) expect([source, expected]).toEqual([source, false]);
        }
      }),
      { seed: 20260104, numRuns: 600 },
    );
  });

  it('finds the same through a subnet as through its addresses one by one', () => {
    fc.assert(
      fc.property(everySourcePort, (rules) => {
        const group = readSecurityGroup(nsg('nsg-a', rules), newInterner());
        const whole: Destination = {
          v4: [...parsePrefix('10.0.1.4').v4, ...parsePrefix('10.0.2.4').v4],
          v6: NO_V6,
          groups: [],
          mode: 'some',
        };
        const [some, each] = (['some', 'each'] as const).map((mode) => reachesOf(group, spaces, TCP, 3389, { ...whole, mode }));
        for (const source of SOURCES.filter((address) => !isIPv6(address))) {
          const answers = ['10.0.1.4', '10.0.2.4'].map((address) => truth(rules, source, { address, groups: [] }, 'tcp'));
          expect(holds(some?.v4?.lower, source)).toBe(answers.includes(true));
          expect(holds(each?.v4?.lower, source)).toBe(!answers.includes(false));
          expect(holds(each?.v4?.upper, source)).toBe(answers.includes(true));
        }
      }),
      { seed: 20260103, numRuns: 300 },
    );
  });
});
