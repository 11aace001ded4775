import { parentId, sameResource } from '../../lib/azure-id.ts';
import type { CloudResource } from '../../model/cloud-resource.ts';
import { type Json, isObject } from '../../model/json.ts';
import { ALL_SEEN, readUnseenAdminRules, type UnseenAdminRules } from './admin-unseen.ts';
import type { Network } from './network.ts';
import { isThere, plainId } from './coverage.ts';
import { mayApply, readNetworkGroups } from './network-groups.ts';
import { findResource, listOf, memberOf, ofType, referenceOf, type Resources } from './resources.ts';
import { asSecurityRule, readRule, type Rule } from './rule.ts';
import type { Interner } from './side.ts';

/**
 * Security admin rules of a network manager come before every group: `Deny` drops, `AlwaysAllow` delivers without asking the
 * groups, and `Allow` leaves it to them (https://learn.microsoft.com/azure/virtual-network-manager/concept-security-admins).
 */
export interface AdminRule {
  readonly rule: Rule;
  readonly does: 'drop' | 'deliver' | 'ask' | 'unknown';
  /** Of the manager that it is of. */
  readonly manager: string;
  /** Network groups that its collection is for; null where that is not known. */
  readonly groups: readonly string[] | null;
}

/** `deployed`: what Azure says counts, all of it. `declared`: what may be deployed; no document shows what is. */
export interface AdminRules {
  readonly by: 'deployed' | 'declared';
  readonly rules: readonly AdminRule[];
  /** There may be others. */
  readonly unseen: UnseenAdminRules;
}

/** The rules before the groups of a virtual network. */
export type AdminRulesOf = (networkId: string) => AdminRules;

export const NO_ADMIN_RULES: AdminRules = { by: 'deployed', rules: [], unseen: ALL_SEEN };

const MANAGER_TYPE = 'microsoft.network/networkmanagers';
const RULE_TYPE = `${MANAGER_TYPE}/securityadminconfigurations/rulecollections/rules`;

export function readAdminRules({ resources, interner, effective }: Pick<Network, 'resources' | 'interner' | 'effective'>): AdminRulesOf {
  const declared = declaredRules(resources, interner);
  const groupsOf = readNetworkGroups(resources);
  const unseenBy = readUnseenAdminRules(resources, effective, groupsOf);
  const known = new Map<string, AdminRules>();
  return (networkId) => {
    let rules = known.get(networkId);
    if (rules === undefined) {
      const deployed = effective.adminRulesOf(networkId);
      rules =
        deployed === null
          ? inGroups(declared, groupsOf(networkId), unseenBy(networkId))
          : { by: 'deployed', rules: ordered(deployed.flatMap((node) => adminRule(node, interner))), unseen: ALL_SEEN };
      known.set(networkId, rules);
    }
    return rules;
  };
}

/** Of declared rules those that may be for a network; one that is in no group has none. */
function inGroups(declared: readonly AdminRule[], groups: readonly string[] | null, unseen: UnseenAdminRules): AdminRules {
  if (groups?.length === 0) return NO_ADMIN_RULES;
  return { by: 'declared', rules: groups === null ? declared : declared.filter((rule) => mayApply(rule.groups, groups)), unseen };
}

function declaredRules(resources: Resources, interner: Interner): AdminRule[] {
  const raw: { readonly node: Json; readonly collection: Json | undefined }[] = ofType(resources, RULE_TYPE).map((resource) => ({
    node: { name: resource.name, ...resource.body },
    collection: findResource(resources, parentId(resource.id))?.body,
  }));
  const collections: Json[] = ofType(resources, `${MANAGER_TYPE}/securityadminconfigurations/rulecollections`).map((resource) => resource.body);
  const configurations: Json[] = ofType(resources, `${MANAGER_TYPE}/securityadminconfigurations`).map((resource) => resource.body);
  for (const manager of ofType(resources, MANAGER_TYPE)) configurations.push(...listOf(manager.body['securityAdminConfigurations']));
  for (const configuration of configurations) collections.push(...listOf(memberOf(configuration, 'ruleCollections')));
  for (const collection of collections) raw.push(...listOf(memberOf(collection, 'rules')).map((node) => ({ node, collection })));
  return raw.flatMap(({ node, collection }) => adminRule(node, interner, groupsFor(collection)));
}

function groupsFor(collection: Json | undefined): readonly string[] | null {
  const stated = memberOf(collection, 'appliesToGroups');
  if (!Array.isArray(stated)) return null;
  const groups = (stated as readonly Json[]).map((item) => referenceOf(memberOf(item, 'networkGroupId')));
  const ids = groups.filter((group) => typeof group === 'string');
  return ids.length === groups.length ? ids : null;
}

const DOES: Readonly<Record<string, AdminRule['does']>> = { deny: 'drop', alwaysallow: 'deliver', allow: 'ask' };

function adminRule(node: Json, interner: Interner, groups: readonly string[] | null = null): AdminRule[] {
  if (!isObject(node)) return [];
  const access = node['access'];
  const word = typeof access === 'string' ? access.toLowerCase() : '';
  const rule = readRule(asSecurityRule(node, 'Allow'), '', interner);
  if (rule.direction === 'outbound') return [];
  const id = node['id'];
  const named = typeof id === 'string' && node['name'] === undefined ? { ...rule, name: id.slice(id.lastIndexOf('/') + 1) } : rule;
  const manager = typeof id === 'string' ? (/\/networkmanagers\/([^/]+)\//i.exec(id)?.[1] ?? '').toLowerCase() : '';
  return [{ rule: named, does: Object.hasOwn(DOES, word) ? (DOES[word] ?? 'unknown') : 'unknown', manager, groups }];
}

/** The inbound rules of a collection, as if they were all that is deployed. Of one that may not be there nobody knows what it does. */
export function rulesOf(resources: Resources, interner: Interner, collection: CloudResource): AdminRule[] {
  const own = ofType(resources, RULE_TYPE).filter((rule) => sameResource(parentId(plainId(rule)), plainId(collection)));
  const children = own.flatMap((rule) => {
    const read = adminRule(rule.body, interner);
    return isThere(rule, collection) ? read : read.map((one): AdminRule => ({ ...one, does: 'unknown' }));
  });
  return ordered([...children, ...listOf(collection.body['rules']).flatMap((node) => adminRule(node, interner))]);
}

export function isAllSeen({ unseen }: AdminRules): boolean {
  return unseen.because.length === 0;
}

function ordered(rules: readonly AdminRule[]): AdminRule[] {
  const last = Number.MAX_SAFE_INTEGER;
  return rules.toSorted((a, b) => (a.rule.priority ?? last) - (b.rule.priority ?? last));
}
