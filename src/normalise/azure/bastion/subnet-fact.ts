import type { Fact } from '../../../model/fact.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { V4_ALL, NO_V6 } from '../address.ts';
import type { Destination } from '../destination.ts';
import { atLeast, exposureOf } from '../exposure.ts';
import { makeFact } from '../fact.ts';
import type { Network, Subnet } from '../network.ts';
import { NO_PORTS, portTexts } from '../port.ts';
import { resourceGroupOf } from '../resources.ts';
import { TCP } from '../rule.ts';
import { candidatePorts, pieces, reachesOf, type SecurityGroup } from '../security-group.ts';
import type { Spaces } from '../space.ts';
import { intervals, subtract } from '../interval-set.ts';
import { known } from '../values.ts';

const HTTPS = 443;
const CONTROL_PLANE = 'gatewaymanager';

/** What the group of a subnet `AzureBastionSubnet` lets in (learn.microsoft.com/azure/bastion/bastion-nsg). */
export function bastionSubnetFacts(target: Target, network: Network): Fact[] {
  return network.subnets.flatMap((subnet) =>
    subnet.name.toLowerCase() === 'azurebastionsubnet' && !subnet.resource.context ? [bastionSubnetFact(target, network, subnet)] : [],
  );
}

function bastionSubnetFact(target: Target, network: Network, subnet: Subnet): Fact {
  const unknown: Pointer[] = [];
  const { filter } = subnet;
  const judged = typeof filter === 'string' ? null : judgeGroup(filter, network.spaces(subnet.networkId), destinationOf(subnet));
  const data: JsonObject = {
    virtualNetwork: subnet.networkId.slice(subnet.networkId.lastIndexOf('/') + 1),
    resourceGroup: resourceGroupOf(subnet.resource),
    networkSecurityGroup: filter === 'none' ? 'none' : filter === 'unknown' ? 'not-in-input' : filter.resource.name,
    beyond: known(filter === 'none' ? false : (judged?.beyond ?? null), '/beyond', unknown),
    ports: judged?.ports ?? [],
    controlPlane: known(filter === 'none' ? true : (judged?.controlPlane ?? null), '/controlPlane', unknown),
  };
  return makeFact(target, {
    kind: 'azure.bastionSubnet',
    name: subnet.id.split('/').slice(-3).join('/'),
    resource: subnet.resource,
    pointer: subnet.pointer,
    instance: [subnet.name],
    data,
    unknown,
  });
}

function destinationOf(subnet: Subnet): Destination {
  return { v4: subnet.prefixes?.v4 ?? V4_ALL, v6: subnet.prefixes?.v6 ?? NO_V6, groups: [], mode: 'some' };
}

interface Judged {
  readonly beyond: boolean | null;
  readonly ports: readonly string[];
  readonly controlPlane: boolean | null;
}

function judgeGroup(group: SecurityGroup, spaces: Spaces, destination: Destination): Judged {
  const certain: number[] = [];
  let perhaps = false;
  const cuts = pieces([group], candidatePorts(group, spaces, TCP), TCP);
  for (let at = 0; at < cuts.length; at += 2) {
    const [low, high] = [cuts[at] as number, cuts[at + 1] as number];
    const open = atLeast(exposureOf(spaces, reachesOf(group, spaces, TCP, low, destination)), 'internet');
    if (open === true) certain.push(low, high);
    else if (open === null && !(low === HTTPS && high === HTTPS + 1)) perhaps = true;
  }
  const beyond = subtract(intervals(certain), [HTTPS, HTTPS + 1]);
  const control = exposureOf(spaces, reachesOf(group, spaces, TCP, HTTPS, destination));
  const lets = (side: 'lower' | 'upper'): boolean => control[side].width === 'internet' || control[side].tags.includes(CONTROL_PLANE);
  return {
    beyond: beyond.length > 0 ? true : perhaps ? null : false,
    ports: beyond.length > 0 ? portTexts(beyond) : portTexts(NO_PORTS),
    controlPlane: lets('lower') ? true : lets('upper') ? null : false,
  };
}
