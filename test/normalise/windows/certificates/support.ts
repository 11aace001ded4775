import { compileSchema } from '../../../../src/lib/schema.ts';
import { FACT_KINDS } from '../../../../src/model/facts/index.ts';
import type { Fact } from '../../../../src/model/fact.ts';
import type { EstateGateway } from '../../../../src/model/estate.ts';
import type { Json, JsonObject } from '../../../../src/model/json.ts';
import type { JoinEstate, NormaliseContext, Normalised, SnapshotInput } from '../../../../src/model/normalise.ts';
import { CERTIFICATE_JOINS } from '../../../../src/normalise/windows/certificates/joins.ts';
import { normaliseCertificates, normaliseDeploymentCertificates } from '../../../../src/normalise/windows/certificates/normalise.ts';
import { type MadeCertificate, makeCertificate } from '../../../support/x509.ts';

export const NOW = '2026-07-01T00:00:00Z';
export const READ = 0x120089;
export const FULL = 0x1f01ff;
export const NETWORK_SERVICE = 'S-1-5-20';
export const SYSTEM = 'S-1-5-18';

export const ROOT = makeCertificate({
  commonName: 'Contoso Root CA',
  ca: true,
  keyUsage: 0x06,
  notBefore: '2020-01-01T00:00:00Z',
  notAfter: '2040-01-01T00:00:00Z',
});
export const ISSUING = makeCertificate({
  commonName: 'Contoso Issuing CA',
  issuer: ROOT,
  ca: true,
  keyUsage: 0x06,
  notBefore: '2020-01-01T00:00:00Z',
  notAfter: '2035-01-01T00:00:00Z',
});

/** A store row of a certificate whose key the services can read. */
export function row(certificate: MadeCertificate, more: JsonObject = {}): JsonObject {
  return {
    Store: 'My',
    Thumbprint: certificate.thumbprint,
    Der: certificate.der.toString('base64'),
    HasPrivateKey: true,
    PrivateKeyAccess: [
      { Sid: SYSTEM, Access: 'Allow', Rights: FULL },
      { Sid: NETWORK_SERVICE, Access: 'Allow', Rights: READ },
    ],
    ChainStatus: [],
    ChainElements: [certificate.thumbprint, ISSUING.thumbprint, ROOT.thumbprint],
    ...more,
  };
}

export const AUTHORITIES: readonly JsonObject[] = [
  { Store: 'CA', Thumbprint: ISSUING.thumbprint, Der: ISSUING.der.toString('base64') },
  { Store: 'Root', Thumbprint: ROOT.thumbprint, Der: ROOT.der.toString('base64') },
];

export const ok = (data: Json): { status: 'ok'; data: Json } => ({ status: 'ok', data });
export const absent = { status: 'absent' } as const;

/** Sections of a host without any binding. */
export const BARE = {
  Win32_TSGatewayServerSettings: absent,
  'http.sslBindings': absent,
  'iis.bindings': absent,
  Win32_TSGeneralSetting: absent,
  'webClient.brokerCertificate': absent,
};

type Sections = SnapshotInput['snapshot']['sections'];

export function host(name: string, sections: Sections): SnapshotInput {
  return input('windows-host', name, { ...BARE, ...sections });
}

export function deployment(name: string, sections: Sections): SnapshotInput {
  return input('rds-deployment', name, sections);
}

function input(kind: 'windows-host' | 'rds-deployment', name: string, sections: Sections): SnapshotInput {
  return {
    target: { id: `${kind}:${name}`, kind, name, group: 'test', status: 'complete' },
    snapshot: { schemaVersion: 1, target: { kind, name }, collectedAt: '2026-06-30T00:00:00Z', sections },
    host: null,
    deployment: null,
    gateway: null,
  };
}

export function context(gatewayFqdn: string | null = null, now = NOW): NormaliseContext {
  return { intent: { gatewayFqdn, adminNetworks: [], all: {} }, now, catalogue: [] };
}

export function gateway(name: string, hosts: readonly string[], port = 443): EstateGateway {
  return { name, address: name, port, over: 'snapshot', hosts, pointer: '', declared: [] };
}

const PREDICATES = new Map(FACT_KINDS.map((kind) => [kind.kind, { holds: compileSchema(kind.schema), schema: kind.schema }]));

/** Fails unless a fact has every member of its kind, of the right form where it is known. */
export function checkFact(fact: Fact): void {
  const kind = PREDICATES.get(fact.kind);
  if (kind === undefined) throw new Error(`The kind '${fact.kind}' is not registered.`);
  const properties = kind.schema['properties'] as Record<string, JsonObject>;
  const known: Record<string, Json> = {};
  for (const [name, value] of Object.entries(fact.data)) {
    if (!Object.hasOwn(properties, name)) throw new Error(`'${name}' is no member of '${fact.kind}'.`);
    if (fact.unknown.includes(`/${name}`)) {
      if (value !== null) throw new Error(`'${name}' of '${fact.id}' is unknown and has a value.`);
    } else known[name] = value;
  }
  for (const name of Object.keys(properties)) if (!Object.hasOwn(fact.data, name)) throw new Error(`'${fact.id}' lacks '${name}'.`);
  const { required: _required, ...schema } = kind.schema;
  if (compileSchema(schema)(known) !== 2) throw new Error(`'${fact.id}' does not fit its schema: ${JSON.stringify(known)}`);
}

export function facts(input: SnapshotInput, with_: NormaliseContext = context()): Normalised {
  const made = input.target.kind === 'windows-host' ? normaliseCertificates(input, with_) : normaliseDeploymentCertificates(input, with_);
  for (const fact of made.facts) checkFact(fact);
  return made;
}

export function joined(inputs: readonly SnapshotInput[], estate: Partial<JoinEstate> = {}, with_: NormaliseContext = context()): readonly Fact[] {
  const all = inputs.flatMap((one) => facts(one, with_).facts);
  const made = CERTIFICATE_JOINS.flatMap((join) =>
    join.join(
      all.filter((fact) => join.kinds.includes(fact.kind)),
      { hosts: [], deployments: [], gateways: [], ...estate },
      with_,
    ),
  );
  for (const fact of made) checkFact(fact);
  if (new Set(made.map((fact) => fact.id)).size !== made.length) throw new Error('Two facts have one id.');
  return made;
}

export function only(list: readonly Fact[], kind: string): Fact[] {
  return list.filter((fact) => fact.kind === kind);
}
