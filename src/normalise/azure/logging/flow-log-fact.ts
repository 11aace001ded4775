import { parentId, relativeId, sameResource } from '../../../lib/azure-id.ts';
import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { holdsAll, plainId } from '../coverage.ts';
import { makeFact } from '../fact.ts';
import type { Nic } from '../interface.ts';
import type { Network } from '../network.ts';
import { findResource, memberOf, ofType, referenceOf, resourceGroupOf } from '../resources.ts';
import { flagAt, known, numberAt } from '../values.ts';

const FLOW_LOG_TYPE = 'microsoft.network/networkwatchers/flowlogs';

interface FlowLog {
  /** Null when what it watches is unresolved. */
  readonly watches: string | null;
  readonly on: boolean | null;
  /** Days; 0 is for ever. */
  readonly days: number | null;
}

/** For each virtual network of the input that holds Windows machines: whether flows to all of them are logged. */
export function flowLogFacts(target: Target, network: Network, nics: readonly Nic[]): Fact[] {
  const { resources } = network;
  const logs = ofType(resources, FLOW_LOG_TYPE).map((log) => readFlowLog(log));
  const whole = holdsAll(resources, FLOW_LOG_TYPE);
  return [...byNetwork(network, nics)].map(([vnet, own]) => {
    const unknown: Pointer[] = [];
    const judged = own.map((nic) => loggedFor(nic, vnet, logs, whole));
    const logged = judged.some(({ on }) => on === false) ? false : judged.some(({ on }) => on === null) ? null : true;
    const days = judged.map((one) => one.days);
    const shortest = days.includes(null) ? null : Math.min(...days.map((day) => (day === 0 ? Number.MAX_SAFE_INTEGER : (day ?? 0))));
    const kept = shortest === Number.MAX_SAFE_INTEGER ? 0 : shortest;
    return makeFact(target, {
      kind: 'azure.flowLogCoverage',
      name: vnet.name,
      resource: vnet,
      data: {
        virtualNetwork: vnet.name,
        resourceGroup: resourceGroupOf(vnet),
        machines: [...new Set(own.map((nic) => nic.machine?.name ?? nic.name))].toSorted(),
        logged: known(logged, '/logged', unknown),
        days: logged === false ? 0 : known(logged === null ? null : kept, '/days', unknown),
      },
      unknown,
    });
  });
}

function readFlowLog({ body, conditional }: CloudResource): FlowLog {
  const watched = referenceOf(body['targetResourceId']);
  const policy = body['retentionPolicy'];
  const kept = numberAt(memberOf(policy, 'days'), 0, '', []);
  const limited = flagAt(memberOf(policy, 'enabled'), false, '', []);
  const on = flagAt(body['enabled'], true, '', []);
  return {
    watches: typeof watched === 'string' ? watched : null,
    on: conditional === undefined ? on : null,
    days: limited === null ? null : limited ? kept : 0,
  };
}

function byNetwork(network: Network, nics: readonly Nic[]): Map<CloudResource, Nic[]> {
  const found = new Map<CloudResource, Nic[]>();
  for (const nic of nics) {
    if (nic.machine?.os !== 'windows') continue;
    for (const { subnet, subnetReference } of nic.addresses) {
      const id = subnet?.networkId ?? (typeof subnetReference === 'string' ? parentId(subnetReference) : '');
      const vnet = id === '' ? null : findResource(network.resources, id);
      if (vnet === null || vnet.context) continue;
      const list = found.get(vnet);
      if (list === undefined) found.set(vnet, [nic]);
      else if (!list.includes(nic)) list.push(nic);
    }
  }
  return found;
}

/** A log of the network, the subnet, the interface or a group before it will do. */
function loggedFor(nic: Nic, vnet: CloudResource, logs: readonly FlowLog[], whole: boolean): Pick<FlowLog, 'on' | 'days'> {
  const groups = [nic.filter, ...nic.addresses.map((address) => address.subnet?.filter ?? 'none')].flatMap((filter) =>
    typeof filter === 'string' ? [] : [plainId(filter.resource)],
  );
  const places = [plainId(vnet), plainId(nic.resource), ...nic.addresses.flatMap(({ subnet }) => (subnet === null ? [] : [subnet.id])), ...groups];
  const fitting = logs.filter(
    ({ watches }) => watches !== null && places.some((place) => relativeId(place) === relativeId(watches) && sameResource(place, watches)),
  );
  const best = fitting.find(({ on }) => on === true);
  if (best !== undefined) return best;
  const unsure = fitting.some(({ on }) => on === null) || logs.some(({ watches }) => watches === null) || !whole;
  return { on: unsure ? null : false, days: 0 };
}
