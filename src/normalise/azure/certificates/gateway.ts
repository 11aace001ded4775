import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Json } from '../../../model/json.ts';
import { childName, listOf, memberOf, ofType, referenceOf, type Resources } from '../resources.ts';

export const GATEWAY_TYPE = 'microsoft.network/applicationgateways';

/** A listener of an Application Gateway. */
export interface Listener {
  readonly node: Json;
  readonly index: number;
  readonly name: string;
  /** Lower case: `http`, `https`, `tls`; null when unresolved. */
  readonly protocol: string | null;
  readonly hostNames: readonly string[];
  /** Name of its certificate among the gateway's, lower case. */
  readonly certificate: string | null;
}

export function gatewaysOf(resources: Resources): readonly CloudResource[] {
  return ofType(resources, GATEWAY_TYPE).filter((gateway) => !gateway.context);
}

export function listenersOf(gateway: CloudResource): Listener[] {
  return listOf(gateway.body['httpListeners']).map((node, index) => {
    const protocol = memberOf(node, 'protocol');
    const names = [memberOf(node, 'hostName'), ...listOf(memberOf(node, 'hostNames'))].filter((name) => typeof name === 'string' && name !== '');
    const certificate = referenceOf(memberOf(node, 'sslCertificate'));
    return {
      node,
      index,
      name: childName(node),
      protocol: typeof protocol === 'string' ? protocol.toLowerCase() : null,
      hostNames: [...new Set(names.map((name) => String(name).toLowerCase()))],
      certificate: typeof certificate === 'string' ? certificate.slice(certificate.lastIndexOf('/') + 1).toLowerCase() : null,
    };
  });
}

/** Last segment of what a reference names, lower case; null when it names nothing, or is unresolved. */
export function nameOf(value: Json | undefined): string | null {
  const reference = referenceOf(value);
  return typeof reference === 'string' ? reference.slice(reference.lastIndexOf('/') + 1) : null;
}

/** The path map of a rule: undefined when it has none, null when it is not known. */
export function pathMapOf(gateway: CloudResource, rule: Json): Json | null | undefined {
  const reference = referenceOf(memberOf(rule, 'urlPathMap'));
  if (typeof reference !== 'string' && reference.is === 'none') return undefined;
  const name = nameOf(memberOf(rule, 'urlPathMap'));
  return listOf(gateway.body['urlPathMaps']).find((map) => name !== null && childName(map).toLowerCase() === name) ?? null;
}

/** `https://VAULT.vault.azure.net/secrets/NAME/VERSION`, or `…/certificates/…`. */
export interface VaultAddress {
  readonly vault: string;
  readonly secret: string;
  readonly version: string | null;
}

export function vaultAddressOf(value: Json | undefined): VaultAddress | null {
  const match =
    typeof value === 'string' && value.length < 500
      ? /^https:\/\/(?<vault>[a-z0-9-]+)\.[a-z0-9.-]+(?::443)?\/(?:secrets|certificates)\/(?<secret>[a-z0-9-]+)(?:\/(?<version>[a-z0-9]*))?\/?$/i.exec(value)
      : null;
  const { vault, secret, version } = match?.groups ?? {};
  if (vault === undefined || secret === undefined) return null;
  return { vault: vault.toLowerCase(), secret: secret.toLowerCase(), version: version === undefined || version === '' ? null : version };
}

/** Host names of listeners by what they present: `VAULT/NAME` in Key Vault, else `GATEWAY-ID/NAME` of the gateway itself. */
export function namesByCertificate(gateways: readonly CloudResource[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const gateway of gateways) {
    for (const certificate of listOf(gateway.body['sslCertificates'])) {
      const name = childName(certificate).toLowerCase();
      const names = listenersOf(gateway).flatMap((listener) => (listener.certificate === name ? listener.hostNames : []));
      const address = vaultAddressOf(memberOf(certificate, 'keyVaultSecretId'));
      for (const key of [`${gateway.id}/${name}`, ...(address === null ? [] : [`${address.vault}/${address.secret}`])])
        found.set(key, [...(found.get(key) ?? []), ...names]);
    }
  }
  return found;
}
