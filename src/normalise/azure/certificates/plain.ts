import { type CloudResource, isUnresolved, UNRESOLVED } from '../../../model/cloud-resource.ts';
import type { Json, JsonObject } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import { childName, listOf, memberOf, referenceOf } from '../resources.ts';
import { anyOf, flagAt, known } from '../values.ts';
import { type Listener, nameOf, pathMapOf } from './gateway.ts';

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
  // A listener that no rule names answers nothing; a rule whose listener is unresolved may be its own.
  let answer: boolean | null = true;
  for (const rule of listOf(gateway.body['requestRoutingRules'])) {
    const named = isNamed(memberOf(rule, 'httpListener'), listener.name);
    if (named === false) continue;
    for (const target of [rule, ...pathTargets(gateway, rule)]) {
      const redirects = redirectsToHttps(gateway, target, listeners);
      if (redirects === false && named === true) return false;
      if (redirects !== true) answer = null;
    }
  }
  return answer;
}

/** Whether a reference names a child of the gateway; null when one of the two is unresolved. */
function isNamed(value: Json | undefined, name: string): boolean | null {
  const reference = referenceOf(value);
  if (typeof reference !== 'string') return reference.is === 'none' ? false : null;
  return name === '' ? null : nameOf(value) === name.toLowerCase();
}

/** The path rules of a rule, and what counts where none fits; one that is unresolved where its map is not known. */
function pathTargets(gateway: CloudResource, rule: Json): readonly Json[] {
  const map = pathMapOf(gateway, rule);
  if (map === undefined) return [];
  if (map === null) return [UNRESOLVED];
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

interface Use {
  readonly node: Json;
  readonly name: string;
  /** Null when a reference that may mean it is unresolved. */
  readonly used: boolean | null;
}

/** Settings of backends that are in use without TLS, or without looking at the certificate. */
export function plainBackends(gateway: CloudResource, unknown: Pointer[]): JsonObject {
  const uses = usesOf(gateway).filter(({ used }) => used !== false);
  const isPlain = ({ node }: Use): boolean | null => {
    const protocol = memberOf(node, 'protocol');
    return isUnresolved(protocol) ? null : typeof protocol === 'string' && protocol.toLowerCase() === 'http';
  };
  const isBlind = ({ node }: Use): boolean | null =>
    anyOf(['validateCertChainAndExpiry', 'validateSNI'].map((name) => negated(flagAt(memberOf(node, name), true, '', []))));
  return {
    plainBackends: namesOf(uses, isPlain, '/plainBackends', unknown),
    unverifiedBackends: namesOf(uses, isBlind, '/unverifiedBackends', unknown),
  };
}

function usesOf(gateway: CloudResource): Use[] {
  const maps = listOf(gateway.body['urlPathMaps']);
  const references = [
    ...listOf(gateway.body['requestRoutingRules']).map((rule) => memberOf(rule, 'backendHttpSettings')),
    ...maps.map((map) => memberOf(map, 'defaultBackendHttpSettings')),
    ...maps.flatMap((map) => listOf(memberOf(map, 'pathRules')).map((rule) => memberOf(rule, 'backendHttpSettings'))),
  ];
  return listOf(gateway.body['backendHttpSettingsCollection']).map((node) => {
    const name = childName(node);
    return { node, name, used: anyOf(references.map((reference) => isNamed(reference, name))) };
  });
}

/** Those that certainly are what is asked for; null when there are none, and there may be one. */
function namesOf(uses: readonly Use[], is: (use: Use) => boolean | null, at: Pointer, unknown: Pointer[]): readonly string[] | null {
  const certain = uses.filter((use) => use.used === true && is(use) === true).map(({ name }) => name);
  return known(certain.length === 0 && uses.some((use) => is(use) !== false) ? null : certain, at, unknown);
}

function negated(value: boolean | null): boolean | null {
  return value === null ? null : !value;
}
