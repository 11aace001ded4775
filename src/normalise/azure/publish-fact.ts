import type { Fact } from '../../model/fact.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import type { Target } from '../../model/target.ts';
import type { AdminRulesOf } from './admin-rule.ts';
import { atLeast, type Exposure, exposureData, NOT_EXPOSED, rank, widest } from './exposure.ts';
import { makeFact, type Member } from './fact.ts';
import type { DnatRule } from './firewall.ts';
import { openerData, RDP_PORT } from './group-fact.ts';
import { type Hops, hopsOf, NO_HOPS } from './hops.ts';
import { dnatExposure, type Path, pathOf, type PortReach, reachAt, unseenOn } from './ingress.ts';
import type { NamedIngress } from './ingress-list.ts';
import { contains } from './interval-set.ts';
import type { BalancerRule } from './load-balancer.ts';
import type { Network } from './network.ts';
import { portTexts } from './port.ts';
import { resourceGroupOf } from './resources.ts';
import { TCP, UDP } from './rule.ts';
import { sideText } from './side.ts';
import type { SecurityGroup } from './security-group.ts';

/** A rule of a load balancer, with who comes through it to RDP on the interfaces behind it. */
export function balancerFact(target: Target, network: Network, rule: BalancerRule, ingresses: readonly NamedIngress[], adminRules: AdminRulesOf): Fact {
  const unknown: Pointer[] = [];
  const members: Member[] = [];
  const leads =
    rule.protocols !== null && (rule.protocols & TCP) === 0 ? false : rule.portsUnknown || rule.protocols === null ? null : contains(rule.ports, RDP_PORT);
  const publishes = rule.isPublic === false || leads === false ? false : rule.isPublic === null || leads === null ? null : true;
  if (publishes === null) unknown.push('/publishesRdp');
  if (rule.isPublic === null) unknown.push('/public');
  const ways = ingresses.map((named): Way => ({ named, path: pathOf(network, named.ingress, adminRules) }));
  const reaches = publishes === false ? [] : ways.map(({ path }) => reachAt(path, TCP, RDP_PORT));
  const exposure = publishes === false ? NOT_EXPOSED : reachedBy(rule, reaches);
  const owners = ways.flatMap(({ path }) => path.filters.filter((filter): filter is SecurityGroup => typeof filter !== 'string'));
  const data: JsonObject = {
    loadBalancer: rule.balancer,
    resourceGroup: resourceGroupOf(rule.resource),
    rule: rule.name,
    shape: rule.shape,
    public: rule.isPublic,
    frontendPort: rule.frontendPort,
    backendPort: rule.portsUnknown ? 'unknown' : portTexts(rule.ports).join(', '),
    publishesRdp: publishes,
    leadsTo: [...new Set(rule.targets.map((address) => address.nic.machine?.name ?? address.nic.name))],
    referenced: rule.referenced,
    hops: widestHops(network, ways, reaches, TCP),
    rdpTcp: exposureData(
      exposure,
      '/rdpTcp',
      unknown,
      openerData(exposure.openedBy, '/rdpTcp/openedBy', (found) => owners.find((group) => group.rules.includes(found)), members),
    ),
  };
  // The finding stands at the load balancer's own rule, wherever the groups are.
  const own = members.filter((member) => member.at.startsWith('/rdpTcp/openedBy/'));
  return makeFact(target, {
    kind: 'azure.loadBalancerRule',
    name: `${rule.balancer}/${rule.name}`,
    resource: rule.resource,
    pointer: rule.pointer,
    instance: [rule.shape, rule.name],
    data,
    unknown,
    because: [...new Set(ways.flatMap(({ path }) => unseenOn(path)))],
    members: own,
  });
}

/** A way to an interface, and what filters on it. */
interface Way {
  readonly named: NamedIngress;
  readonly path: Path;
}

/** The way to the interface that is open widest, for RDP. */
function widestHops(network: Network, ways: readonly Way[], reaches: readonly PortReach[], protocol: number): Hops {
  const ranks = reaches.map(({ exposure }) => rank(exposure.upper.width));
  const at = ranks.indexOf(Math.max(...ranks));
  const [way, reach] = [ways[at], reaches[at]];
  return way === undefined || reach === undefined ? NO_HOPS : hopsOf(network, way.named, way.path, protocol, RDP_PORT, reach);
}

/** Without a known interface behind it nobody can say what the groups there let in. */
function reachedBy(rule: BalancerRule, reaches: readonly PortReach[]): Exposure {
  const exposure = widest(reaches.map((reach) => reach.exposure));
  if (!rule.targetsUnknown) return exposure;
  const anyone = { width: 'internet', addresses: 2 ** 32, sites: 2 ** 45, cloudWide: false, tags: [] } as const;
  return atLeast(exposure, 'internet') === true ? exposure : { ...exposure, upper: anyone };
}

/** A DNAT rule, with who may use it. The groups behind it see the firewall's address, so it is the only filter for clients. */
export function dnatFact(target: Target, network: Network, rule: DnatRule, ingresses: readonly NamedIngress[], adminRules: AdminRulesOf): Fact {
  const unknown: Pointer[] = [];
  const members: Member[] = [];
  const forwards = (protocol: number, ports: readonly number[]): boolean | null => {
    if (rule.protocols !== null && (rule.protocols & protocol) === 0) return false;
    if (ports.some((port) => contains(rule.translatedPorts, port))) return rule.protocols === null ? null : true;
    return rule.portsUnknown ? null : false;
  };
  const rdpTcp = forwards(TCP, [RDP_PORT]);
  const rdpUdp = forwards(UDP, [RDP_PORT, 3390]);
  if (rdpTcp === null) unknown.push('/forwardsRdp');
  if (rdpUdp === null) unknown.push('/forwardsRdpUdp');
  const protocol = rule.protocols === null || (rule.protocols & TCP) !== 0 ? TCP : UDP;
  const clients = exposureData(dnatExposure(network.unknownSpaces, rule, protocol), '/clients', unknown, []);
  const ways = ingresses.map((named): Way => ({ named, path: pathOf(network, named.ingress, adminRules) }));
  const data: JsonObject = {
    owner: rule.owner,
    resourceGroup: resourceGroupOf(rule.resource),
    collection: rule.collection,
    rule: rule.name,
    destinationPorts: rule.destinationPorts,
    translatedAddress: rule.translatedAddress ?? 'unknown',
    translatedPort: rule.portsUnknown ? 'unknown' : portTexts(rule.translatedPorts).join(', '),
    forwardsRdp: rdpTcp,
    forwardsRdpUdp: rdpUdp,
    sources: sideText(rule.clients),
    form: rule.form,
    clients,
    hops: widestHops(
      network,
      ways,
      ways.map(({ path }) => reachAt(path, protocol, RDP_PORT)),
      protocol,
    ),
  };
  return makeFact(target, {
    kind: 'azure.firewallDnat',
    name: `${rule.owner}/${rule.collection}/${rule.name}`,
    resource: rule.resource,
    pointer: rule.pointer,
    instance: [rule.pointer.split('/').slice(1, -3).join('-'), rule.collection, rule.name],
    data,
    unknown,
    members,
  });
}
