import { normaliseId, parentId, sameResource } from '../../lib/azure-id.ts';
import { type CloudResource, type Conditional, isUnresolved } from '../../model/cloud-resource.ts';
import { isObject, type Json } from '../../model/json.ts';
import { isThere, plainId } from './coverage.ts';
import type { Effective } from './effective.ts';
import type { NetworkGroupsOf } from './network-groups.ts';
import { findResource, listOf, memberOf, ofType, type Resources } from './resources.ts';

/**
 * Where security admin rules may count that the input does not show. A document that speaks of no network manager is judged as if
 * there were none; one that speaks of one leaves open what it does not hold of it. A live snapshot shows what is deployed, or
 * says that it could not read it.
 *
 * https://learn.microsoft.com/azure/virtual-network-manager/concept-network-groups
 */
export interface UnseenAdminRules {
  /** Clauses for people. */
  readonly because: readonly string[];
  /** There is a network manager, so that a denial is as likely as anything; else only what nobody could read may open more. */
  readonly mayDeny: boolean;
}

export const ALL_SEEN: UnseenAdminRules = { because: [], mayDeny: false };

const MANAGER_TYPE = 'microsoft.network/networkmanagers';
const CONFIGURATION_TYPE = `${MANAGER_TYPE}/securityadminconfigurations`;
const COLLECTION_TYPE = `${CONFIGURATION_TYPE}/rulecollections`;
const RULE_TYPE = `${COLLECTION_TYPE}/rules`;
const GROUP_TYPE = `${MANAGER_TYPE}/networkgroups`;
const EFFECTIVE_TYPE = 'microsoft.network/virtualnetworks/effectivesecurityadminrules';

/** Something that names a manager whose rules are not all shown, and the networks that it concerns; null for any. */
interface Trace {
  readonly manager: string;
  readonly networks: readonly string[] | null;
}

export function readUnseenAdminRules(resources: Resources, effective: Effective, groupsOf: NetworkGroupsOf): (networkId: string) => UnseenAdminRules {
  const traces = tracesIn(resources);
  return (networkId) => {
    const because = new Set<string>();
    for (const { manager, networks } of traces) {
      if (networkId === '' || networks === null || networks.some((id) => sameResource(id, networkId)))
        because.add(`the security admin rules of network manager ${manager} are not all in the input`);
    }
    for (const group of groupsOf(networkId) ?? []) {
      if (!isHeld(findResource(resources, scopeOf(group))))
        because.add(`the security admin rules of network manager ${managerOf(group)} are not all in the input`);
    }
    const mayDeny = because.size > 0;
    if (isUnread(resources, effective, networkId))
      because.add(`the security admin rules of virtual network ${lastOf(networkId) || 'unknown'} could not be read`);
    return because.size === 0 ? ALL_SEEN : { because: [...because], mayDeny };
  };
}

/** A live snapshot was meant to hold what is deployed to a network, and does not, or not all of it. */
function isUnread({ inventory }: Resources, effective: Effective, networkId: string): boolean {
  const isDenied = (inventory.unread ?? []).some(({ type, scope }) => type === EFFECTIVE_TYPE && (scope === '' || scope === networkId));
  return isDenied || (effective.isAsked && effective.isCut(networkId));
}

/** What a manager, a configuration and a collection hold, as lists of their own or as children. */
const LEVELS = [
  { type: MANAGER_TYPE, list: 'securityAdminConfigurations' },
  { type: CONFIGURATION_TYPE, list: 'ruleCollections' },
  { type: COLLECTION_TYPE, list: 'rules' },
] as const;

function tracesIn(resources: Resources): readonly Trace[] {
  const { unread } = resources.inventory;
  const wereRead = unread !== undefined && !unread.some(({ type }) => type.startsWith(CONFIGURATION_TYPE));
  // Where one is not deployed although what names it is, one of the name that was there before stays.
  const isElsewhere = (id: string, by: Conditional): boolean => {
    const found = findResource(resources, id);
    return found === null || found.context || !isThere(found, by);
  };
  const traces: Trace[] = [];
  if (!wereRead) {
    for (const [level, { type }] of LEVELS.entries()) {
      for (const resource of ofType(resources, type)) {
        const isRooted = level === 0 || !isElsewhere(parentId(plainId(resource)), resource);
        const mayRule = level > 0 || maySetRules(resource);
        if (mayRule && !(isRooted && isWhole(resources, resource, level)))
          traces.push({ manager: managerOf(resource.id), networks: level === 2 ? networksOf(resources, resource, true) : null });
      }
    }
    for (const rule of ofType(resources, RULE_TYPE))
      if (isElsewhere(parentId(plainId(rule)), rule)) traces.push({ manager: managerOf(rule.id), networks: null });
  }
  for (const [id, by] of groupsNamed(resources))
    if (isElsewhere(scopeOf(id), by)) traces.push({ manager: managerOf(id), networks: membersOf(resources, id, true) });
  for (const connection of ofType(resources, 'microsoft.network/networkmanagerconnections')) {
    const id = connection.body['networkManagerId'];
    if (typeof id !== 'string' || isElsewhere(normaliseId(id), connection))
      traces.push({ manager: typeof id === 'string' ? lastOf(id) : 'unknown', networks: null });
  }
  return traces;
}

