import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { NO_ADDRESSES } from '../address.ts';
import type { Attachment } from '../attachment.ts';
import { atLeast, exposureOf } from '../exposure.ts';
import { makeFact } from '../fact.ts';
import { RDP_PORT } from '../group-fact.ts';
import type { Nic } from '../interface.ts';
import type { Filter, Network } from '../network.ts';
import { resourceGroupOf } from '../resources.ts';
import { TCP } from '../rule.ts';
import { reachesOf, type SecurityGroup } from '../security-group.ts';
import { type Spaces, spacesOf } from '../space.ts';
import { anyOf, known } from '../values.ts';

/**
 * For each group of a network into which a default route leads, or routes that are one together: whether RDP is open to
 * whatever the tag VirtualNetwork holds there, which may be every address (service-tags-overview). What is open without the
 * tag is another finding. Where Azure itself said at every interface behind the group what the tag holds, that counts alone.
 */
export function tagReachFacts(target: Target, network: Network, nics: readonly Nic[], attachments: ReadonlyMap<CloudResource, Attachment>): Fact[] {
  return [...network.groups.values()].flatMap((group) => {
    const attachment = attachments.get(group.resource);
    if (attachment === undefined) return [];
    const told = spacesBehind(network, nics, group);
    const isTold = told.length > 0 && told.every(({ view }) => view.tag !== null);
    const shown = isTold ? [] : attachment.networks.map((id) => network.spaces(id));
    const widened = [...shown, ...told.filter(({ view }) => view.tag !== null)].filter(({ tagMayBeInternet }) => tagMayBeInternet);
    if (widened.length === 0) return [];
    const unknown: Pointer[] = [];
    const byTag = anyOf(widened.map((spaces) => opensByTag(group, attachment, spaces)));
    return makeFact(target, {
      kind: 'azure.networkTagReach',
      name: group.resource.name,
      resource: group.resource,
      data: {
        name: group.resource.name,
        resourceGroup: resourceGroupOf(group.resource),
        attachedTo: [...attachment.names],
        rdpByNetworkTag: known(byTag, '/rdpByNetworkTag', unknown),
      },
      unknown,
      because: [...new Set(widened.flatMap(({ view }) => (view.tag === null ? view.unseenRoutes : [])))],
    });
  });
}

/** What each interface behind a group sees, by its own or by its subnet's. */
function spacesBehind(network: Network, nics: readonly Nic[], group: SecurityGroup): Spaces[] {
  const isIt = (filter: Filter | undefined): boolean => typeof filter === 'object' && filter.resource === group.resource;
  return nics.flatMap((nic) =>
    nic.addresses
      .filter(({ subnet }) => isIt(nic.filter) || isIt(subnet?.filter))
      .map(({ subnet }) => network.spacesAt(subnet?.networkId ?? '', nic.resource.id)),
  );
}

/** Whether RDP is open to as much as the Internet by the tag alone. What only a route that nobody sees would open is not known. */
function opensByTag(group: SecurityGroup, attachment: Attachment, spaces: Spaces): boolean | null {
  const { view, tagMayBeInternet } = spaces;
  const plain = internet(group, attachment, spacesOf({ ...view, tagMayBeAny: false, perhaps: NO_ADDRESSES, tag: null }));
  if (internet(group, attachment, spaces) === false || plain === true) return false;
  if (plain === null) return null;
  const isShown = view.unseenRoutes.length === 0 ? tagMayBeInternet : spacesOf({ ...view, tagMayBeAny: view.shownMakeTagAny }).tagMayBeInternet;
  return isShown ? true : null;
}

function internet(group: SecurityGroup, { destination }: Attachment, spaces: Spaces): boolean | null {
  return atLeast(exposureOf(spaces, reachesOf(group, spaces, TCP, RDP_PORT, destination)), 'internet');
}
