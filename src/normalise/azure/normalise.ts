import type { CloudInventory, CloudResource } from '../../model/cloud-resource.ts';
import type { Fact } from '../../model/fact.ts';
import type { Normalised, NormaliseContext } from '../../model/normalise.ts';
import type { Target } from '../../model/target.ts';
import { type AdminRulesOf, readAdminRules } from './admin-rule.ts';
import { type Attachment, attachmentsOf } from './attachment.ts';
import { arcFacts } from './arc/arc-fact.ts';
import { bastionFacts } from './bastion/bastion-fact.ts';
import { reachFacts } from './bastion/reach-fact.ts';
import { bastionSubnetFacts } from './bastion/subnet-fact.ts';
import { certificateFacts } from './certificates/certificate-fact.ts';
import { gatewayFacts } from './certificates/gateway-fact.ts';
import { vaultFacts } from './certificates/vault-fact.ts';
import { applicationGroupFacts } from './desktop/application-group-fact.ts';
import { privateEndpointFacts } from './desktop/private-endpoint-fact.ts';
import { ringFact } from './desktop/ring-fact.ts';
import { sessionHostFacts } from './desktop/session-host-fact.ts';
import { HOST_POOL_TYPE, WORKSPACE_TYPE } from './desktop/types.ts';
import { accessFact, hostPoolFact, workspaceFact } from './desktop-fact.ts';
import { adminBaselineFacts } from './exposure-facts/admin-baseline-fact.ts';
import { adminRuleFacts } from './exposure-facts/admin-rule-fact.ts';
import { lateralFacts } from './exposure-facts/lateral-fact.ts';
import { outboundFacts } from './exposure-facts/outbound-fact.ts';
import { skuFacts } from './exposure-facts/sku-fact.ts';
import { tagReachFacts } from './exposure-facts/tag-reach-fact.ts';
import { readDnatRules } from './firewall.ts';
import { groupFact } from './group-fact.ts';
import { type NamedIngress, ingressList } from './ingress-list.ts';
import type { Nic } from './interface.ts';
import { alertFacts } from './logging/alert-fact.ts';
import { diagnosticFacts } from './logging/diagnostic-fact.ts';
import { flowLogFacts } from './logging/flow-log-fact.ts';
import { diskFacts } from './machines/disk-fact.ts';
import { machineFacts } from './machines/machine-fact.ts';
import { machineTextFacts } from './machines/secret-fact.ts';
import { type BalancerRule, readBalancerRules } from './load-balancer.ts';
import { type Network, readNetwork } from './network.ts';
import { nicFact, subnetFact } from './nic-fact.ts';
import { pathFacts } from './path-fact.ts';
import { readPrivateLinks } from './private-link.ts';
import { privateLinkFact } from './private-link-fact.ts';
import { balancerFact, dnatFact } from './publish-fact.ts';
import { indexResources, ofType, type Resources } from './resources.ts';
import { allInterfaces } from './scale-set-nics.ts';
import { tagAddresses, tagsInInventory } from './service-tags.ts';

/**
 * Turns what one document, stack or subscription holds into facts. What another document may add to it is not assumed:
 * where it would decide, the fact says unknown.
 */
