import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Json } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import { findResource, listOf, memberOf, type Reference, referenceOf, type Resources } from '../resources.ts';

type FirewallMode = 'Prevention' | 'Detection' | 'off';
const WEAKEST: readonly FirewallMode[] = ['off', 'Detection', 'Prevention'];

/**
 * The weakest web application firewall before a listener of a gateway: a listener's own policy counts before the gateway's,
 * that before the older configuration inside of it. Null when a policy is not in the input.
 */
export function firewallOf(resources: Resources, gateway: CloudResource, unknown: Pointer[]): FirewallMode | null {
  const own = ofGateway(resources, gateway);
  const listeners = listOf(gateway.body['httpListeners']).map((listener) => {
    const reference = referenceOf(memberOf(listener, 'firewallPolicy'));
    return typeof reference !== 'string' && reference.is === 'none' ? own : ofReference(resources, reference);
  });
  const modes = listeners.length === 0 ? [own] : listeners;
  const worst = WEAKEST.find((mode) => modes.includes(mode)) ?? null;
  // What certainly is off is, whatever the others are.
  const mode = worst !== null && (worst === 'off' || !modes.includes(null)) ? worst : null;
  if (mode === null) unknown.push('/firewall');
  return mode;
}

function ofGateway(resources: Resources, gateway: CloudResource): FirewallMode | null {
  const { body } = gateway;
  const tier = memberOf(body['sku'], 'tier') ?? memberOf(body['sku'], 'name');
  if (typeof tier === 'string' && !tier.toLowerCase().startsWith('waf')) return 'off';
  const reference = referenceOf(body['firewallPolicy']);
  if (typeof reference === 'string' || reference.is === 'unresolved') return ofReference(resources, reference);
  const inside = body['webApplicationFirewallConfiguration'];
  if (inside === undefined || inside === null) return typeof tier === 'string' ? 'off' : null;
  const enabled = memberOf(inside, 'enabled');
  return enabled === true ? modeOf(memberOf(inside, 'firewallMode')) : enabled === false ? 'off' : null;
}

function ofReference(resources: Resources, reference: Reference): FirewallMode | null {
  const policy = typeof reference === 'string' ? findResource(resources, reference) : null;
  if (policy === null || policy.context) return null;
  const settings = policy.body['policySettings'];
  const state = memberOf(settings, 'state');
  return typeof state === 'string' && state.toLowerCase() === 'disabled' ? 'off' : modeOf(memberOf(settings, 'mode'));
}

/** No default is documented for a mode that is not stated. */
function modeOf(value: Json | undefined): FirewallMode | null {
  return typeof value === 'string' ? (value.toLowerCase() === 'prevention' ? 'Prevention' : 'Detection') : null;
}
