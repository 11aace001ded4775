import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import { pages } from './arm.ts';
import type { Client } from './client.ts';
import { failed, type Outcome } from './failure.ts';
import { VAULT_CERTIFICATES } from './arm-sources.ts';

const NAME = /^[a-z][a-z0-9-]{1,22}[a-z0-9]$/i;
const CERTIFICATE = /^[0-9a-zA-Z-]{1,127}$/;

/**
 * The certificates of a vault, each as a resource below it: `properties` holds what the data plane says (`attributes` with
 * `exp` and `nbf` in seconds since 1970, `policy` with `key_props`, `x509_props`, `lifetime_actions` and `issuer`, `cer` as
 * Base64 of DER). The address is made of the vault's name, never taken from an answer.
 * https://learn.microsoft.com/rest/api/keyvault/certificates/get-certificates/get-certificates
 */
export async function vaultCertificates(client: Client, vault: string, until: number): Promise<Outcome<readonly JsonObject[]>> {
  const suffix = client.cloud.keyVaultSuffix;
  if (suffix === null) return failed('refused', 'This cloud is said to have no Key Vault.');
  const name = vault.slice(vault.lastIndexOf('/') + 1);
  if (!NAME.test(name)) return failed('malformed', `'${name}' is no name of a vault.`);
  const base = `https://${name}.${suffix}`;
  const audience = `https://${suffix}`;
  const listed = await pages(client, `${base}/certificates?api-version=${VAULT_CERTIFICATES.apiVersion}&maxresults=25`, audience, until);
  if ('failure' in listed) return listed;
  const resources: JsonObject[] = [];
  for (const item of listed.value) {
    const id = member(item, 'id');
    const certificate = typeof id === 'string' ? id.slice(id.lastIndexOf('/') + 1) : '';
    if (!CERTIFICATE.test(certificate)) return failed('malformed', `'${name}' gave a certificate without a name.`);
    const url = `${base}/certificates/${certificate}?api-version=${VAULT_CERTIFICATES.apiVersion}`;
    const answer = await client.send({ method: 'GET', url, audience }, until);
    // Deleted since it was listed.
    if ('failure' in answer && answer.failure.kind === 'absent') continue;
    if ('failure' in answer) return answer;
    if (!isObject(answer.value.json)) return failed('malformed', `'${name}' gave a certificate that is no object.`);
    resources.push(certificateOf(vault, certificate, answer.value.json));
  }
  return { value: resources };
}

const KEPT = ['attributes', 'x5t', 'cer', 'policy', 'tags'];

function certificateOf(vault: string, name: string, answer: JsonObject): JsonObject {
  const kept = KEPT.flatMap((key): [string, Json][] => (Object.hasOwn(answer, key) ? [[key, answer[key] ?? null]] : []));
  return { id: `${vault}/certificates/${name}`, name, type: VAULT_CERTIFICATES.type, properties: Object.fromEntries(kept) };
}
