import { isFullId } from '../../../lib/azure-id.ts';
import { type CloudResource, isUnresolved } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import type { Json } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { holdsAll, plainId } from '../coverage.ts';
import { makeFact } from '../fact.ts';
import { listOf, memberOf, ofType, type Resources } from '../resources.ts';
import { allOf, anyOf, flagAt, isAbsent, known } from '../values.ts';

const ALERT_TYPE = 'microsoft.insights/activitylogalerts';
/** Types of which a subscription holds some when machines in it can be opened to the network. */
const NETWORK_TYPES = ['microsoft.network/networksecuritygroups', 'microsoft.network/publicipaddresses', 'microsoft.compute/virtualmachines'];

const RULE_CHANGES = new Set(['microsoft.network/networksecuritygroups/securityrules/write', 'microsoft.network/networksecuritygroups/write']);
const ADDRESS_CHANGES = new Set(['microsoft.network/publicipaddresses/write']);

/**
 * One fact for each subscription of a list of resources: whether somebody is told when the network is opened. Of a template it
 * is said only where it holds such an alert, since alerts are seldom where machines are.
 */
export function alertFacts(target: Target, resources: Resources): Fact[] {
  const alerts = ofType(resources, ALERT_TYPE).filter((alert) => !alert.context);
  const { inventory } = resources;
  if (!inventory.complete && inventory.unread === undefined && alerts.length === 0) return [];
  const subscriptions = new Map<string, CloudResource>();
  for (const resource of [...alerts, ...NETWORK_TYPES.flatMap((type) => ofType(resources, type))]) {
    const id = plainId(resource);
    const subscription = isFullId(id) ? (id.split('/')[1] ?? '') : '';
    if (!subscriptions.has(subscription)) subscriptions.set(subscription, resource);
  }
  return [...subscriptions].map(([subscription, first]) => alertFact(target, resources, subscription, first, alerts));
}

function alertFact(target: Target, resources: Resources, subscription: string, first: CloudResource, alerts: readonly CloudResource[]): Fact {
  const unknown: Pointer[] = [];
  const whole = holdsAll(resources, ALERT_TYPE) ? false : null;
  const told = (operations: ReadonlySet<string>): boolean | null => anyOf([...alerts.map((alert) => tells(alert, subscription, operations)), whole]);
  return makeFact(target, {
    kind: 'azure.networkAlerts',
    name: subscription === '' ? 'alerts' : subscription,
    resource: first,
    instance: [subscription],
    data: {
      subscription: subscription === '' ? 'not-stated' : subscription,
      ruleChanges: known(told(RULE_CHANGES), '/ruleChanges', unknown),
      addressChanges: known(told(ADDRESS_CHANGES), '/addressChanges', unknown),
    },
    unknown,
  });
}

function tells(alert: CloudResource, subscription: string, operations: ReadonlySet<string>): boolean | null {
  const { body } = alert;
  const on = flagAt(body['enabled'], true, '', []);
  const scopes = listOf(body['scopes']);
  const inScope = anyOf(scopes.map((scope) => (typeof scope === 'string' ? isSubscription(scope, subscription) : null)));
  const conditions = listOf(memberOf(body['condition'], 'allOf'));
  const matches = anyOf(conditions.map((condition) => namesOperation(condition, operations)));
  return allOf([
    on,
    inScope,
    matches,
    ...conditions.map((condition) => letsThrough(condition, operations)),
    tellsSomebody(memberOf(body['actions'], 'actionGroups')),
    alert.conditional === undefined ? true : null,
  ]);
}

/** Whoever is told stands in an action group. */
function tellsSomebody(groups: Json | undefined): boolean | null {
  return anyOf(listOf(groups).map((group) => (isUnresolved(group) ? null : !isAbsent(memberOf(group, 'actionGroupId')))));
}

/** Words of a condition without which it lets no successful change through, by field. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  category: ['administrative'],
  // Every change starts before it has succeeded.
  status: ['succeeded', 'success', 'started'],
  level: ['informational'],
};
/** Fields that make it an alert for a part of the subscription. */
const PARTS: ReadonlySet<string> = new Set(['resourcegroup', 'resourceid', 'caller']);
const HARMLESS: ReadonlySet<string> = new Set(['resourcetype', 'resourceprovider']);

/** Whether a condition lets every successful change of some operations through; null for fields of which nobody can say it. */
function letsThrough(condition: Json, operations: ReadonlySet<string>): boolean | null {
  const field = memberOf(condition, 'field');
  if (isUnresolved(condition) || isUnresolved(field)) return null;
  if (typeof field !== 'string') return anyOf(listOf(memberOf(condition, 'anyOf')).map((inner) => letsThrough(inner, operations)));
  const name = field.toLowerCase();
  if (name === 'operationname') return namesOperation(condition, operations);
  if (HARMLESS.has(name)) return true;
  if (PARTS.has(name)) return false;
  const needed = Object.hasOwn(NEEDED, name) ? NEEDED[name] : undefined;
  return needed === undefined ? null : holdsOne(condition, new Set(needed));
}

function isSubscription(scope: string, subscription: string): boolean | null {
  const match = /^\/?subscriptions\/(?<id>[^/]+)\/?$/i.exec(scope);
  if (match === null) return false;
  return subscription === '' ? true : match.groups?.['id']?.toLowerCase() === subscription;
}

function namesOperation(condition: Json, operations: ReadonlySet<string>): boolean | null {
  if (isUnresolved(condition)) return null;
  const field = memberOf(condition, 'field');
  if (typeof field !== 'string' || field.toLowerCase() !== 'operationname')
    return isUnresolved(field) ? null : anyOf(listOf(memberOf(condition, 'anyOf')).map((inner) => namesOperation(inner, operations)));
  return holdsOne(condition, operations);
}

function holdsOne(condition: Json, words: ReadonlySet<string>): boolean | null {
  const values = [memberOf(condition, 'equals'), ...listOf(memberOf(condition, 'containsAny'))].filter((value) => !isAbsent(value));
  return anyOf(values.map((value) => (typeof value === 'string' ? words.has(value.toLowerCase()) : isUnresolved(value) ? null : false)));
}
