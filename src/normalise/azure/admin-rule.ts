import { parentId, sameResource } from '../../lib/azure-id.ts';
import type { CloudResource } from '../../model/cloud-resource.ts';
import { type Json, isObject } from '../../model/json.ts';
import { ALL_SEEN, readUnseenAdminRules, type UnseenAdminRules } from './admin-unseen.ts';
import type { Network } from './network.ts';
import { plainId } from './coverage.ts';
import { listOf, memberOf, ofType, type Resources } from './resources.ts';
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
  const unseenBy = readUnseenAdminRules(resources, effective);
  const known = new Map<string, AdminRules>();
  return (networkId) => {
    let rules = known.get(networkId);
    if (rules === undefined) {
      const deployed = effective.adminRulesOf(networkId);
      rules =
        deployed === null
          ? { by: 'declared', rules: declared, unseen: unseenBy(networkId) }
          : { by: 'deployed', rules: ordered(deployed.flatMap((node) => adminRule(node, interner))), unseen: ALL_SEEN };
      known.set(networkId, rules);
    }
    return rules;
  };
}

function declaredRules(resources: Resources, interner: Interner): AdminRule[] {
  const raw: Json[] = ofType(resources, RULE_TYPE).map((resource) => resource.body);
  const collections: Json[] = ofType(resources, `${MANAGER_TYPE}/securityadminconfigurations/rulecollections`).map((resource) => resource.body);
  const configurations: Json[] = ofType(resources, `${MANAGER_TYPE}/securityadminconfigurations`).map((resource) => resource.body);
  for (const manager of ofType(resources, MANAGER_TYPE)) configurations.push(...listOf(manager.body['securityAdminConfigurations']));
  for (const configuration of configurations) collections.push(...listOf(memberOf(configuration, 'ruleCollections')));
  for (const collection of collections) raw.push(...listOf(memberOf(collection, 'rules')));
  return raw.flatMap((node) => adminRule(node, interner));
}

const DOES: Readonly<Record<string, AdminRule['does']>> = { deny: 'drop', alwaysallow: 'deliver', allow: 'ask' };

function adminRule(node: Json, interner: Interner): AdminRule[] {
  if (!isObject(node)) return [];
  const access = node['access'];
  const word = typeof access === 'string' ? access.toLowerCase() : '';
  const rule = readRule(asSecurityRule(node, 'Allow'), '', interner);
  if (rule.direction === 'outbound') return [];
  const id = node['id'];
  const named = typeof id === 'string' && node['name'] === undefined ? { ...rule, name: id.slice(id.lastIndexOf('/') + 1) } : rule;
  const manager = typeof id === 'string' ? (/\/networkmanagers\/([^/]+)\//i.exec(id)?.[1] ?? '').toLowerCase() : '';
  return [{ rule: named, does: Object.hasOwn(DOES, word) ? (DOES[word] ?? 'unknown') : 'unknown', manager }];
}

/** The inbound rules of a collection, as if they were all that is deployed. */
export function rulesOf(resources: Resources, interner: Interner, collection: CloudResource): AdminRule[] {
  const own = ofType(resources, RULE_TYPE).filter((rule) => sameResource(parentId(plainId(rule)), plainId(collection)));
  return ordered([...own.map(({ body }) => body), ...listOf(collection.body['rules'])].flatMap((node) => adminRule(node, interner)));
}

export function isAllSeen({ unseen }: AdminRules): boolean {
  return unseen.because.length === 0;
}

function ordered(rules: readonly AdminRule[]): AdminRule[] {
  const last = Number.MAX_SAFE_INTEGER;
  return rules.toSorted((a, b) => (a.rule.priority ?? last) - (b.rule.priority ?? last));
}