/** Managers for connectivity, routing or user rules alone have no security admin rules. */
function maySetRules({ body }: CloudResource): boolean {
  const stated = body['networkManagerScopeAccesses'];
  if (!Array.isArray(stated)) return true;
  return (stated as readonly Json[]).some((access) => typeof access !== 'string' || access.toLowerCase() === 'securityadmin');
}

function isHeld(resource: CloudResource | null): boolean {
  return resource !== null && !resource.context;
}

/** The input declares it, and what it holds down to rules. */
function isWhole(resources: Resources, resource: CloudResource, level: number): boolean {
  if (resource.context) return false;
  const list = resource.body[LEVELS[level]?.list ?? ''];
  const nested = listOf(list);
  if (!nested.every((node) => holdsRules(node, level + 1))) return false;
  const childType = LEVELS[level + 1]?.type ?? RULE_TYPE;
  return (
    nested.length > 0 || ofType(resources, childType).some((child) => isThere(child, resource) && sameResource(parentId(plainId(child)), plainId(resource)))
  );
}

function holdsRules(node: Json, level: number): boolean {
  const next = LEVELS[level];
  if (next === undefined || isUnresolved(node)) return next === undefined && !isUnresolved(node);
  const nested = listOf(memberOf(node, next.list));
  return nested.length > 0 && nested.every((inner) => holdsRules(inner, level + 1));
}

/** Networks of the groups that a collection is for; null where they are not all known. `isSure`: or may not be those. */
export function networksOf(resources: Resources, { body }: CloudResource, isSure = false): readonly string[] | null {
  const groups = listOf(body['appliesToGroups']).map((group) => memberOf(group, 'networkGroupId'));
  if (groups.length === 0) return null;
  const networks: string[] = [];
  for (const group of groups) {
    const members = typeof group === 'string' ? membersOf(resources, normaliseId(group), isSure) : null;
    if (members === null) return null;
    networks.push(...members);
  }
  return networks;
}

/** Every network group that the input names as a resource, by a member or in a policy that fills it, with what names it. */
function groupsNamed(resources: Resources): readonly (readonly [string, CloudResource])[] {
  const found: (readonly [string, CloudResource])[] = [];
  for (const group of ofType(resources, GROUP_TYPE)) found.push([plainId(group), group]);
  for (const member of ofType(resources, `${GROUP_TYPE}/staticmembers`)) found.push([parentId(plainId(member)), member]);
  for (const definition of ofType(resources, 'microsoft.authorization/policydefinitions')) {
    const { body } = definition;
    const then = memberOf(body['policyRule'], 'then');
    const effect = memberOf(then, 'effect');
    const id = memberOf(memberOf(then, 'details'), 'networkGroupId');
    if (isObject(then) && typeof effect === 'string' && effect.toLowerCase() === 'addtonetworkgroup')
      found.push([typeof id === 'string' ? normaliseId(id) : `${MANAGER_TYPE}/unknown/networkgroups/unknown`, definition]);
  }
  return found;
}

/** The networks that are members by name; null for a group without any, which a policy fills. */
function membersOf(resources: Resources, group: string, isSure: boolean): readonly string[] | null {
  const members = ofType(resources, `${GROUP_TYPE}/staticmembers`).filter((member) => sameResource(parentId(plainId(member)), group));
  const own = findResource(resources, group);
  if (isSure && !members.some((member) => isThere(member, own ?? {}))) return null;
  const networks: string[] = [];
  for (const { body } of members) {
    const id = body['resourceId'];
    if (typeof id !== 'string') return null;
    networks.push(normaliseId(id).replace(/\/subnets\/[^/]+$/, ''));
  }
  return networks.length === 0 ? null : networks;
}

/** The id of the manager that a child of one is of. */
function scopeOf(id: string): string {
  return /^.*networkmanagers\/[^/]+/.exec(id)?.[0] ?? '';
}

export function managerOf(id: string): string {
  return lastOf(scopeOf(id)) || 'unknown';
}

function lastOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