export function normaliseCloud(inventory: CloudInventory, target: Target, context: NormaliseContext): Normalised {
  const resources = indexResources(inventory);
  const tags = context.serviceTags ?? tagsInInventory(inventory);
  const network = readNetwork(resources, tags === null ? undefined : tagAddresses(tags));
  const nics = allInterfaces(network);
  const attachments = attachmentsOf(network, nics);
  const adminRules = readAdminRules(network);
  const balancers = readBalancerRules(resources, nics);
  const dnat = readDnatRules(network);
  const links = readPrivateLinks(network, nics, balancers);
  const ingresses = [...ingressList(network, nics, balancers, dnat), ...links.flatMap(({ ways }) => ways)];
  const byRule = ingressesByRule(ingresses);
  const facts: Fact[] = [];
  for (const group of network.groups.values()) {
    if (!group.resource.context || group.rules.length > 0) facts.push(groupFact(target, network, group, attachments.get(group.resource)));
  }
  for (const named of ingresses) facts.push(...pathFacts(target, network, named, adminRules));
  for (const nic of nics) facts.push(nicFact(target, network, nic));
  for (const subnet of network.subnets) if (!subnet.resource.context) facts.push(subnetFact(target, subnet));
  for (const rule of balancers) if (!rule.resource.context) facts.push(balancerFact(target, network, rule, byRule.get(keyOf(rule)) ?? [], adminRules));
  for (const link of links) facts.push(privateLinkFact(target, network, link, adminRules));
  for (const rule of dnat) facts.push(dnatFact(target, network, rule, byRule.get(keyOf(rule)) ?? [], adminRules));
  for (const resource of ofType(resources, HOST_POOL_TYPE))
    if (!resource.context) facts.push(hostPoolFact(target, resource, context.now), accessFact(target, resource, 'host-pool'));
  for (const resource of ofType(resources, WORKSPACE_TYPE))
    if (!resource.context) facts.push(workspaceFact(target, resource), accessFact(target, resource, 'workspace'));
  facts.push(...reachOfNetwork(target, network, nics, attachments, adminRules), ...machinesAndDesktops(target, resources, facts, context.now));
  facts.push(...servicesAround(target, network, nics, context.now));
  return { facts, problems: [] };
}

/** What the network lets in beside the Internet, and out. */
function reachOfNetwork(
  target: Target,
  network: Network,
  nics: readonly Nic[],
  attachments: ReadonlyMap<CloudResource, Attachment>,
  adminRules: AdminRulesOf,
): Fact[] {
  return [
    ...lateralFacts(target, network, nics, adminRules),
    ...tagReachFacts(target, network, nics, attachments),
    ...adminRuleFacts(target, network),
    ...adminBaselineFacts(target, network, nics, adminRules),
    ...skuFacts(target, network.resources),
    ...outboundFacts(target, network, nics),
  ];
}

/** Machines of Azure and of Azure Arc, and what leads people to them. `paths` are facts about ways to machines, among others. */
function machinesAndDesktops(target: Target, resources: Resources, paths: readonly Fact[], now: string): Fact[] {
  return [
    ...machineFacts(target, resources, paths, now),
    ...machineTextFacts(target, resources),
    ...diskFacts(target, resources),
    ...ringFact(target, resources),
    ...sessionHostFacts(target, resources),
    ...applicationGroupFacts(target, resources),
    ...privateEndpointFacts(target, resources),
    ...arcFacts(target, resources, now),
  ];
}

/** Bastions, certificates and gateways, and the logs of all of them. */
function servicesAround(target: Target, network: Network, nics: readonly Nic[], now: string): Fact[] {
  const { resources } = network;
  return [
    ...bastionFacts(target, resources),
    ...reachFacts(target, network, nics),
    ...bastionSubnetFacts(target, network),
    ...certificateFacts(target, resources, now),
    ...vaultFacts(target, resources),
    ...gatewayFacts(target, resources),
    ...diagnosticFacts(target, resources),
    ...flowLogFacts(target, network, nics),
    ...alertFacts(target, resources),
  ];
}

function keyOf(rule: Pick<BalancerRule, 'resource' | 'pointer'>): string {
  return `${rule.resource.id} ${rule.pointer}`;
}

function ingressesByRule(ingresses: readonly NamedIngress[]): Map<string, NamedIngress[]> {
  const map = new Map<string, NamedIngress[]>();
  for (const named of ingresses) {
    if (named.ingress.via === 'public-ip') continue;
    const key = keyOf(named);
    const list = map.get(key);
    if (list === undefined) map.set(key, [named]);
    else list.push(named);
  }
  return map;
}
