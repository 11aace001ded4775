import { normaliseId, relativeId, sameResource } from '../../lib/azure-id.ts';
import { type CloudResource, type Conditional, conditionAt, isUnresolved } from '../../model/cloud-resource.ts';
import type { Json } from '../../model/json.ts';
import { addressKey } from './address.ts';
import { isThere } from './coverage.ts';
import type { Nic, NicAddress } from './interface.ts';
import type { Intervals } from './interval-set.ts';
import { ALL_PORTS, NO_PORTS } from './port.ts';
import { modelId, poolNameOf } from './nat-pool.ts';
import { type OpenByDefault, openByDefault } from './public-ip.ts';
import { type Child, childName, findChild, listOf, memberOf, ofType, referenceOf, type Resources } from './resources.ts';
import { TCP, UDP } from './rule.ts';

const LB_TYPE = 'microsoft.network/loadbalancers';

/** One way through a load balancer: a NAT rule, a NAT pool or a load-balancing rule. */
export interface BalancerRule {
  readonly resource: CloudResource;
  readonly pointer: string;
  readonly name: string;
  readonly balancer: string;
  readonly shape: 'nat-rule' | 'nat-pool' | 'rule';
  /** Whether its frontend has a public address; null when that is not known. */
  readonly isPublic: boolean | null;
  /** Name of the frontend; `''` when it is not known. */
  readonly frontend: string;
  /** Id of the frontend; null when it is not known. */
  readonly frontendId: string | null;
  /** Packets pass a gateway load balancer first, with appliances that may drop them. */
  readonly chained: boolean;
  readonly frontendPort: string;
  /** After translation; empty with `portsUnknown` when it is unresolved. */
  readonly ports: Intervals<number>;
  readonly portsUnknown: boolean;
  /** Bits of TCP and UDP; null when unresolved. */
  readonly protocols: number | null;
  readonly floating: boolean | null;
  readonly open: OpenByDefault;
  /** Interfaces that it leads to. */
  readonly targets: readonly NicAddress[];
  /** Some of them may not be in the input. */
  readonly targetsUnknown: boolean;
  /** An interface or another resource refers to it, so that removing it alone would break the deployment. */
  readonly referenced: boolean;
}

/** Interfaces by what they refer to, so that no rule has to look through all of them. */
interface Members {
  readonly byTail: ReadonlyMap<string, readonly { readonly id: string; readonly address: NicAddress }[]>;
  readonly byPrivateAddress: ReadonlyMap<string, readonly NicAddress[]>;
  /** Ids of instances of scale sets too. */
  readonly byId: ReadonlyMap<string, readonly { readonly id: string; readonly address: NicAddress }[]>;
}

/** Members of an interface address that name parts of a load balancer, and the lists of these. */
export const REFERRING = [
  ['loadBalancerInboundNatRules', 'inboundNatRules'],
  ['loadBalancerInboundNatPools', 'inboundNatPools'],
  ['loadBalancerBackendAddressPools', 'backendAddressPools'],
] as const;

function membersOf(nics: readonly Nic[]): Members {
  const byTail = new Map<string, { id: string; address: NicAddress }[]>();
  const byPrivateAddress = new Map<string, NicAddress[]>();
  const byId = new Map<string, { id: string; address: NicAddress }[]>();
  for (const address of nics.flatMap((nic) => nic.addresses)) {
    for (const [name] of REFERRING) {
      for (const item of listOf(memberOf(address.node, name))) {
        const reference = referenceOf(item);
        if (typeof reference === 'string') push(byTail, relativeId(reference), { id: reference, address });
      }
    }
    const ids = new Set([address.id, ...address.standsFor.map(({ id }) => id)]);
    const own = address.standsFor.length === 0 ? [address.privateAddress] : address.standsFor.map(({ privateAddress }) => privateAddress);
    for (const one of own) if (one !== null) push(byPrivateAddress, addressKey(one), address);
    for (const id of ids) push(byId, relativeId(id), { id, address });
  }
  return { byTail, byPrivateAddress, byId };
}

export function conditionOf({ resource, pointer }: Pick<Child, 'resource' | 'pointer'>): Conditional {
  return { conditional: conditionAt(resource, pointer) };
}

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}

