import type { CloudResource } from '../../model/cloud-resource.ts';
import type { Json } from '../../model/json.ts';
import { childName, listOf, memberOf, referenceOf } from './resources.ts';

/** The NAT pool that a rule was made by for one instance of a scale set, `pool.3`: the pool is judged, once for all of them. */
export function poolNameOf(balancer: CloudResource, node: Json): string | null {
  const backend = referenceOf(memberOf(node, 'backendIPConfiguration'));
  if (typeof backend !== 'string' || modelId(backend) === backend) return null;
  const name = /^(?<pool>.+)\.\d+$/.exec(childName(node).toLowerCase())?.groups?.['pool'];
  const pool = listOf(balancer.body['inboundNatPools']).find((item) => childName(item).toLowerCase() === name);
  const isSame = pool !== undefined && ['protocol', 'backendPort'].every((member) => isAlike(memberOf(pool, member), memberOf(node, member)));
  return isSame ? (name ?? null) : null;
}

function isAlike(a: Json | undefined, b: Json | undefined): boolean {
  return typeof a === 'string' || typeof a === 'number' ? String(a).toLowerCase() === String(b).toLowerCase() : false;
}

/** An instance of a scale set that the input does not show is judged by the model of it: `…/vmss/virtualmachines/0/networkinterfaces/…`. */
export function modelId(id: string): string {
  return id.replace(/(\/virtualmachinescalesets\/[^/]+)\/virtualmachines\/[^/]+(?=\/networkinterfaces\/)/, '$1');
}
