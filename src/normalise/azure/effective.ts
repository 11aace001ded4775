import { parentId, relativeId, sameResource } from '../../lib/azure-id.ts';
import type { CloudResource } from '../../model/cloud-resource.ts';
import { isObject, type Json } from '../../model/json.ts';
import { type AddressSet, addressSetOf } from './address.ts';
import { listOf, memberOf, ofType, type Resources } from './resources.ts';

/**
 * What Azure itself says counts, of a live snapshot alone: the addresses behind the tag `VirtualNetwork` at an interface, and the
 * security admin rules that are deployed to a virtual network.
 *
 * https://learn.microsoft.com/rest/api/virtualnetwork/network-interfaces/list-effective-network-security-groups
 * https://learn.microsoft.com/azure/virtual-network-manager/concept-security-admins
 */
export interface Effective {
  /** Null where nobody asked, or the machine did not run. */
  readonly tagAt: (nicId: string) => AddressSet | null;
  /** The rules as they stand in the answer; null where nobody asked or the answer is not whole. */
  readonly adminRulesOf: (networkId: string) => readonly Json[] | null;
  /** The answer about a network goes on elsewhere. */
  readonly isCut: (networkId: string) => boolean;
  /** The snapshot was meant to hold them. */
  readonly isAsked: boolean;
}

const GROUPS_TYPE = 'microsoft.network/networkinterfaces/effectivenetworksecuritygroups';
const ADMIN_TYPE = 'microsoft.network/virtualnetworks/effectivesecurityadminrules';

export function readEffective(resources: Resources): Effective {
  const groups = byOwner(ofType(resources, GROUPS_TYPE));
  const rules = byOwner(ofType(resources, ADMIN_TYPE));
  return {
    tagAt: (nicId) => {
      const found = find(groups, nicId);
      return found === null ? null : tagOf(found.body['value']);
    },
    adminRulesOf: (networkId) => {
      const found = networkId === '' ? null : find(rules, networkId);
      const list = found?.body['value'];
      return !goesOn(found) && Array.isArray(list) ? (list as readonly Json[]) : null;
    },
    isCut: (networkId) => networkId !== '' && goesOn(find(rules, networkId)),
    isAsked: resources.inventory.unread !== undefined,
  };
}

function goesOn(answer: CloudResource | null): boolean {
  const token = answer?.body['skipToken'];
  return token !== undefined && token !== null && token !== '';
}

function byOwner(found: readonly CloudResource[]): Map<string, CloudResource[]> {
  return Map.groupBy(found, (resource) => relativeId(parentId(resource.id)));
}

function find(map: ReadonlyMap<string, readonly CloudResource[]>, id: string): CloudResource | null {
  return (map.get(relativeId(id)) ?? []).find((resource) => sameResource(parentId(resource.id), id)) ?? null;
}

/** The default rule AllowVnetInBound is for the tag alone, so its expanded sources are the tag. */
function tagOf(groups: Json | undefined): AddressSet | null {
  for (const group of listOf(groups)) {
    for (const rule of listOf(memberOf(group, 'effectiveSecurityRules'))) {
      const name = memberOf(rule, 'name');
      if (typeof name !== 'string' || !/(?:^|\/)allowvnetinbound$/i.test(name) || !isObject(rule)) continue;
      const expanded = rule['expandedSourceAddressPrefix'];
      if (!Array.isArray(expanded) || expanded.length === 0) continue;
      const texts = (expanded as readonly Json[]).filter((text) => typeof text === 'string');
      const set = texts.length === expanded.length ? addressSetOf(texts) : null;
      if (set !== null) return set;
    }
  }
  return null;
}
