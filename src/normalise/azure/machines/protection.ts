import { isFullId, normaliseId, relativeId, sameResource } from '../../../lib/azure-id.ts';
import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import { isObject, type Json, type JsonObject, member } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import { belongingTo, holdsAll, plainId } from '../coverage.ts';
import { PATH_KIND } from '../path-fact.ts';
import { RDP_PORT } from '../group-fact.ts';
import { listOf, memberOf, ofType, referenceOf, type Resources } from '../resources.ts';
import { anyOf, HOUR, isAbsent } from '../values.ts';

const PRICING_TYPE = 'microsoft.security/pricings';
const JIT_TYPE = 'microsoft.security/locations/jitnetworkaccesspolicies';
const ASSOCIATION_TYPE = 'microsoft.insights/datacollectionruleassociations';

/** Whether Defender for Servers covers a machine, by itself or with its subscription; null when the input does not show it. */
export function defenderPlan(resources: Resources, machine: CloudResource): boolean | null {
  const id = plainId(machine);
  const subscription = isFullId(id) ? id.split('/').slice(0, 2).join('/') : '';
  const own = belongingTo(resources, PRICING_TYPE, machine);
  const common = ofType(resources, PRICING_TYPE).filter((plan) => {
    const planId = plainId(plan);
    const scope = isFullId(planId) ? planId.split('/').slice(0, 2).join('/') : '';
    const isOfSubscription = relativeId(planId) === `${PRICING_TYPE}/virtualmachines` && !planId.includes('/resourcegroups/');
    return isOfSubscription && (scope === subscription || scope === '');
  });
  const plans = [...own, ...common].filter((plan) => plan.name.toLowerCase() === 'virtualmachines');
  const on = plans.map((plan) => {
    const tier = plan.body['pricingTier'];
    return typeof tier === 'string' ? (plan.conditional === undefined ? tier.toLowerCase() === 'standard' : null) : null;
  });
  const isKnown = common.length > 0 || (resources.inventory.unread !== undefined && holdsAll(resources, PRICING_TYPE));
  return anyOf([...on, isKnown ? false : null]);
}

/** Whether a data collection rule tells the monitoring agent what to send. */
export function hasCollectionRule(resources: Resources, machine: CloudResource): boolean | null {
  const found = belongingTo(resources, ASSOCIATION_TYPE, machine).map(({ body, conditional }) => {
    const reference = referenceOf(body['dataCollectionRuleId']);
    return typeof reference === 'string'
      ? conditional === undefined || conditional === machine.conditional
        ? true
        : null
      : reference.is === 'none'
        ? false
        : null;
  });
  return anyOf([...found, holdsAll(resources, ASSOCIATION_TYPE, machine) ? false : null]);
}

interface JitPort {
  readonly hours: number | null;
  readonly anySource: boolean | null;
}

interface JitIndex {
  /** Entries of all policies by the tail of their machine's id. */
  readonly byTail: ReadonlyMap<string, readonly { readonly id: string; readonly ports: readonly Json[] }[]>;
  /** Some policy lists a machine that is unresolved. */
  readonly hidden: boolean;
}

const jitIndexes = new WeakMap<Resources, JitIndex>();

/** A policy lists thousands of machines, and each machine asks. */
function jitIndex(resources: Resources): JitIndex {
  let index = jitIndexes.get(resources);
  if (index !== undefined) return index;
  const byTail = new Map<string, { id: string; ports: readonly Json[] }[]>();
  let hidden = false;
  for (const entry of ofType(resources, JIT_TYPE).flatMap((policy) => listOf(policy.body['virtualMachines']))) {
    const id = referenceOf(memberOf(entry, 'id'));
    if (typeof id !== 'string') {
      hidden = true;
      continue;
    }
    const found = { id, ports: listOf(memberOf(entry, 'ports')) };
    const list = byTail.get(relativeId(id));
    if (list === undefined) byTail.set(relativeId(id), [found]);
    else list.push(found);
  }
  jitIndexes.set(resources, (index = { byTail, hidden }));
  return index;
}

/** Just-in-time access to TCP 3389 of a machine, from all policies that list it. */
export function jitData(resources: Resources, machine: CloudResource, unknown: Pointer[]): JsonObject {
  const id = plainId(machine);
  const ports: JitPort[] = [];
  const { byTail, hidden } = jitIndex(resources);
  for (const entry of byTail.get(relativeId(id)) ?? []) if (sameResource(entry.id, id)) for (const port of entry.ports) addPort(port, ports);
  const listed = ports.length > 0 ? true : hidden || !holdsAll(resources, JIT_TYPE) ? null : false;
  const hours = ports.some((port) => port.hours === null) ? null : Math.max(0, ...ports.map((port) => port.hours ?? 0));
  const anySource = listed === null ? null : anyOf(ports.map((port) => port.anySource));
  if (listed === null) unknown.push('/jit');
  else {
    if (hours === null) unknown.push('/jit/hours');
    if (anySource === null) unknown.push('/jit/anySource');
  }
  return { listed, hours: listed === null ? null : hours, anySource };
}

function addPort(port: Json, ports: JitPort[]): void {
  const number = memberOf(port, 'number');
  if (number !== RDP_PORT && number !== String(RDP_PORT)) return;
  const sources = [memberOf(port, 'allowedSourceAddressPrefix'), ...listOf(memberOf(port, 'allowedSourceAddressPrefixes'))].filter(
    (source) => !isAbsent(source),
  );
  ports.push({
    hours: hoursOf(memberOf(port, 'maxRequestAccessDuration')),
    // The default lets who asks name any source.
    anySource:
      sources.length === 0 ? true : anyOf(sources.map((source) => (typeof source === 'string' ? /^(?:\*|any|internet|0\.0\.0\.0\/0)$/i.test(source) : null))),
  });
}

/** `PT3H`, `PT90M`, `P1D`; null for anything else. */
function hoursOf(value: Json | undefined): number | null {
  const match = typeof value === 'string' ? /^P(?:(?<days>\d{1,3})D)?(?:T(?:(?<hours>\d{1,4})H)?(?:(?<minutes>\d{1,5})M)?(?:\d{1,6}S)?)?$/.exec(value) : null;
  if (match === null) return null;
  const { days, hours, minutes } = match.groups ?? {};
  return Number(days ?? 0) * 24 + Number(hours ?? 0) + (Number(minutes ?? 0) * 60_000) / HOUR;
}

/** Whether anybody with a public address reaches TCP 3389 of a machine, on the ways that the input shows; by its id. */
export function publicRdpOf(paths: readonly Fact[]): ReadonlyMap<string, boolean | null> {
  const found = new Map<string, boolean | null>();
  for (const path of paths) {
    const id = path.data['machineId'];
    const rdp = path.data['rdpTcp'];
    if (path.kind !== PATH_KIND || typeof id !== 'string' || !isObject(rdp)) continue;
    const from = member(rdp, 'from');
    const open = typeof from === 'string' ? from !== 'nobody' && from !== 'private' : null;
    const key = normaliseId(id);
    found.set(key, anyOf([found.get(key) ?? (found.has(key) ? null : false), open]));
  }
  return found;
}
