import { type CloudResource, isUnresolved, UNRESOLVED } from '../../../model/cloud-resource.ts';
import type { Json } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import { isThere } from '../coverage.ts';
import { findResource, listOf, memberOf, type Reference, referenceOf, type Resources } from '../resources.ts';
import { flagAt } from '../values.ts';
import { pathMapOf } from './gateway.ts';

type FirewallMode = 'Prevention' | 'Detection' | 'off';
const WEAKEST: readonly FirewallMode[] = ['off', 'Detection', 'Prevention'];

/**
 * The weakest web application firewall before a listener of a gateway: a path's own policy counts before its listener's, that before
 * the gateway's, and that before the older configuration inside of it. Null when a policy is not in the input.
 *
 * https://learn.microsoft.com/azure/web-application-firewall/ag/policy-overview
 */
export function firewallOf(resources: Resources, gateway: CloudResource, unknown: Pointer[]): FirewallMode | null {
  const own = ofGateway(resources, gateway);
  const listeners = listOf(gateway.body['httpListeners']).map((listener) => {
    const reference = referenceOf(memberOf(listener, 'firewallPolicy'));
    return typeof reference !== 'string' && reference.is === 'none' ? own : ofReference(resources, gateway, reference);
  });
  const modes = [...(listeners.length === 0 ? [own] : listeners), ...ofPaths(resources, gateway)];
  const worst = WEAKEST.find((mode) => modes.includes(mode)) ?? null;
  // What certainly is off is, whatever the others are.
  const mode = worst !== null && (worst === 'off' || !modes.includes(null)) ? worst : null;
  if (mode === null) unknown.push('/firewall');
  return mode;
}

/** Of the paths that have a policy of their own. */
function ofPaths(resources: Resources, gateway: CloudResource): (FirewallMode | null)[] {
  return listOf(gateway.body['requestRoutingRules']).flatMap((rule) => {
    const map = pathMapOf(gateway, rule);
    if (map === undefined) return [];
    return listOf(map === null ? UNRESOLVED : memberOf(map, 'pathRules')).flatMap((path) => {
      const reference = referenceOf(memberOf(path, 'firewallPolicy'));
      return typeof reference !== 'string' && reference.is === 'none' ? [] : [ofReference(resources, gateway, reference)];
    });
  });
}

function ofGateway(resources: Resources, gateway: CloudResource): FirewallMode | null {
  const { body } = gateway;
  const tier = memberOf(body['sku'], 'tier') ?? memberOf(body['sku'], 'name');
  if (typeof tier === 'string' && !tier.toLowerCase().startsWith('waf')) return 'off';
  const reference = referenceOf(body['firewallPolicy']);
  if (typeof reference === 'string' || reference.is === 'unresolved') return ofReference(resources, gateway, reference);
  const inside = body['webApplicationFirewallConfiguration'];
  if (inside === undefined || inside === null) return typeof tier === 'string' ? 'off' : null;
  const enabled = flagAt(memberOf(inside, 'enabled'), false, '', []);
  return enabled === true ? modeOf(memberOf(inside, 'firewallMode')) : enabled === false ? 'off' : null;
}

function ofReference(resources: Resources, gateway: CloudResource, reference: Reference): FirewallMode | null {
  const policy = typeof reference === 'string' ? findResource(resources, reference) : null;
  if (policy === null || policy.context || !isThere(policy, gateway)) return null;
  const settings = policy.body['policySettings'];
  const state = memberOf(settings, 'state');
  if (isUnresolved(state)) return null;
  return typeof state === 'string' && state.toLowerCase() === 'disabled' ? 'off' : modeOf(memberOf(settings, 'mode'));
}

/** No default is documented for a mode that is not stated. */
function modeOf(value: Json | undefined): FirewallMode | null {
  return typeof value === 'string' ? (value.toLowerCase() === 'prevention' ? 'Prevention' : 'Detection') : null;
}
