import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import type { Json, JsonObject } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { makeFact, type Member } from '../fact.ts';
import { childName, listOf, memberOf, resourceGroupOf, type Resources } from '../resources.ts';
import { anyOf, isAbsent, known, textAt } from '../values.ts';
import { isUnresolved } from '../../../model/cloud-resource.ts';
import { firewallOf } from './firewall.ts';
import { gatewaysOf, listenersOf, vaultAddressOf } from './gateway.ts';
import { plainBackends, plainListeners } from './plain.ts';
import { minimumTls } from './tls.ts';

/** One fact for each Application Gateway: how it takes TLS, and what stands behind. */
export function gatewayFacts(target: Target, resources: Resources): Fact[] {
  return gatewaysOf(resources).map((gateway) => gatewayFact(target, resources, gateway));
}

function gatewayFact(target: Target, resources: Resources, gateway: CloudResource): Fact {
  const unknown: Pointer[] = [];
  const members: Member[] = [];
  const listeners = listenersOf(gateway);
  const certificates = pinned(gateway, unknown, members);
  const data: JsonObject = {
    name: gateway.name,
    resourceGroup: resourceGroupOf(gateway),
    https: known(anyOf(listeners.map(({ protocol }) => (protocol === null ? null : protocol === 'https'))), '/https', unknown),
    tier: textAt(memberOf(gateway.body['sku'], 'tier') ?? memberOf(gateway.body['sku'], 'name'), 'not-stated', '/tier', unknown),
    ...minimumTls(gateway, listeners, unknown),
    plainListeners: plainListeners(gateway, listeners, unknown),
    ...plainBackends(gateway, unknown),
    firewall: firewallOf(resources, gateway, unknown),
    pinnedCertificates: certificates,
  };
  members.push({ at: '/minimumTls', resource: gateway, pointer: '/sslPolicy' });
  return makeFact(target, { kind: 'azure.applicationGateway', name: gateway.name, resource: gateway, data, unknown, members });
}

/** Certificates that a renewal in Key Vault does not reach: of one version, or embedded. Secrets of a document never leave it. */
function pinned(gateway: CloudResource, unknown: Pointer[], members: Member[]): JsonObject[] | null {
  const found: JsonObject[] = [];
  let unsure = isUnresolved(gateway.body['sslCertificates']);
  for (const [index, node] of listOf(gateway.body['sslCertificates']).entries()) {
    const id = memberOf(node, 'keyVaultSecretId');
    const isEmbedded = isAbsent(id) && (isShown(memberOf(node, 'data')) || isShown(memberOf(node, 'publicCertData')));
    const address = vaultAddressOf(id);
    if (!isEmbedded && address?.version == null) {
      unsure ||= isUnresolved(id);
      continue;
    }
    members.push({ at: `/pinnedCertificates/${found.length}`, resource: gateway, pointer: `/sslCertificates/${index}` });
    const versionless = address === null || typeof id !== 'string' ? '' : id.replace(/\/[^/]+\/?$/, '');
    found.push({ label: childName(node), how: isEmbedded ? 'embedded' : 'one-version', versionless });
  }
  if (found.length === 0 && unsure) unknown.push('/pinnedCertificates');
  return found.length === 0 && unsure ? null : found;
}

/** A read never shows `data`, the PFX, but its certificate, as it does of one from Key Vault. */
function isShown(value: Json | undefined): boolean {
  return !isAbsent(value);
}
