import { isUnresolved } from '../../model/cloud-resource.ts';
import type { Fact } from '../../model/fact.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import type { Target } from '../../model/target.ts';
import { makeFact, type Member } from './fact.ts';
import { hasItsSubnet, type Nic, shownName, subnetFilter } from './interface.ts';
import type { Filter, Network, Subnet } from './network.ts';
import { publicAddressOf } from './public-ip.ts';
import { memberOf, resourceGroupOf } from './resources.ts';

/** Subnets whose traffic Azure's own services filter; a group on them is refused or has rules of its own. */
const SERVICE_SUBNETS = new Set(['gatewaysubnet', 'azurefirewallsubnet', 'azurefirewallmanagementsubnet', 'routeserversubnet', 'azurebastionsubnet']);

export function nicFact(target: Target, network: Network, nic: Nic): Fact {
  const unknown: Pointer[] = [];
  const members: Member[] = [];
  const publicAddresses: JsonObject[] = [];
  let perhapsPublic = false;
  for (const address of nic.addresses) {
    const publicAddress = publicAddressOf(network.resources, address.node, nic.resource);
    if (publicAddress === null) continue;
    if (publicAddress === 'unresolved') {
      perhapsPublic = true;
      continue;
    }
    const modelled = memberOf(address.node, 'publicIPAddressConfiguration');
    const pointer = `${address.pointer}/${modelled === undefined || modelled === null ? 'publicIPAddress' : 'publicIPAddressConfiguration'}`;
    members.push({
      at: `/publicAddresses/${publicAddresses.length}`,
      resource: nic.resource,
      pointer,
    });
    if (publicAddresses.length === 0) members.push({ at: '/hasPublicAddress', resource: nic.resource, pointer });
    publicAddresses.push({ label: publicAddress.name, ipConfiguration: address.name });
  }
  const hasPublicAddress = publicAddresses.length > 0 ? true : perhapsPublic ? null : false;
  const filtered = filteredBy(nic);
  if (hasPublicAddress === null) unknown.push('/hasPublicAddress');
  if (filtered === null) unknown.push('/filtered');
  if (nic.perhapsAttached) unknown.push('/attached');
  const data: JsonObject = {
    name: shownName(nic),
    resourceGroup: resourceGroupOf(nic.resource),
    machine: nic.machine?.name ?? null,
    attached: nic.perhapsAttached ? null : nic.machine !== null,
    operatingSystem: nic.machine?.os ?? 'not-stated',
    gateway: nic.machine?.gateway ?? false,
    hasPublicAddress,
    publicAddresses,
    subnets: [...new Set(nic.addresses.map((address) => address.subnet?.name ?? 'unknown'))].join(', '),
    serviceSubnet: nic.addresses.some((address) => address.subnet !== null && SERVICE_SUBNETS.has(address.subnet.name.toLowerCase())),
    networkSecurityGroup: nameOf(nic.filter),
    filtered,
  };
  return makeFact(target, {
    kind: 'azure.networkInterface',
    name: nic.name,
    resource: nic.resource,
    pointer: nic.pointer,
    ...(nic.pointer === '' ? {} : { instance: [nic.name] }),
    data,
    unknown,
    members,
  });
}

/** Whether a group filters every address of it, at the interface or at the subnet. */
function filteredBy(nic: Nic): boolean | null {
  // A group that the input does not hold is one all the same, unless the reference itself is unresolved.
  if (nic.filter !== 'none') return isUnresolved(memberOf(nic.node, 'networkSecurityGroup')) ? null : true;
  let filtered: boolean | null = nic.addresses.length === 0 ? null : true;
  for (const address of nic.addresses) {
    const subnet = subnetFilter(address);
    if (address.subnet !== null && !hasItsSubnet(address)) filtered = null;
    else if (subnet === 'none') {
      if (address.subnet !== null) return false;
      filtered = null;
    } else if (
      subnet === 'unknown' &&
      (address.subnet === null || isUnresolved(memberOf(address.subnet.node, 'networkSecurityGroup')) || address.subnet.resource.context)
    )
      filtered = null;
  }
  return filtered;
}

function nameOf(filter: Filter): string {
  return filter === 'none' ? 'none' : filter === 'unknown' ? 'not-in-input' : filter.resource.name;
}

export function subnetFact(target: Target, subnet: Subnet): Fact {
  const unknown: Pointer[] = [];
  const outbound = memberOf(subnet.node, 'defaultOutboundAccess');
  const known = outbound === undefined || outbound === null || typeof outbound === 'boolean';
  if (!known) unknown.push('/defaultOutboundAccess');
  if (isUnresolved(memberOf(subnet.node, 'networkSecurityGroup'))) unknown.push('/networkSecurityGroup');
  const data: JsonObject = {
    name: subnet.name,
    virtualNetwork: subnet.networkId.slice(subnet.networkId.lastIndexOf('/') + 1),
    resourceGroup: resourceGroupOf(subnet.resource),
    serviceSubnet: SERVICE_SUBNETS.has(subnet.name.toLowerCase()),
    networkSecurityGroup: isUnresolved(memberOf(subnet.node, 'networkSecurityGroup')) ? null : nameOf(subnet.filter),
    // Access is there unless it is switched off (default-outbound-access).
    defaultOutboundAccess: known ? outbound !== false : null,
  };
  return makeFact(target, {
    kind: 'azure.subnet',
    name: `${data['virtualNetwork'] as string}/${subnet.name}`,
    resource: subnet.resource,
    pointer: subnet.pointer,
    ...(subnet.pointer === '' ? {} : { instance: [subnet.name] }),
    data,
    unknown,
  });
}
