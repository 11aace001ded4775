import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import { isObject, type Json } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { sameResource } from '../../../lib/azure-id.ts';
import { withAdminRules } from '../admin-reach.ts';
import { type AdminRule, type AdminRules, type AdminRulesOf, isAllSeen, rulesOf } from '../admin-rule.ts';
import { ALL_SEEN, managerOf, networksOf } from '../admin-unseen.ts';
import { NO_ADDRESSES } from '../address.ts';
import { isThere } from '../coverage.ts';
import type { Reach } from '../evaluate.ts';
import { atLeast, measure } from '../exposure.ts';
import { makeFact } from '../fact.ts';
import { RDP_PORT } from '../group-fact.ts';
import type { Nic } from '../interface.ts';
import { type Bound, type Intervals, union } from '../interval-set.ts';
import type { Network } from '../network.ts';
import { ofType, resourceGroupOf } from '../resources.ts';
import { TCP } from '../rule.ts';
import type { Space, Spaces } from '../space.ts';
import { known } from '../values.ts';

const VNET_TYPE = 'microsoft.network/virtualnetworks';
const COLLECTION_TYPE = 'microsoft.network/networkmanagers/securityadminconfigurations/rulecollections';

/** For each virtual network with Windows machines that a network manager rules over. Where none does, there is nothing to say. */
export function adminBaselineFacts(target: Target, network: Network, nics: readonly Nic[], adminRules: AdminRulesOf): Fact[] {
  const machines = machinesByNetwork(nics);
  if (machines.size === 0) return [];
  return ofType(network.resources, VNET_TYPE).flatMap((vnet) => {
    const names = machines.get(vnet.id);
    const ruling = vnet.context || names === undefined ? null : rulingOver(network, vnet, adminRules(vnet.id));
    return ruling === null || names === undefined ? [] : [baselineFact(target, network, vnet, [...names].toSorted(), ruling)];
  });
}

function machinesByNetwork(nics: readonly Nic[]): Map<string, Set<string>> {
  const networks = new Map<string, Set<string>>();
  for (const { machine, addresses } of nics) {
    if (machine?.os !== 'windows') continue;
    for (const { subnet } of addresses) {
      if (subnet === null) continue;
      networks.set(subnet.networkId, (networks.get(subnet.networkId) ?? new Set()).add(machine.name));
    }
  }
  return networks;
}

/** The rules over a network, in order; null where they are not all known. */
interface Ruling {
  readonly by: AdminRules['by'];
  readonly managers: readonly string[];
  readonly rules: readonly AdminRule[] | null;
  readonly because: readonly string[];
}

function rulingOver({ resources, interner, effective }: Network, vnet: CloudResource, admin: AdminRules): Ruling | null {
  const deployed = effective.adminRulesOf(vnet.id);
  if (deployed !== null) {
    const managers = deployed.map((node) => managerOf(idIn(node).toLowerCase()));
    return deployed.length === 0 ? null : { by: 'deployed', managers: unique(managers), rules: admin.rules, because: [] };
  }
  const { because } = admin.unseen;
  // A manager is there, and what it deployed to this network is what could not be read.
  if (effective.isAsked && !isAllSeen(admin)) {
    const managers = unique(admin.rules.map(({ manager }) => manager).filter((name) => name !== ''));
    return admin.rules.length === 0 ? null : { by: 'deployed', managers, rules: null, because };
  }
  const covering = ofType(resources, COLLECTION_TYPE).filter(
    (collection) => !collection.context && (networksOf(resources, collection) ?? []).some((id) => sameResource(id, vnet.id)),
  );
  if (covering.length === 0) return null;
  const managers = unique(covering.map(({ id }) => managerOf(id)));
  const rules = covering.flatMap((collection) => rulesOf(resources, interner, collection));
  // Rules of several managers have an order that no document shows.
  // Nor does it say which of several collections are there, when one of them hangs on a condition.
  const areThere = covering.length === 1 || covering.every((collection) => isThere(collection, vnet));
  return { by: 'declared', managers, rules: isAllSeen(admin) && managers.length === 1 && areThere ? rules : null, because };
}

function baselineFact(target: Target, network: Network, vnet: CloudResource, machines: readonly string[], ruling: Ruling): Fact {
  const unknown: Pointer[] = [];
  const denies = ruling.rules === null ? null : deniesRdp(network, vnet.id, ruling.rules);
  return makeFact(target, {
    kind: 'azure.adminBaseline',
    name: vnet.name,
    resource: vnet,
    data: {
      virtualNetwork: vnet.name,
      resourceGroup: resourceGroupOf(vnet),
      machines: [...machines],
      managers: [...ruling.managers],
      by: ruling.by,
      deniesRdp: known(denies, '/deniesRdp', unknown),
    },
    unknown,
    because: ruling.because,
  });
}

/** Whether what the rules leave of the Internet is less than it, wherever in the network packets go. */
function deniesRdp(network: Network, networkId: string, rules: readonly AdminRule[]): boolean | null {
  const spaces = network.spaces(networkId);
  const admin: AdminRules = { by: 'deployed', rules: rules.toSorted(byPriority), unseen: ALL_SEEN };
  const { v4, v6 } = network.subnets
    .filter((subnet) => subnet.networkId === networkId)
    .reduce((all, { prefixes }) => ({ v4: union(all.v4, prefixes?.v4 ?? []), v6: union(all.v6, prefixes?.v6 ?? []) }), NO_ADDRESSES);
  const open = reachOf(spaces, passing(spaces.v4, v4.length === 0 ? spaces.v4.all : v4, admin), v6.length === 0 ? undefined : passing(spaces.v6, v6, admin));
  return open === null ? null : !open;
}

function passing<T extends Bound>(space: Space<T>, whole: Intervals<T>, admin: AdminRules): Reach<T> {
  const anyone = { set: space.all, tags: [] };
  return withAdminRules(space, { lower: anyone, upper: anyone, hits: [] }, admin, TCP, RDP_PORT, whole);
}

function reachOf(spaces: Spaces, v4: Reach<number>, v6: Reach<bigint> | undefined): boolean | null {
  return atLeast({ lower: measure(spaces, v4.lower, v6?.lower), upper: measure(spaces, v4.upper, v6?.upper) }, 'internet');
}

function byPriority({ rule: a }: AdminRule, { rule: b }: AdminRule): number {
  return (a.priority ?? Number.MAX_SAFE_INTEGER) - (b.priority ?? Number.MAX_SAFE_INTEGER);
}

function idIn(node: Json): string {
  const id = isObject(node) ? node['id'] : undefined;
  return typeof id === 'string' ? id : '';
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].toSorted();
}