export function readBalancerRules(resources: Resources, nics: readonly Nic[]): BalancerRule[] {
  const members = membersOf(nics);
  const rules: BalancerRule[] = [];
  const shapes = [
    ['inboundNatRules', 'nat-rule'],
    ['inboundNatPools', 'nat-pool'],
    ['loadBalancingRules', 'rule'],
  ] as const;
  for (const balancer of ofType(resources, LB_TYPE)) {
    for (const [collection, shape] of shapes) {
      for (const [index, node] of listOf(balancer.body[collection]).entries()) {
        if (shape === 'nat-rule' && poolNameOf(balancer, node) !== null) continue;
        rules.push(
          ruleOf(
            resources,
            members,
            balancer,
            balancer,
            node,
            `/${collection}/${index}`,
            `${balancer.id}/${collection.toLowerCase()}/${childName(node).toLowerCase()}`,
            shape,
          ),
        );
      }
    }
  }
  // A NAT rule whose load balancer the input does not hold stands alone.
  for (const resource of ofType(resources, `${LB_TYPE}/inboundnatrules`)) {
    if (!resource.context) rules.push(ruleOf(resources, members, resource, null, resource.body, '', resource.id, 'nat-rule'));
  }
  return rules;
}

function ruleOf(
  resources: Resources,
  members: Members,
  resource: CloudResource,
  balancer: CloudResource | null,
  node: Json,
  pointer: string,
  id: string,
  shape: BalancerRule['shape'],
): BalancerRule {
  const protocol = memberOf(node, 'protocol');
  const word = typeof protocol === 'string' ? protocol.toLowerCase() : null;
  const haPorts = shape === 'rule' && word === 'all' && Number(memberOf(node, 'backendPort') ?? 0) === 0;
  const port = haPorts ? ALL_PORTS : portOf(memberOf(node, 'backendPort'));
  const floating = memberOf(node, 'enableFloatingIP');
  const sku = balancer === null ? undefined : balancer.body['sku'];
  const referring = (members.byTail.get(relativeId(id)) ?? []).filter((entry) => sameResource(entry.id, id)).map((entry) => entry.address);
  const made = shape === 'nat-pool' && balancer !== null ? poolInstances(members, balancer, childName(node).toLowerCase()) : [];
  const backends = backendsOf(resources, members, node, [...referring, ...made]);
  const own = conditionOf({ resource, pointer });
  const frontend = referenceOf(memberOf(node, 'frontendIPConfiguration'));
  const frontendId = typeof frontend === 'string' ? frontend : null;
  return {
    resource,
    pointer,
    name: pointer === '' ? (resource.name.split('/').pop() ?? resource.name) : childName(node) || 'unknown',
    balancer: balancer?.name ?? id.split('/').at(-3) ?? '',
    shape,
    isPublic: frontendIsPublic(resources, node, own),
    frontend: frontendId === null ? '' : frontendId.slice(frontendId.lastIndexOf('/') + 1),
    frontendId,
    chained: isChained(frontendOf(resources, node)?.node),
    frontendPort: frontendText(node, haPorts),
    ports: port ?? NO_PORTS,
    portsUnknown: port === null,
    protocols: word === 'tcp' ? TCP : word === 'udp' ? UDP : word === 'all' ? TCP | UDP : null,
    floating: floating === true ? true : isUnresolved(floating) ? null : false,
    open: balancer === null || balancer.context || !isThere(balancer, own) ? null : openByDefault(sku),
    targets: backends.targets,
    targetsUnknown: backends.unknown,
    referenced: referring.length > 0,
  };
}

/** Instances that rules of a NAT pool lead to. */
function poolInstances(members: Members, balancer: CloudResource, pool: string): NicAddress[] {
  return listOf(balancer.body['inboundNatRules']).flatMap((node) => {
    const backend = referenceOf(memberOf(node, 'backendIPConfiguration'));
    return typeof backend === 'string' && poolNameOf(balancer, node) === pool ? byId(members, backend) : [];
  });
}

function portOf(value: Json | undefined): Intervals<number> | null {
  const port = typeof value === 'number' ? value : typeof value === 'string' && /^\d{1,5}$/.test(value.trim()) ? Number(value) : Number.NaN;
  return Number.isInteger(port) && port >= 0 && port <= 65535 ? [port, port + 1] : null;
}

