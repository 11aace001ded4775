import type { CloudInventory } from '../../model/cloud-resource.ts';
import type { Fact } from '../../model/fact.ts';
import type { Normalised, NormaliseContext } from '../../model/normalise.ts';
import type { Target } from '../../model/target.ts';
import { readAdminRules } from './admin-rule.ts';
import { attachmentsOf } from './attachment.ts';
import { accessFact, HOST_POOL_TYPE, hostPoolFact, WORKSPACE_TYPE, workspaceFact } from './desktop-fact.ts';
import { readDnatRules } from './firewall.ts';
import { groupFact } from './group-fact.ts';
import { type NamedIngress, ingressList } from './ingress-list.ts';
import { readInterfaces } from './interface.ts';
import { type BalancerRule, readBalancerRules } from './load-balancer.ts';
import { readNetwork } from './network.ts';
import { nicFact, subnetFact } from './nic-fact.ts';
import { pathFacts } from './path-fact.ts';
import { balancerFact, dnatFact } from './publish-fact.ts';
import { indexResources, ofType } from './resources.ts';

/**
 * Turns what one document, stack or subscription holds into facts. What another document may add to it is not assumed:
 * where it would decide, the fact says unknown.
 */
export function normaliseCloud(inventory: CloudInventory, target: Target, _context: NormaliseContext): Normalised {
  const resources = indexResources(inventory);
  const network = readNetwork(resources);
  const nics = readInterfaces(network);
  const attachments = attachmentsOf(network, nics);
  const adminRules = readAdminRules(resources, network.interner);
  const balancers = readBalancerRules(resources, nics);
  const dnat = readDnatRules(network);
  const ingresses = ingressList(network, nics, balancers, dnat);
  const byRule = ingressesByRule(ingresses);
  const facts: Fact[] = [];
  for (const group of network.groups.values()) {
    if (!group.resource.context || group.rules.length > 0) facts.push(groupFact(target, network, group, attachments.get(group.resource)));
  }
  for (const named of ingresses) facts.push(...pathFacts(target, network, named, adminRules));
  for (const nic of nics) facts.push(nicFact(target, network, nic));
  for (const subnet of network.subnets) if (!subnet.resource.context) facts.push(subnetFact(target, subnet));
  for (const rule of balancers) if (!rule.resource.context) facts.push(balancerFact(target, network, rule, byRule.get(keyOf(rule)) ?? [], adminRules));
  for (const rule of dnat) facts.push(dnatFact(target, network, rule));
  for (const resource of ofType(resources, HOST_POOL_TYPE))
    if (!resource.context) facts.push(hostPoolFact(target, resource), accessFact(target, resource, 'host-pool'));
  for (const resource of ofType(resources, WORKSPACE_TYPE))
    if (!resource.context) facts.push(workspaceFact(target, resource), accessFact(target, resource, 'workspace'));
  return { facts, problems: [] };
}

function keyOf(rule: Pick<BalancerRule, 'resource' | 'pointer'>): string {
  return `${rule.resource.id} ${rule.pointer}`;
}

function ingressesByRule(ingresses: readonly NamedIngress[]): Map<string, NamedIngress[]> {
  const map = new Map<string, NamedIngress[]>();
  for (const named of ingresses) {
    if (named.ingress.via !== 'load-balancer') continue;
    const key = keyOf(named);
    const list = map.get(key);
    if (list === undefined) map.set(key, [named]);
    else list.push(named);
  }
  return map;
}
