import type { Fact } from '../../../model/fact.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { makeFact } from '../fact.ts';
import type { Nic } from '../interface.ts';
import { type Network, type Subnet } from '../network.ts';
import { hasDefaultRoute } from '../network-view.ts';
import { memberOf, referenceOf, resourceGroupOf } from '../resources.ts';
import { anyOf, flagAt, isAbsent, known } from '../values.ts';

/** Networks made by versions of the API from then on are private unless they say otherwise (default-outbound-access). */
const PRIVATE_BY_DEFAULT = '2026-03-31';

/** For each subnet of the input with Windows machines: whether they reach the Internet by an address that nobody chose. */
export function outboundFacts(target: Target, network: Network, nics: readonly Nic[]): Fact[] {
  const machines = new Map<Subnet, Set<string>>();
  for (const { machine, addresses } of nics) {
    if (machine?.os !== 'windows') continue;
    for (const { subnet } of addresses) {
      if (subnet === null || subnet.resource.context) continue;
      machines.set(subnet, (machines.get(subnet) ?? new Set()).add(machine.name));
    }
  }
  return [...machines].map(([subnet, names]) => outboundFact(target, network, subnet, [...names].toSorted()));
}

function outboundFact(target: Target, network: Network, subnet: Subnet, machines: readonly string[]): Fact {
  const unknown: Pointer[] = [];
  const stated = memberOf(subnet.node, 'defaultOutboundAccess');
  const isPrivate = isAbsent(stated) && !network.resources.inventory.complete && (subnet.resource.apiVersion ?? '') > PRIVATE_BY_DEFAULT;
  if (isPrivate) unknown.push('/defaultOutboundAccess');
  const gateway = referenceOf(memberOf(subnet.node, 'natGateway'));
  const hasGateway = typeof gateway === 'string' ? true : gateway.is === 'none' ? false : null;
  return makeFact(target, {
    kind: 'azure.outboundAccess',
    name: subnet.name,
    resource: subnet.resource,
    pointer: subnet.pointer,
    ...(subnet.pointer === '' ? {} : { instance: [subnet.name] }),
    data: {
      subnet: subnet.name,
      virtualNetwork: subnet.networkId.slice(subnet.networkId.lastIndexOf('/') + 1),
      resourceGroup: resourceGroupOf(subnet.resource),
      machines: [...machines],
      defaultOutboundAccess: isPrivate ? null : flagAt(stated, true, '/defaultOutboundAccess', unknown),
      ownWayOut: known(anyOf([hasGateway, hasDefaultRoute(network.resources, subnet)]), '/ownWayOut', unknown),
    },
    unknown,
    members: [{ at: '/defaultOutboundAccess', resource: subnet.resource, pointer: `${subnet.pointer}/defaultOutboundAccess` }],
  });
}
