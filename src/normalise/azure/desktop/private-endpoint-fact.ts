import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import type { Json } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { isFullId } from '../../../lib/azure-id.ts';
import { ownerIdOf, plainId } from '../coverage.ts';
import { makeFact } from '../fact.ts';
import { childName, listOf, memberOf, ofType, referenceOf, resourceGroupOf, type Resources } from '../resources.ts';
import { known, wordAt } from '../values.ts';
import { HOST_POOL_TYPE, WORKSPACE_TYPE } from './types.ts';

const STATES = ['Approved', 'Pending', 'Rejected', 'Disconnected'];
const CHILD = 'privateendpointconnections';

interface Connection {
  readonly resource: CloudResource;
  readonly pointer: Pointer;
  readonly node: Json;
  readonly name: string;
  readonly ownerId: string;
}

/** Private endpoints that are, or ask to be, connected to host pools and workspaces. */
export function privateEndpointFacts(target: Target, resources: Resources): Fact[] {
  return [HOST_POOL_TYPE, WORKSPACE_TYPE].flatMap((type) => connectionsOf(resources, type).map((connection) => connectionFact(target, connection, type)));
}

/** Each once, whether its parent lists it or it stands by itself. */
function connectionsOf(resources: Resources, type: string): Connection[] {
  const found = new Map<string, Connection>();
  for (const owner of ofType(resources, type)) {
    for (const [index, node] of listOf(owner.body['privateEndpointConnections']).entries()) {
      const name = childName(node);
      const ownerId = plainId(owner);
      found.set(`${ownerId}/${name.toLowerCase()}`, { resource: owner, pointer: `/privateEndpointConnections/${index}`, node, name, ownerId });
    }
  }
  for (const resource of ofType(resources, `${type}/${CHILD}`)) {
    if (resource.context) continue;
    const ownerId = ownerIdOf(resource);
    found.set(`${ownerId}/${resource.name.toLowerCase()}`, { resource, pointer: '', node: resource.body, name: resource.name, ownerId });
  }
  return [...found.values()];
}

function connectionFact(target: Target, { resource, pointer, node, name, ownerId }: Connection, type: string): Fact {
  const unknown: Pointer[] = [];
  const endpoint = referenceOf(memberOf(node, 'privateEndpoint'));
  const from = typeof endpoint === 'string' && isFullId(endpoint) ? (endpoint.split('/')[1] ?? '') : null;
  const own = isFullId(ownerId) ? (ownerId.split('/')[1] ?? '') : null;
  const owner = ownerId.slice(ownerId.lastIndexOf('/') + 1);
  const status = memberOf(memberOf(node, 'privateLinkServiceConnectionState'), 'status');
  return makeFact(target, {
    kind: 'azure.privateEndpointConnection',
    name: `${owner}/${name}`,
    resource,
    pointer,
    ...(pointer === '' ? {} : { instance: [name] }),
    data: {
      owner,
      part: type === HOST_POOL_TYPE ? 'host-pool' : 'workspace',
      label: name,
      resourceGroup: resourceGroupOf(resource),
      status: wordAt(status, STATES, 'Pending', '/status', unknown),
      subscription: known(from, '/subscription', unknown),
      ownSubscription: known(from === null || own === null ? null : from === own, '/ownSubscription', unknown),
    },
    unknown,
  });
}
