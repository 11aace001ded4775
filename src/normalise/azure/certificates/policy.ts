import { isUnresolved } from '../../../model/cloud-resource.ts';
import type { Json, JsonObject } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Certificate } from '../../windows/certificates/x509.ts';
import { listOf, memberOf } from '../resources.ts';
import { isAbsent, known } from '../values.ts';

/**
 * What the policy of a Key Vault certificate says, in the names of its REST API
 * (learn.microsoft.com/rest/api/keyvault/certificates/get-certificate-policy/get-certificate-policy).
 */

const CURVES: Readonly<Record<string, number>> = { 'P-256': 256, 'P-256K': 256, 'P-384': 384, 'P-521': 521 };

/** Key type `rsa`, `ec` or another, and its bits. A curve that browsers and Windows do not take is another. */
export function keyData(certificate: Certificate | undefined, policy: Json | undefined, unknown: Pointer[]): JsonObject {
  const key = memberOf(policy, 'key_props');
  const curve = memberOf(key, 'crv');
  const stated = memberOf(key, 'kty');
  const kind = typeof stated === 'string' ? stated.toLowerCase().replace('-hsm', '') : null;
  const size = memberOf(key, 'key_size');
  const bySize = typeof size === 'number' ? size : null;
  const byCurve = typeof curve === 'string' && Object.hasOwn(CURVES, curve) ? (CURVES[curve] ?? null) : null;
  const type = certificate === undefined ? kind : (certificate.keyType ?? 'other');
  const bits = certificate === undefined ? (kind === 'rsa' ? bySize : byCurve) : certificate.keyBits;
  if (type === null) unknown.push('/keyType');
  if (bits === null) unknown.push('/keyBits');
  return { keyType: curve === 'P-256K' ? 'other' : type, keyBits: bits };
}

/** What happens before it expires. `integrated`: Key Vault itself asks the certification authority for a new one. */
export function renewalData(policy: Json | undefined, applies: boolean, unknown: Pointer[]): JsonObject {
  if (!applies) return { renewal: 'not-applicable', integrated: false };
  if (isAbsent(policy)) {
    unknown.push('/renewal', '/integrated');
    return { renewal: null, integrated: null };
  }
  const actions = listOf(memberOf(policy, 'lifetime_actions')).map((action) => memberOf(memberOf(action, 'action'), 'action_type'));
  const issuer = memberOf(memberOf(policy, 'issuer'), 'name');
  const has = (name: string): boolean => actions.some((action) => typeof action === 'string' && action.toLowerCase() === name.toLowerCase());
  const stated = has('AutoRenew') ? 'AutoRenew' : has('EmailContacts') ? 'EmailContacts' : 'none';
  return {
    renewal: known(stated !== 'AutoRenew' && actions.some(isUnresolved) ? null : stated, '/renewal', unknown),
    integrated: known(isUnresolved(issuer) ? null : typeof issuer === 'string' && issuer !== '' && issuer !== 'Unknown', '/integrated', unknown),
  };
}

/** The texts of a list; null when there is no list, or one of them is unresolved. */
export function stringsOf(value: Json | undefined): readonly string[] | null {
  if (!Array.isArray(value) || (value as readonly Json[]).some(isUnresolved)) return null;
  return (value as readonly Json[]).filter((item) => typeof item === 'string');
}
