import { type CloudResource, isUnresolved } from '../../../model/cloud-resource.ts';
import type { Json, JsonObject } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import { childName, listOf, memberOf, referenceOf } from '../resources.ts';
import { isAbsent } from '../values.ts';
import type { Listener } from './gateway.ts';

/** learn.microsoft.com/azure/application-gateway/application-gateway-ssl-policy-overview */
const PREDEFINED: Readonly<Record<string, string>> = {
  appgwsslpolicy20150501: 'TLSv1_0',
  appgwsslpolicy20170401: 'TLSv1_1',
  appgwsslpolicy20170401s: 'TLSv1_2',
  appgwsslpolicy20220101: 'TLSv1_2',
  appgwsslpolicy20220101s: 'TLSv1_2',
};
const VERSIONS = ['TLSv1_0', 'TLSv1_1', 'TLSv1_2', 'TLSv1_3'];
/** From this version of the API on the default is a newer policy. */
const NEW_DEFAULT = '2023-02-01';

/** The oldest protocol that a listener takes, by the gateway's policy or by its own profile; null when one is not known. */
export function minimumTls(gateway: CloudResource, listeners: readonly Listener[], unknown: Pointer[]): JsonObject {
  const secure = listeners.filter(({ protocol }) => protocol === 'https' || protocol === null);
  if (secure.length === 0) return { minimumTls: 'none', sslPolicy: 'none', profilePolicies: [] };
  const own = ofPolicy(gateway.body['sslPolicy'], gateway.apiVersion);
  const profiles = new Map(listOf(gateway.body['sslProfiles']).map((profile) => [childName(profile).toLowerCase(), memberOf(profile, 'sslPolicy')]));
  const versions = secure.map(({ node, protocol }) => {
    const version = ofListener(node, own, profiles, gateway.apiVersion);
    // What an unresolved protocol may be takes nothing for certain.
    return protocol === null && isOld(version) ? null : version;
  });
  const lowest = lowestOf(versions);
  if (lowest === null) unknown.push('/minimumTls');
  const name = memberOf(gateway.body['sslPolicy'], 'policyName');
  return {
    minimumTls: lowest,
    sslPolicy: typeof name === 'string' && name !== '' ? name : isAbsent(gateway.body['sslPolicy']) ? 'default' : 'custom',
    profilePolicies: listOf(gateway.body['sslProfiles']).flatMap((profile) => (isAbsent(memberOf(profile, 'sslPolicy')) ? [] : [childName(profile)])),
  };
}

function ofListener(node: Json, own: string | null, profiles: ReadonlyMap<string, Json | undefined>, apiVersion: string | null): string | null {
  const reference = referenceOf(memberOf(node, 'sslProfile'));
  if (typeof reference !== 'string') return reference.is === 'none' ? own : null;
  const name = reference.slice(reference.lastIndexOf('/') + 1);
  if (!profiles.has(name)) return null;
  const policy = profiles.get(name);
  return isAbsent(policy) ? own : ofPolicy(policy, apiVersion);
}

function isOld(version: string | null): boolean {
  return version !== null && VERSIONS.indexOf(version) < 2;
}

/** A version below 1.2 is certain, whatever the others are. */
function lowestOf(versions: readonly (string | null)[]): string | null {
  const known = VERSIONS.find((version) => versions.includes(version)) ?? null;
  return known !== null && (!versions.includes(null) || isOld(known)) ? known : null;
}

function ofPolicy(policy: Json | undefined, apiVersion: string | null): string | null {
  if (isUnresolved(policy)) return null;
  const [name, minimum] = [memberOf(policy, 'policyName'), memberOf(policy, 'minProtocolVersion')];
  if (isUnresolved(name) || isUnresolved(minimum)) return null;
  if (typeof minimum === 'string' && minimum !== '') return VERSIONS.find((version) => version.toLowerCase() === minimum.toLowerCase()) ?? null;
  if (typeof name === 'string' && name !== '') return Object.hasOwn(PREDEFINED, name.toLowerCase()) ? (PREDEFINED[name.toLowerCase()] ?? null) : null;
  // A live gateway shows no policy either, whichever default it was made with.
  if (!isAbsent(policy) && Object.keys(policy as JsonObject).length > 0) return null;
  return apiVersion === null ? null : apiVersion >= NEW_DEFAULT ? 'TLSv1_2' : 'TLSv1_0';
}