function frontendText(node: Json, haPorts: boolean): string {
  if (haPorts) return 'any';
  const single = memberOf(node, 'frontendPort');
  if (typeof single === 'number' || typeof single === 'string') return String(single);
  const [low, high] = [memberOf(node, 'frontendPortRangeStart'), memberOf(node, 'frontendPortRangeEnd')];
  return (typeof low === 'number' || typeof low === 'string') && (typeof high === 'number' || typeof high === 'string') ? `${low}-${high}` : 'unknown';
}

function frontendOf(resources: Resources, node: Json): Child | null {
  const reference = referenceOf(memberOf(node, 'frontendIPConfiguration'));
  return typeof reference === 'string' ? findChild(resources, reference, 'frontendIPConfigurations') : null;
}

/** Of a frontend or an interface: https://learn.microsoft.com/azure/load-balancer/gateway-overview. */
export function isChained(node: Json | undefined): boolean {
  const reference = node === undefined ? null : referenceOf(memberOf(node, 'gatewayLoadBalancer'));
  return reference !== null && (typeof reference === 'string' || reference.is === 'unresolved');
}

function frontendIsPublic(resources: Resources, node: Json, rule: Conditional): boolean | null {
  const frontend = frontendOf(resources, node);
  if (frontend === null) return null;
  const addresses = [memberOf(frontend.node, 'publicIPAddress'), memberOf(frontend.node, 'publicIPPrefix')].map(referenceOf);
  if (addresses.some((address) => typeof address === 'string')) return true;
  // `publicIPAddress: { id: <expression> }` is a public address, whichever it is.
  const stated = [memberOf(frontend.node, 'publicIPAddress'), memberOf(frontend.node, 'publicIPPrefix')];
  if (stated.some((value) => value !== undefined && value !== null && !isUnresolved(value) && typeof value === 'object' && Object.keys(value).length > 0))
    return true;
  return stated.some((value) => isUnresolved(value)) || !isThere(conditionOf(frontend), rule) ? null : false;
}

function backendsOf(resources: Resources, members: Members, node: Json, referring: readonly NicAddress[]): { targets: NicAddress[]; unknown: boolean } {
  const targets = new Set(referring);
  let unknown = false;
  const direct = referenceOf(memberOf(node, 'backendIPConfiguration'));
  if (typeof direct === 'string') for (const address of byId(members, direct)) targets.add(address);
  else if (direct.is === 'unresolved') unknown = true;
  for (const value of [memberOf(node, 'backendAddressPool'), ...listOf(memberOf(node, 'backendAddressPools'))]) {
    const reference = referenceOf(value);
    if (typeof reference !== 'string') {
      unknown ||= reference.is === 'unresolved';
      continue;
    }
    for (const entry of members.byTail.get(relativeId(reference)) ?? []) if (sameResource(entry.id, reference)) targets.add(entry.address);
    const pool = findChild(resources, reference, 'backendAddressPools');
    for (const address of poolAddresses(members, pool?.node)) targets.add(address);
    unknown ||= [memberOf(pool?.node, 'backendIPConfigurations'), memberOf(pool?.node, 'loadBalancerBackendAddresses')].some(isUnresolved);
  }
  return {
    targets: [...targets],
    unknown: unknown || (targets.size === 0 && !resources.inventory.complete),
  };
}

function poolAddresses(members: Members, pool: Json | undefined): NicAddress[] {
  const found: NicAddress[] = [];
  for (const item of listOf(memberOf(pool, 'backendIPConfigurations'))) {
    const reference = referenceOf(item);
    if (typeof reference === 'string') found.push(...byId(members, reference));
  }
  for (const item of listOf(memberOf(pool, 'loadBalancerBackendAddresses'))) {
    const reference = referenceOf(memberOf(item, 'networkInterfaceIPConfiguration'));
    const address = memberOf(item, 'ipAddress');
    if (typeof reference === 'string') found.push(...byId(members, reference));
    if (typeof address === 'string') found.push(...(members.byPrivateAddress.get(addressKey(address)) ?? []));
  }
  return found;
}

function byId(members: Members, id: string): readonly NicAddress[] {
  const named = (wanted: string): NicAddress[] =>
    (members.byId.get(relativeId(wanted)) ?? []).flatMap((entry) => (sameResource(entry.id, wanted) ? [entry.address] : []));
  const exact = named(normaliseId(id));
  return exact.length > 0 ? exact : named(modelId(normaliseId(id)));
}
