import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemble } from '../../../src/collect/cloud/assemble.ts';
import { type Declared, identityOfId, newReading } from '../../../src/collect/cloud/declared.ts';
import type { CloudResource } from '../../../src/model/cloud-resource.ts';
import type { Fact } from '../../../src/model/fact.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { normaliseCloud } from '../../../src/normalise/azure/normalise.ts';
import { CONTEXT, factsOf, idOf, nsg, resource, TARGET } from './build.ts';
import { child } from './estate.ts';
import { HOST, isDelivered, LINK, neighboursOf, numberOf, resourcesOf, sizeOf, TAGS, topologies, type Topology } from './packet-world.ts';

/**
 * A condition that nobody knows makes several worlds of one document, and packets are sent through each of them. Where one is not
 * deployed, another of its name that was there before stays: then anything may stand in its place.
 */

const NSG = 'Microsoft.Network/networkSecurityGroups';
const VNET = 'Microsoft.Network/virtualNetworks';
const POLICY = 'Microsoft.Network/firewallPolicies';
const INTERNET = 2 ** 24;

function declared(made: CloudResource, condition: string | null = null): Declared {
  const identity = identityOfId(made.id);
  if (identity === null) throw new Error(made.id);
  const { body, apiVersion, pointer, displayId, context } = made;
  return { ...identity, body, whole: true, apiVersion, pointer, displayId, context, condition };
}

function factsIn(all: readonly Declared[]): readonly Fact[] {
  const { inventory } = assemble({ ...newReading(), declared: [...all] }, 'main.json', 'arm', true);
  return normaliseCloud({ ...inventory, unread: [] }, TARGET, { ...CONTEXT, serviceTags: { cloud: 'Public', prefixes: TAGS } }).facts;
}

const nameOf = ({ type, name }: CloudResource): string => `${type.slice(type.lastIndexOf('/') + 1)}/${name.toLowerCase()}`;

/** All of a topology, those of a name under the condition `x`. */
function withCondition(topology: Topology, ...names: readonly string[]): Declared[] {
  return resourcesOf(topology).map((made) => declared(made, names.includes(nameOf(made)) ? 'x' : null));
}

const subnetOf = (group: string | null): CloudResource =>
  child(VNET, 'net', 'subnets', 'hosts', { addressPrefix: '10.1.2.0/24', ...(group === null ? {} : { networkSecurityGroup: idOf(NSG, group) }) });

const groupOf = (rules: readonly JsonObject[] | null, name: string): Declared[] => (rules === null ? [] : [declared(nsg(name, rules))]);

const open: JsonObject = {
  name: 'open',
  priority: 100,
  access: 'Allow',
  direction: 'Inbound',
  protocol: '*',
  destinationPortRange: '*',
  sourceAddressPrefix: '*',
  destinationAddressPrefix: '*',
};
/** Whatever group may stand at the subnet. */
const anyGroup = (topology: Topology): Topology[] => [null, [open], [{ ...open, access: 'Deny' }]].map((subnetRules) => ({ ...topology, subnetRules }));

/** The network without the subnet of the hosts in its own list. */
function withoutHosts(all: readonly Declared[]): Declared[] {
  return all.map((one) =>
    one.type === VNET.toLowerCase() ? { ...one, body: { ...one.body, subnets: (one.body['subnets'] as readonly JsonObject[]).slice(1) } } : one,
  );
}

interface Doubt {
  readonly all: readonly Declared[];
  readonly worlds: readonly Topology[];
}

const DOUBTS: Readonly<Record<string, (topology: Topology, other: Topology) => Doubt>> = {
  'a child in place of a subnet': (topology, other) => ({
    all: [...withCondition(topology), ...groupOf(other.subnetRules, 'other'), declared(subnetOf(other.subnetRules === null ? null : 'other'), 'x')],
    worlds: [topology, { ...topology, subnetRules: other.subnetRules }],
  }),
  'a subnet': (topology) => ({
    all: [...withoutHosts(withCondition(topology)), declared(subnetOf(topology.subnetRules === null ? null : 'subnet'), 'x')],
    worlds: [topology, ...anyGroup(topology)],
  }),
  'two subnets of one name': (topology, other) => ({
    all: [
      ...withoutHosts(withCondition(topology)),
      ...groupOf(other.subnetRules, 'other'),
      declared(subnetOf(topology.subnetRules === null ? null : 'subnet'), 'x'),
      declared(subnetOf(other.subnetRules === null ? null : 'other'), 'y'),
    ],
    worlds: [topology, { ...topology, subnetRules: other.subnetRules }, ...anyGroup(topology)],
  }),
  'a network': (topology) => ({ all: withCondition(topology, 'virtualnetworks/net'), worlds: [topology, ...anyGroup(topology)] }),
  'a group': (topology) => ({
    all: withCondition(topology, 'networksecuritygroups/subnet'),
    worlds: topology.subnetRules === null ? [topology] : [topology, ...anyGroup(topology).slice(1)],
  }),
  'a child in place of a rule': (topology, other) => {
    const [first] = topology.nicRules ?? [];
    const replacement = { ...(other.nicRules?.[0] ?? open), name: 'r0', priority: other.nicRules?.length === 1 ? 100 : 150 };
    if (first === undefined) return { all: withCondition(topology), worlds: [topology] };
    return {
      all: [...withCondition(topology), declared(child(NSG, 'nic', 'securityRules', 'r0', replacement), 'x')],
      worlds: [topology, { ...topology, nicRules: [replacement, ...(topology.nicRules ?? []).slice(1)] }],
    };
  },
  'two rules of one name': (topology, other) => {
    const rules = [other.nicRules?.[0], other.subnetRules?.[0]].map((one) => ({ ...(one ?? open), name: 'twice', priority: 99 }));
    if (topology.nicRules === null) return { all: withCondition(topology), worlds: [topology] };
    return {
      all: [...withCondition(topology), ...rules.map((one, index) => declared(child(NSG, 'nic', 'securityRules', 'twice', one), index === 0 ? 'x' : 'y'))],
      worlds: [topology, ...rules.map((one): Topology => ({ ...topology, nicRules: [one, ...(topology.nicRules ?? [])] }))],
    };
  },
  // Its SKU decides where no group does.
  'a public address': (topology) => ({
    all: withCondition({ ...topology, subnetRules: null }, 'publicipaddresses/pip'),
    worlds: (['Basic', 'Standard'] as const).map((sku) => ({ ...topology, subnetRules: null, sku })),
  }),
  'a group of DNAT rules': (drawn) => openInside({ ...drawn, subnetRules: null, adminRules: [] }),
};

