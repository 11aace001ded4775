import { type Json, isObject } from '../../model/json.ts';
import { ANY_DESTINATION, cellsOf } from './destination.ts';
import type { Reach } from './evaluate.ts';
import { type Bound, contains, type Intervals, subtract, union, overlaps } from './interval-set.ts';
import { listOf, memberOf, ofType, type Resources } from './resources.ts';
import { asSecurityRule, readRule, type Rule } from './rule.ts';
import type { Interner } from './side.ts';
import { addressesOf, type Space } from './space.ts';

/**
 * Security admin rules of a network manager come before every group: `Deny` drops and `AlwaysAllow` delivers without asking
 * the groups. Only committed deployments count, and which networks they reach is decided by group membership; neither is in
 * a document. So such a rule makes an answer uncertain, and never certain.
 */
export interface AdminRule {
  readonly rule: Rule;
  readonly delivers: boolean;
}

const MANAGER_TYPE = 'microsoft.network/networkmanagers';
const RULE_TYPE = `${MANAGER_TYPE}/securityadminconfigurations/rulecollections/rules`;

export function readAdminRules(resources: Resources, interner: Interner): AdminRule[] {
  const raw: Json[] = ofType(resources, RULE_TYPE).map((resource) => resource.body);
  const collections: Json[] = ofType(resources, `${MANAGER_TYPE}/securityadminconfigurations/rulecollections`).map((resource) => resource.body);
  const configurations: Json[] = ofType(resources, `${MANAGER_TYPE}/securityadminconfigurations`).map((resource) => resource.body);
  for (const manager of ofType(resources, MANAGER_TYPE)) configurations.push(...listOf(manager.body['securityAdminConfigurations']));
  for (const configuration of configurations) collections.push(...listOf(memberOf(configuration, 'ruleCollections')));
  for (const collection of collections) raw.push(...listOf(memberOf(collection, 'rules')));
  return raw.flatMap((node) => adminRule(node, interner));
}

function adminRule(node: Json, interner: Interner): AdminRule[] {
  if (!isObject(node)) return [];
  const access = node['access'];
  const word = typeof access === 'string' ? access.toLowerCase() : null;
  if (word === 'allow') return [];
  const delivers = word === 'alwaysallow';
  const rule = readRule(asSecurityRule(node, delivers ? 'Allow' : 'Deny'), '', interner);
  if (rule.direction === 'outbound') return [];
  return word === null
    ? [
        { rule, delivers: true },
        { rule, delivers: false },
      ]
    : [{ rule, delivers }];
}

/** What may come before the groups for one protocol and port: sources that may be dropped, and that may be delivered. */
export function withAdminRules<T extends Bound>(
  space: Space<T>,
  reach: Reach<T>,
  rules: readonly AdminRule[],
  protocol: number,
  port: number,
  whole: Intervals<T>,
): Reach<T> {
  let { lower, upper } = reach;
  for (const { rule, delivers } of rules) {
    if (rule.protocols !== null && (rule.protocols & protocol) === 0) continue;
    if (!contains(rule.ports, port) && !rule.portsUnknown && rule.ports.length > 0) continue;
    if (cellsOf(space, whole, ANY_DESTINATION.groups, [rule.destination]).every((cell) => cell.meets(rule.destination) === 'no')) continue;
    const set = addressesOf(space, rule.source, true);
    if (delivers)
      upper = {
        set: union(upper.set, set),
        tags: [...new Set([...upper.tags, ...rule.source.opaque])],
      };
    else
      lower = {
        set: subtract(lower.set, rule.source.opaque.length > 0 ? union(set, space.publicPart) : set),
        tags: overlaps(set, space.publicPart) || rule.source.opaque.length > 0 ? [] : lower.tags,
      };
  }
  return { lower, upper, hits: reach.hits };
}
