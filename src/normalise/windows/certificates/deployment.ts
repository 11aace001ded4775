import { rawEnum, rawList, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import { type Fact, factId, UNREAD } from '../../../model/fact.ts';
import { RDS_DEPLOYMENT_CERTIFICATE, RDS_DEPLOYMENT_NAMES } from '../../../model/facts/rds-deployment-certificate.ts';
import { type Json, type JsonObject, member } from '../../../model/json.ts';
import type { SnapshotInput, SnapshotNormaliser } from '../../../model/normalise.ts';
import type { Problem } from '../../../model/problem.ts';
import { settle } from './draft.ts';
import { presentedNames } from './names.ts';
import { readObject } from './sections.ts';
import { certificateOf } from './store.ts';
import { NO_CERTIFICATE, thumbprintOf } from './thumbprint.ts';
import { validityAt } from './time.ts';

export type DeploymentRole = 'gateway' | 'web-access' | 'redirector' | 'publishing';

/** RDCertificateRole. The names are those of the cmdlet; facts use ours. */
const ROLE_NUMBERS = { 1: 'RDGateway', 2: 'RDWebAccess', 4: 'RDRedirector', 8: 'RDPublishing' } as const;
const ROLE_NAMES: Readonly<Record<(typeof ROLE_NUMBERS)[keyof typeof ROLE_NUMBERS], DeploymentRole>> = {
  RDGateway: 'gateway',
  RDWebAccess: 'web-access',
  RDRedirector: 'redirector',
  RDPublishing: 'publishing',
};
const GATEWAY_MODES = { 0: 'DoNotUse', 2: 'Custom', 3: 'Automatic' } as const;
const MODE_NAMES = { DoNotUse: 'do-not-use', Custom: 'custom', Automatic: 'automatic' } as const;

/** What a deployment has configured: one `rds.deploymentCertificate` a role, and its names and servers for the joins. */
export const normaliseDeploymentCertificates: SnapshotNormaliser = (input, context) => {
  const problems: Problem[] = [];
  const rows = readRows(input.snapshot, 'deployment.certificates');
  const now = Date.parse(context.now);
  const facts = rows.state === 'read' ? rows.rows.flatMap((row) => roleFact(row, input, now, problems) ?? []) : [];
  if (rows.state !== 'read') facts.push(unreadRoles(input));
  return { facts: [...distinctById(facts), namesFact(input)], problems };
};

function distinctById(facts: readonly Fact[]): Fact[] {
  return [...new Map(facts.toReversed().map((fact) => [fact.id, fact])).values()].toReversed();
}

function unreadRoles(input: SnapshotInput): Fact {
  const members = ['role', 'level', 'thumbprint', 'names', 'notAfter', 'daysLeft'];
  const { data, unknown } = settle({ host: input.target.name, ...Object.fromEntries(members.map((name) => [name, undefined])) });
  return factOf(input, RDS_DEPLOYMENT_CERTIFICATE.kind, [UNREAD], `${input.target.name} role certificates (not read)`, data, unknown);
}

function roleFact(row: JsonObject, input: SnapshotInput, now: number, problems: Problem[]): Fact | undefined {
  const name = rawEnum(member(row, 'Role'), ROLE_NUMBERS);
  if (name === undefined) return undefined;
  const role = ROLE_NAMES[name];
  const level = levelOf(member(row, 'Level'));
  const thumbprint = level === 'not-configured' ? NO_CERTIFICATE : thumbprintOf(member(row, 'Thumbprint'));
  const certificate = certificateOf(row, thumbprint, input.target.id, problems);
  const validity = certificate === undefined ? undefined : validityAt(certificate, now);
  const { data, unknown } = settle({
    host: input.target.name,
    role,
    level,
    thumbprint,
    names: certificate === undefined ? alternativeNames(row, thumbprint) : presentedNames(certificate).dns,
    notAfter: validity?.notAfter,
    daysLeft: validity?.daysLeft,
  });
  return factOf(input, RDS_DEPLOYMENT_CERTIFICATE.kind, [role], `${input.target.name} ${name}`, data, unknown);
}

/** The documentation writes `Not Configured`, the module `NotConfigured`. */
function levelOf(value: Json | undefined): 'trusted' | 'untrusted' | 'not-configured' | undefined {
  const text = (rawText(value) ?? '').replaceAll(/\s/g, '').toLowerCase();
  if (text === 'notconfigured') return 'not-configured';
  return text === 'trusted' || text === 'untrusted' ? text : undefined;
}

/** Names as the cmdlet lists them. Without a list the common name would count, and the cmdlet shows it as `IssuedTo`. */
function alternativeNames(row: JsonObject, thumbprint: string | undefined): string[] | undefined {
  if (thumbprint === NO_CERTIFICATE) return [];
  const column = member(row, 'SubjectAlternateName');
  if (column === undefined) return undefined;
  const names = rawList(column).flatMap((name) => rawText(name)?.trim() ?? []);
  const issuedTo = rawText(member(row, 'IssuedTo'))?.trim() ?? '';
  return names.length > 0 ? names : issuedTo === '' ? undefined : [issuedTo];
}

function namesFact(input: SnapshotInput): Fact {
  const gateway = readRows(input.snapshot, 'deployment.gateway');
  const row = gateway.state === 'read' ? gateway.rows[0] : undefined;
  const mode = row === undefined ? undefined : rawEnum(member(row, 'GatewayMode'), GATEWAY_MODES);
  const fqdn = row === undefined ? undefined : rawText(member(row, 'GatewayExternalFqdn'))?.trim();
  const access = readObject(input.snapshot, 'deployment.clientAccessName');
  const servers = readRows(input.snapshot, 'deployment.servers');
  const { data, unknown } = settle({
    host: input.target.name,
    gatewayMode: mode === undefined ? undefined : MODE_NAMES[mode],
    gatewayFqdn: mode === 'Custom' ? fqdn : mode === undefined ? undefined : NO_CERTIFICATE,
    clientAccessName: access.state === 'unread' ? undefined : access.state === 'absent' ? NO_CERTIFICATE : accessName(access.row),
    gateways: servers.state === 'read' ? serversWith('rds-gateway', servers.rows) : undefined,
    webServers: servers.state === 'read' ? serversWith('rds-web-access', servers.rows) : undefined,
  });
  return factOf(input, RDS_DEPLOYMENT_NAMES.kind, ['names'], `${input.target.name} names`, data, unknown);
}

function accessName(row: JsonObject): string {
  const name = rawText(member(row, 'ClientAccessName'))?.trim() ?? '';
  return name === '' ? NO_CERTIFICATE : name;
}

function serversWith(role: string, rows: readonly JsonObject[]): string[] {
  return rows
    .filter((row) => rawList(member(row, 'Roles')).some((name) => rawText(name)?.toLowerCase() === role))
    .map((row) => (rawText(member(row, 'Server')) ?? '').toLowerCase())
    .filter((server) => server !== '');
}

function factOf(input: SnapshotInput, kind: string, instance: readonly string[], name: string, data: JsonObject, unknown: Fact['unknown']): Fact {
  return {
    kind,
    id: factId(input.target.id, kind, ...instance),
    name,
    target: input.target.id,
    data,
    unknown,
    origin: { at: 'setting' },
    observedAt: input.snapshot.collectedAt,
  };
}
