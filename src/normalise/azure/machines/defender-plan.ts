import { isFullId, relativeId } from '../../../lib/azure-id.ts';
import type { CloudResource } from '../../../model/cloud-resource.ts';
import { belongingTo, holdsAll, isThere, plainId } from '../coverage.ts';
import { ofType, type Resources } from '../resources.ts';
import { agreed, flagAt } from '../values.ts';

const PRICING_TYPE = 'microsoft.security/pricings';

/**
 * Whether Defender for Servers covers a machine; null when the input does not show it. A machine's own plan decides, unless its
 * subscription's is enforced. Of machines whose own plan nobody saw, Azure's word on the whole subscription says it.
 *
 * https://learn.microsoft.com/rest/api/defenderforcloud/pricings/update
 */
export function defenderPlan(resources: Resources, machine: CloudResource): boolean | null {
  const own = belongingTo(resources, PRICING_TYPE, machine).filter((plan) => plan.name.toLowerCase() === 'virtualmachines');
  const common = ofType(resources, PRICING_TYPE).filter((plan) => isOfSubscription(plan, machine));
  const above = agreed(common.map((plan) => (isThere(plan, machine) ? isOn(plan) : null)));
  const enforced = common.length === 0 ? false : agreed(common.map((plan) => (isThere(plan, machine) || !mayEnforce(plan) ? isEnforced(plan) : null)));
  if (enforced === true) return above;
  if (own.length === 0) return withoutOwn(resources, common, above);
  const mine = agreed(own.map(isOn));
  return (enforced === false && own.some((plan) => isThere(plan, machine))) || mine === above ? mine : null;
}

function isOfSubscription(plan: CloudResource, machine: CloudResource): boolean {
  const [planId, id] = [plainId(plan), plainId(machine)];
  if (relativeId(planId) !== `${PRICING_TYPE}/virtualmachines` || planId.includes('/resourcegroups/')) return false;
  return !isFullId(planId) || (isFullId(id) && subscriptionOf(planId) === subscriptionOf(id));
}

function subscriptionOf(id: string): string {
  return id.split('/').slice(0, 2).join('/');
}

function isOn({ body }: CloudResource): boolean | null {
  const tier = body['pricingTier'];
  return typeof tier === 'string' ? tier.toLowerCase() === 'standard' : null;
}

/** Machines may have plans of their own unless a subscription says otherwise. */
function isEnforced({ body }: CloudResource): boolean | null {
  return flagAt(body['enforce'], false, '', []);
}

function mayEnforce(plan: CloudResource): boolean {
  return isEnforced(plan) !== false;
}

/** A plan that is off is off for whoever has none of his own; one that is on may be off for a machine that nobody asked. */
function withoutOwn(resources: Resources, common: readonly CloudResource[], above: boolean | null): boolean | null {
  const { complete, unread } = resources.inventory;
  if (common.length === 0) return unread !== undefined && holdsAll(resources, PRICING_TYPE) ? false : null;
  // Only Azure writes how far a plan reaches.
  const reach = complete || unread !== undefined ? common.map(({ body }) => body['resourcesCoverageStatus']) : [];
  if (reach.length === 1 && typeof reach[0] === 'string') return COVERAGE.get(reach[0].toLowerCase()) ?? null;
  return above === true ? null : above;
}

const COVERAGE: ReadonlyMap<string, boolean> = new Map([
  ['fullycovered', true],
  ['notcovered', false],
]);
