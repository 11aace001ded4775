import type { CloudResource } from '../../model/cloud-resource.ts';
import { NO_V4, NO_V6 } from './address.ts';
import { isThere } from './coverage.ts';
import { ANY_DESTINATION, type Destination } from './destination.ts';
import { type Bound, type Intervals, intervals } from './interval-set.ts';
import { destinationOf, type Nic } from './interface.ts';
import type { Network } from './network.ts';
import { listOf } from './resources.ts';
import type { SecurityGroup } from './security-group.ts';
import type { Spaces } from './space.ts';

/** What the input attaches a group to. */
export interface Attachment {
  /** For people: `subnet vnet-a/hosts`, `interface nic1`. */
  readonly names: readonly string[];
  readonly destination: Destination;
  /** Of its network, where it is attached in one alone. */
  readonly spaces: Spaces;
  readonly networks: readonly string[];
}

interface Draft {
  readonly names: string[];
  readonly networks: Set<string>;
  readonly v4: number[];
  readonly v6: bigint[];
  anywhere: boolean;
  /** One of them is there whenever the group is. */
  isSure: boolean;
}

/** By the groups' resources; one without an entry is attached to nothing that the input shows. */
export function attachmentsOf(network: Network, nics: readonly Nic[]): Map<CloudResource, Attachment> {
  const drafts = new Map<CloudResource, Draft>();
  const draftOf = ({ resource }: SecurityGroup): Draft => {
    let draft = drafts.get(resource);
    if (draft === undefined) drafts.set(resource, (draft = { names: [], networks: new Set(), v4: [], v6: [], anywhere: false, isSure: false }));
    return draft;
  };
  for (const subnet of network.subnets) {
    if (typeof subnet.filter === 'string') continue;
    const draft = draftOf(subnet.filter);
    draft.isSure ||= isThere(subnet, subnet.filter.resource);
    draft.names.push(`subnet ${subnet.name}`);
    draft.networks.add(subnet.networkId);
    if (subnet.prefixes === null) draft.anywhere = true;
    else pushAll(draft, subnet.prefixes.v4, subnet.prefixes.v6);
  }
  for (const nic of nics) {
    if (typeof nic.filter === 'string') continue;
    const draft = draftOf(nic.filter);
    draft.isSure ||= isThere(nic.resource, nic.filter.resource);
    draft.names.push(`interface ${nic.name}`);
    for (const address of nic.addresses) {
      draft.networks.add(address.subnet?.networkId ?? '');
      const destination = destinationOf(address);
      pushAll(draft, destination.v4, destination.v6);
    }
    if (nic.addresses.length === 0) draft.anywhere = true;
  }
  return new Map([...drafts].map(([group, draft]) => [group, finished(network, draft)]));
}

function pushAll(draft: Draft, v4: Intervals<number>, v6: Intervals<bigint>): void {
  for (const bound of v4) draft.v4.push(bound);
  for (const bound of v6) draft.v6.push(bound);
}

function finished(network: Network, draft: Draft): Attachment {
  const [only] = draft.networks;
  const spaces = draft.networks.size === 1 && only !== undefined ? network.spaces(only) : network.unknownSpaces;
  // A group that may be attached to none of them is judged like one that is attached to nothing that the input shows.
  const destination: Destination =
    draft.anywhere || !draft.isSure
      ? ANY_DESTINATION
      : {
          v4: draft.v4.length === 0 ? NO_V4 : setOf(draft.v4),
          v6: draft.v6.length === 0 ? NO_V6 : setOf(draft.v6),
          groups: 'any',
          mode: 'some',
        };
  return { names: draft.names, destination, spaces, networks: [...draft.networks] };
}

function setOf<T extends Bound>(pairs: Intervals<T>): Intervals<T> {
  return intervals(pairs);
}

/** Whether a live or exported group says that it is attached to something the input may not hold. */
export function saysAttached(group: SecurityGroup): boolean {
  return listOf(group.resource.body['subnets']).length > 0 || listOf(group.resource.body['networkInterfaces']).length > 0;
}
