import { type Fact, factId } from '../../../model/fact.ts';
import { AZURE_CERTIFICATE_USE } from '../../../model/facts/azure-certificates.ts';
import { WINDOWS_CERTIFICATE_BINDING } from '../../../model/facts/windows-certificate-binding.ts';
import type { Json } from '../../../model/json.ts';
import type { Join, JoinEstate, NormaliseContext } from '../../../model/normalise.ts';
import { hostOf, isPlaceholder, textAt } from '../../rds/join-parts.ts';
import { settle } from '../../windows/certificates/draft.ts';
import { covers, referenceName } from '../../windows/certificates/names.ts';

const CERTIFICATE = 'azure.certificate';

/** What an RD Gateway binds by, and what its site binds by. */
const ROLES = new Set(['gateway', 'http']);
const HTTPS_PORT = 443;

/**
 * A vault renews certificates, and nothing takes them to a gateway by itself. Each certificate of a vault that names a gateway of the
 * estate, or that a host behind one has bound, beside what that host has bound and the names that clients use.
 */
export const VAULT_CERTIFICATE_JOIN: Join = {
  kinds: [CERTIFICATE, WINDOWS_CERTIFICATE_BINDING.kind],
  makes: [AZURE_CERTIFICATE_USE.kind],
  join: (facts, estate, context) => {
    const bindings = Map.groupBy(facts.filter(isGatewayBinding), (fact) => hostOf(fact).toLowerCase());
    const certificates = facts.filter((fact) => fact.kind === CERTIFICATE && isOfVault(fact));
    return uses(estate, context).flatMap(({ gateway, host, names }) => {
      const own = bindings.get(host.toLowerCase()) ?? [];
      return own.flatMap((binding) => certificates.flatMap((certificate) => useFact(certificate, binding, gateway, names)));
    });
  },
};

function isGatewayBinding(fact: Fact): boolean {
  const role = fact.kind === WINDOWS_CERTIFICATE_BINDING.kind && !isPlaceholder(fact) ? textAt(fact, 'role') : null;
  return role === 'gateway' || (role !== null && ROLES.has(role) && fact.data['port'] === HTTPS_PORT);
}

/** One that is switched off, or of which the input shows no more than a policy, is nobody's. */
function isOfVault(fact: Fact): boolean {
  return !isPlaceholder(fact) && fact.data['source'] === 'key-vault' && fact.data['enabled'] === true && typeof fact.data['thumbprint'] === 'string';
}

interface Use {
  readonly gateway: string;
  readonly host: string;
  /** Names that clients use. */
  readonly names: readonly string[];
}

/** The hosts that the estate puts behind each gateway. The intended name is one of it when there is only one gateway. */
function uses({ gateways }: JoinEstate, { intent }: NormaliseContext): Use[] {
  return gateways.flatMap(({ name, hosts }) => {
    const names = new Set([name, ...(gateways.length === 1 && intent.gatewayFqdn !== null ? [intent.gatewayFqdn] : [])]);
    return hosts.map((host): Use => ({ gateway: name, host, names: [...names] }));
  });
}

function useFact(certificate: Fact, binding: Fact, gateway: string, names: readonly string[]): Fact[] {
  const thumbprint = String(certificate.data['thumbprint']);
  const bound = textAt(binding, 'thumbprint');
  const listed = certificate.data['dnsNames'];
  const dnsNames = Array.isArray(listed) ? (listed as readonly Json[]).filter((name) => typeof name === 'string') : [];
  const wanted = new Set(names.map(referenceName));
  // A wildcard covers more than the gateway; only one that names it is meant for it.
  const isMeant = dnsNames.some((name) => wanted.has(name.toLowerCase()));
  if (!isMeant && bound !== thumbprint) return [];
  const { kind } = AZURE_CERTIFICATE_USE;
  const { data, unknown } = settle({
    label: certificate.data['label'],
    holder: certificate.data['holder'],
    resourceGroup: certificate.data['resourceGroup'] ?? null,
    gateway,
    host: hostOf(binding),
    thumbprint,
    bound: bound ?? undefined,
    deployed: bound === null ? undefined : bound === thumbprint,
    missingNames: names.filter((name) => !covers({ dns: dnsNames, addresses: [] }, name)),
  });
  const where = textAt(binding, 'binding') ?? '';
  return [
    {
      ...certificate,
      kind,
      id: factId(certificate.target, kind, certificate.id, gateway, hostOf(binding), where),
      name: `${certificate.name} at ${hostOf(binding)} ${where}`,
      data,
      unknown,
    },
  ];
}