/** The priority of the rule that is asked first. */
const FIRST = 100;

/** Whatever a firewall lets in is delivered, so that its rules alone decide. */
function openInside(topology: Topology): Doubt {
  return {
    all: [
      ...withCondition({ ...topology, dnat: [] }).map((one) =>
        one.type.endsWith('/azurefirewalls') ? { ...one, body: { ...one.body, firewallPolicy: idOf(POLICY, 'fw') } } : one,
      ),
      declared(resource(POLICY, 'fw', {})),
      ...topology.dnat.map(({ priority = null, ...one }, index) => {
        const rules = [{ ...one, ruleType: 'NatRule', ipProtocols: ['TCP'] }];
        const ruleCollections = [{ name: 'c', priority: 100, ruleCollectionType: 'FirewallPolicyNatRuleCollection', rules }];
        return declared(child(POLICY, 'fw', 'ruleCollectionGroups', `g${index}`, { priority, ruleCollections }), priority === FIRST ? 'x' : null);
      }),
    ],
    worlds: [topology, { ...topology, dnat: topology.dnat.filter(({ priority }) => priority !== FIRST) }],
  };
}

/** What is said has to be so in every world; null is said of what differs. */
function expectTrue(found: unknown, answers: readonly boolean[], seen: { certain: number; unknown: number }): void {
  if (found === true) expect(answers).not.toContain(false);
  if (found === false) expect(answers).not.toContain(true);
  seen[found === null ? 'unknown' : 'certain']++;
}

describe('what may be there or not, against packets', () => {
  it.each(Object.keys(DOUBTS))('%s is never taken for certain', (name) => {
    const seen = { certain: 0, unknown: 0 };
    fc.assert(
      fc.property(topologies, topologies, (topology, other) => {
        const doubt = DOUBTS[name]?.(topology, other) ?? { all: [], worlds: [] };
        const made = factsIn(doubt.all);
        const paths = factsOf(made, 'azure.ingressPath');
        expect(paths.length).toBeGreaterThan(2);
        for (const { data } of paths) {
          const through = String(data['through']);
          if (name === 'a public address' && through !== 'pip') continue;
          // A way is not there without its rule.
          const worlds = doubt.worlds.filter(({ dnat }) => !through.startsWith('fw/') || dnat.some((one) => through.endsWith(`/${String(one['name'])}`)));
          const answers = worlds.map((world) => sizeOf(world, through, false) >= INTERNET);
          expectTrue((data['rdpTcp'] as JsonObject)['internet'], answers, seen);
        }
        const world = (tag: readonly string[]) => ({ tag, members: ['10.1.2.9'], withCloud: true });
        const consumers = doubt.worlds.map((one) => isDelivered(one, numberOf(LINK), HOST, false, world(one.tag)));
        for (const { data } of factsOf(made, 'azure.privateLinkService')) expectTrue(data['reachesRdp'], consumers, { certain: 0, unknown: 0 });
        const lateral = topology.tag.length === 1 ? factsOf(made, 'azure.lateralRdp') : [];
        for (const { data } of lateral)
          expectTrue(
            data['lateral'],
            doubt.worlds.map((one) => neighboursOf(one) > 64),
            { certain: 0, unknown: 0 },
          );
      }),
      { seed: 20260120, numRuns: 100 },
    );
    expect(Math.min(seen.certain - 20, seen.unknown)).toBeGreaterThan(5);
  });

  it('is as certain as ever when all of it stands on one condition', () => {
    fc.assert(
      fc.property(topologies, (topology) => {
        const all = [...withoutHosts(withCondition(topology)), declared(subnetOf(topology.subnetRules === null ? null : 'subnet'))];
        const said = (condition: string | null): unknown =>
          factsIn(all.map((one) => ({ ...one, condition })))
            .filter(({ kind }) => ['azure.ingressPath', 'azure.lateralRdp', 'azure.networkInterface', 'azure.privateLinkService'].includes(kind))
            .map(({ data, unknown }) => ({ data, unknown }));
        expect(said('x')).toEqual(said(null));
      }),
      { seed: 20260121, numRuns: 60 },
    );
  });
});
