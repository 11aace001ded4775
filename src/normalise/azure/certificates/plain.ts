import { type CloudResource, isUnresolved } from '../../../model/cloud-resource.ts';
import type { Json, JsonObject } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import { childName, listOf, memberOf, referenceOf } from '../resources.ts';
import type { Listener } from './gateway.ts';

/** Listeners without TLS that do more than send clients on to HTTPS. */
export function plainListeners(gateway: CloudResource, listeners: readonly Listener[], unknown: Pointer[]): readonly string[] | null {
  const plain = listeners.filter(({ protocol }) => protocol === 'http');
  const judged = plain.map((listener) => ({ listener, redirects: onlyRedirects(gateway, listener, listeners) }));
  const certain = judged.filter(({ redirects }) => redirects === false).map(({ listener }) => listener.name);
  const unsure = judged.some(({ redirects }) => redirects === null) || listeners.some(({ protocol }) => protocol === null);
  if (certain.length === 0 && unsure) {
    unknown.push('/plainListeners');
    return null;
  }
  return certain;
}

function onlyRedirects(gateway: CloudResource, listener: Listener, listeners: readonly Listener[]): boolean | null {
  const rules = gateway.body['requestRoutingRules'];
  if (isUnresolved(rules)) return null;
  const own = listOf(rules).filter((rule) => nameOf(memberOf(rule, 'httpListener')) === listener.name.toLowerCase());
  // A listener that no rule names answers nothing.
  let answer: boolean | null = true;
  for (const rule of own) {
    for (const target of [rule, ...pathTargets(gateway, rule)]) {
      const redirects = redirectsToHttps(gateway, target, listeners);
      if (redirects === false) return false;
      if (redirects === null) answer = null;
    }
  }
  return answer;
}

/** The path rules of a rule, and what counts where none fits. */
function pathTargets(gateway: CloudResource, rule: Json): readonly Json[] {
  const name = nameOf(memberOf(rule, 'urlPathMap'));
  const map = name === null ? undefined : listOf(gateway.body['urlPathMaps']).find((candidate) => childName(candidate).toLowerCase() === name);
  if (map === undefined) return [];
  const [pool, redirect] = [memberOf(map, 'defaultBackendAddressPool'), memberOf(map, 'defaultRedirectConfiguration')];
  return [
    { ...(pool === undefined ? {} : { backendAddressPool: pool }), ...(redirect === undefined ? {} : { redirectConfiguration: redirect }) },
    ...listOf(memberOf(map, 'pathRules')),
  ];
}

function redirectsToHttps(gateway: CloudResource, target: Json, listeners: readonly Listener[]): boolean | null {
  const reference = memberOf(target, 'redirectConfiguration');
  // A rule by path has neither; its path rules are asked.
  if (reference === undefined || reference === null)
    return memberOf(target, 'urlPathMap') !== undefined && memberOf(target, 'backendAddressPool') === undefined;
  const name = nameOf(reference);
  const configuration = listOf(gateway.body['redirectConfigurations']).find((candidate) => childName(candidate).toLowerCase() === name);
  if (configuration === undefined) return null;
  const url = memberOf(configuration, 'targetUrl');
  if (typeof url === 'string' && url !== '') return url.toLowerCase().startsWith('https://');
  const to = nameOf(memberOf(configuration, 'targetListener'));
  const listener = listeners.find((candidate) => candidate.name.toLowerCase() === to);
  return listener === undefined ? null : listener.protocol === null ? null : listener.protocol === 'https';
}

function nameOf(value: Json | undefined): string | null {
  const reference = referenceOf(value);
  return typeof reference === 'string' ? reference.slice(reference.lastIndexOf('/') + 1) : null;
}

/** Settings of backends that are in use without TLS, or without looking at the certificate. */
export function plainBackends(gateway: CloudResource, unknown: Pointer[]): JsonObject {
  const used = JSON.stringify([gateway.body['requestRoutingRules'] ?? null, gateway.body['urlPathMaps'] ?? null]).toLowerCase();
  const all = listOf(gateway.body['backendHttpSettingsCollection']);
  const inUse = all.filter((node) => isUnresolved(node) || used.includes(`/backendhttpsettingscollection/${childName(node).toLowerCase()}"`));
  const plain = inUse.filter((node) => word(memberOf(node, 'protocol')) === 'http').map(childName);
  const blind = inUse.filter((node) => memberOf(node, 'validateCertChainAndExpiry') === false || memberOf(node, 'validateSNI') === false).map(childName);
  const unsure = inUse.some((node) => isUnresolved(node) || isUnresolved(memberOf(node, 'protocol')));
  if (plain.length === 0 && unsure) unknown.push('/plainBackends');
  return { plainBackends: plain.length === 0 && unsure ? null : plain, unverifiedBackends: blind };
}

function word(value: Json | undefined): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
}
