import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import type { Json, JsonObject } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { SERVER_AUTHENTICATION, ANY_PURPOSE } from '../../windows/certificates/algorithms.ts';
import { covers } from '../../windows/certificates/names.ts';
import type { Certificate } from '../../windows/certificates/x509.ts';
import { ownerIdOf } from '../coverage.ts';
import { makeFact } from '../fact.ts';
import { childName, listOf, memberOf, ofType, resourceGroupOf, type Resources } from '../resources.ts';
import { DAY, flagAt, isAbsent, known } from '../values.ts';
import { gatewaysOf, namesByCertificate } from './gateway.ts';
import { keyData, renewalData, stringsOf } from './policy.ts';
import { certificateIn } from './read-certificate.ts';

const CERTIFICATE_TYPE = 'microsoft.keyvault/vaults/certificates';
const SECRET_TYPE = 'microsoft.keyvault/vaults/secrets';

/** One certificate, wherever the input shows it. */
interface Shown {
  readonly resource: CloudResource;
  readonly pointer: Pointer;
  readonly holder: string;
  readonly source: 'key-vault' | 'secret' | 'application-gateway';
  readonly label: string;
  readonly attributes: Json | undefined;
  readonly policy: Json | undefined;
  readonly der: Json | undefined;
  /** Names of listeners that present it. */
  readonly names: readonly string[];
}

export function certificateFacts(target: Target, resources: Resources, now: string): Fact[] {
  return [...inVaults(resources), ...inGateways(resources)].map((shown) => certificateFact(target, shown, Date.parse(now)));
}

function inVaults(resources: Resources): Shown[] {
  const names = namesByCertificate(gatewaysOf(resources));
  const shown = (resource: CloudResource, source: Shown['source']): Shown => {
    const holder = ownerIdOf(resource).split('/').pop() ?? '';
    const { attributes, policy, cer } = resource.body;
    return {
      resource,
      pointer: '',
      holder,
      source,
      label: resource.name,
      attributes,
      policy,
      der: cer,
      names: names.get(`${holder}/${resource.name}`.toLowerCase()) ?? [],
    };
  };
  const certificates = ofType(resources, CERTIFICATE_TYPE).filter((resource) => !resource.context);
  const own = new Set(certificates.map((resource) => `${ownerIdOf(resource)}/${resource.name.toLowerCase()}`));
  // A certificate stands beside a secret of its name.
  const secrets = ofType(resources, SECRET_TYPE).filter(
    (resource) => !resource.context && isCertificate(resource.body['contentType']) && !own.has(`${ownerIdOf(resource)}/${resource.name.toLowerCase()}`),
  );
  return [...certificates.map((resource) => shown(resource, 'key-vault')), ...secrets.map((resource) => shown(resource, 'secret'))];
}

function isCertificate(contentType: Json | undefined): boolean {
  return typeof contentType === 'string' && /^application\/x-(?:pkcs12|pem-file)$/i.test(contentType);
}

function inGateways(resources: Resources): Shown[] {
  const gateways = gatewaysOf(resources);
  const names = namesByCertificate(gateways);
  return gateways.flatMap((gateway) =>
    listOf(gateway.body['sslCertificates']).flatMap((node, index): Shown[] => {
      const der = memberOf(node, 'publicCertData');
      const label = childName(node);
      if (typeof der !== 'string' || der === '') return [];
      const pointer = `/sslCertificates/${index}`;
      return [
        {
          resource: gateway,
          pointer,
          holder: gateway.name,
          source: 'application-gateway',
          label,
          attributes: undefined,
          policy: undefined,
          der,
          names: names.get(`${gateway.id}/${label.toLowerCase()}`) ?? [],
        },
      ];
    }),
  );
}

function certificateFact(target: Target, shown: Shown, now: number): Fact {
  const unknown: Pointer[] = [];
  const certificate = typeof shown.der === 'string' ? certificateIn(shown.der) : undefined;
  const ends = certificate?.notAfter ?? secondsOf(memberOf(shown.attributes, 'exp'));
  const data: JsonObject = {
    label: shown.label,
    holder: shown.holder,
    resourceGroup: resourceGroupOf(shown.resource),
    source: shown.source,
    enabled: flagAt(memberOf(shown.attributes, 'enabled'), true, '/enabled', unknown),
    notAfter: known(ends === null ? null : new Date(ends).toISOString().slice(0, 10), '/notAfter', unknown),
    daysLeft: known(ends === null ? null : Math.floor((ends - now) / DAY), '/daysLeft', unknown),
    ...keyData(certificate, shown.policy, unknown),
    ...issueData(certificate, shown, unknown),
    ...renewalData(shown.source === 'key-vault' ? shown.policy : undefined, shown.source === 'key-vault', unknown),
    thumbprint: certificate?.thumbprint ?? null,
  };
  return makeFact(target, {
    kind: 'azure.certificate',
    name: `${shown.holder}/${shown.label}`,
    resource: shown.resource,
    pointer: shown.pointer,
    ...(shown.pointer === '' ? {} : { instance: [shown.label] }),
    data,
    unknown,
  });
}

/** Unix time. */
function secondsOf(value: Json | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) < 8e12 / 1000 ? value * 1000 : null;
}

/** Who issued it, for what and for whom: what the certificate says, else what its policy asked for. */
function issueData(certificate: Certificate | undefined, { policy, names }: Shown, unknown: Pointer[]): JsonObject {
  const properties = memberOf(policy, 'x509_props');
  const issuer = memberOf(memberOf(policy, 'issuer'), 'name');
  const ekus = memberOf(properties, 'ekus');
  const alternatives = memberOf(properties, 'sans') ?? memberOf(properties, 'subject_alternative_names');
  const stated = memberOf(alternatives, 'dns_names');
  const purposes = certificate === undefined ? stringsOf(ekus) : certificate.eku;
  const dnsNames = certificate === undefined ? stringsOf(stated) : (certificate.dnsNames ?? []);
  const isShown = certificate !== undefined || !isAbsent(properties);
  const [hasPurposes, hasNames] = [isShown && (purposes !== null || isAbsent(ekus)), isShown && (dnsNames !== null || isAbsent(stated))];
  const missing = hasNames
    ? names.filter((name) => !covers({ dns: dnsNames ?? [], addresses: certificate?.addresses ?? [] }, name.replace(/^\*\./, 'any.')))
    : null;
  const selfSigned = certificate === undefined ? (typeof issuer === 'string' ? issuer === 'Self' : null) : certificate.issuerKey === certificate.subjectKey;
  return {
    issuer: certificate?.issuer ?? (typeof issuer === 'string' ? issuer : 'not-stated'),
    selfSigned: known(selfSigned, '/selfSigned', unknown),
    serverAuthentication: known(hasPurposes ? fitsServers(purposes) : null, '/serverAuthentication', unknown),
    dnsNames: hasNames ? [...(dnsNames ?? [])].slice(0, 100) : known(null, '/dnsNames', unknown),
    missingNames: known(missing === null ? null : missing.slice(0, 100), '/missingNames', unknown),
  };
}

/** No purpose at all means all of them. */
function fitsServers(purposes: readonly string[] | null): boolean {
  return purposes === null || purposes.length === 0 || purposes.includes(SERVER_AUTHENTICATION) || purposes.includes(ANY_PURPOSE);
}
