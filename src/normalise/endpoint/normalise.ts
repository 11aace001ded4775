import { readRows } from '../../lib/snapshot-read.ts';
import { type Fact, factId } from '../../model/fact.ts';
import { ENDPOINT_GATEWAY, ENDPOINT_RDP_LISTENER, ENDPOINT_TLS } from '../../model/facts/endpoint.ts';
import type { Json } from '../../model/json.ts';
import type { SnapshotInput, SnapshotNormaliser } from '../../model/normalise.ts';
import type { Pointer } from '../../model/pointer.ts';
import type { Problem } from '../../model/problem.ts';
import { settle } from '../windows/certificates/draft.ts';
import { gatewayMembers, udpOf } from './gateway.ts';
import { negotiated, placeOf } from './listener.ts';
import { presentedMembers, type Service } from './presented.ts';
import { versionsOf } from './versions.ts';

export { normaliseListenerValues } from './listener-values.ts';

type Members = Readonly<Record<string, Json | undefined>>;

/** What was seen of an endpoint: its listener, its TLS and its gateway. What was not asked for has no fact. */
export const normaliseEndpoint: SnapshotNormaliser = (input, context) => {
  const problems: Problem[] = [];
  const wants = (kind: string): boolean => context.wanted?.has(kind) !== false;
  const now = Date.parse(context.now);
  const facts = [
    ...(wants(ENDPOINT_RDP_LISTENER.kind) ? listenerFacts(input) : []),
    ...(wants(ENDPOINT_TLS.kind) ? [...tlsFacts('rdp', input, now, problems), ...tlsFacts('https', input, now, problems)] : []),
    ...(wants(ENDPOINT_GATEWAY.kind) ? gatewayFacts(input) : []),
  ];
  return { facts, problems };
};

const LISTENER_MEMBERS: Members = { address: undefined, port: undefined, ...negotiated([]) };

function listenerFacts(input: SnapshotInput): Fact[] {
  const table = readRows(input.snapshot, 'endpoint.rdpNegotiation');
  if (table.state === 'absent') return [];
  const rows = table.state === 'read' ? table.rows : [];
  const standard = readRows(input.snapshot, 'endpoint.rdpStandardSecurity');
  const [security] = standard.state === 'read' ? standard.rows : [];
  return [factOf(input, ENDPOINT_RDP_LISTENER.kind, [], { ...LISTENER_MEMBERS, ...placeOf(rows), ...negotiated(rows, security) })];
}

const GATEWAY_MEMBERS: Members = {
  address: undefined,
  port: undefined,
  answer: undefined,
  status: undefined,
  controlStatus: undefined,
  schemes: undefined,
  server: undefined,
  udp: undefined,
};

function gatewayFacts(input: SnapshotInput): Fact[] {
  const table = readRows(input.snapshot, 'endpoint.gateway');
  if (table.state === 'absent') return [];
  const read = table.state === 'read' && table.rows.length > 0 ? { ...placeOf(table.rows), ...gatewayMembers(table.rows) } : {};
  const udp = readRows(input.snapshot, 'endpoint.gatewayUdp');
  const [transport] = udp.state === 'read' ? udp.rows : [];
  return [factOf(input, ENDPOINT_GATEWAY.kind, [], { ...GATEWAY_MEMBERS, ...read, udp: udpOf(transport) })];
}

const TLS_MEMBERS: Members = Object.fromEntries(ENDPOINT_TLS.members.map((name) => [name, undefined]));
const SECTIONS: Readonly<Record<Service, readonly [string, string]>> = {
  rdp: ['endpoint.rdpTls', 'endpoint.rdpCertificates'],
  https: ['endpoint.httpsTls', 'endpoint.httpsCertificates'],
};

function tlsFacts(service: Service, input: SnapshotInput, now: number, problems: Problem[]): Fact[] {
  const [versions, certificates] = SECTIONS[service].map((section) => readRows(input.snapshot, section));
  if (versions === undefined || certificates === undefined || (versions.state === 'absent' && certificates.state === 'absent')) return [];
  const [shown] = certificates.state === 'read' ? certificates.rows : [];
  const presented = shown === undefined ? null : presentedMembers(shown, service, input.target.name, now);
  if (presented?.unreadable === true) problems.push(unreadable(input));
  const members: Members = {
    ...TLS_MEMBERS,
    service,
    ...(shown === undefined ? {} : placeOf([shown])),
    ...(versions.state === 'read' ? versionsOf(versions.rows) : {}),
    ...presented?.members,
  };
  return [factOf(input, ENDPOINT_TLS.kind, [service], members, presented?.unknown)];
}

function unreadable(input: SnapshotInput): Problem {
  return {
    level: 'warning',
    code: 'certificate.unreadable',
    message: `A certificate that '${input.target.name}' presents cannot be parsed, so nothing about it is known.`,
    hint: 'Look at it with another tool: clients may not read it either.',
    target: input.target.id,
  };
}

function factOf(input: SnapshotInput, kind: string, instance: readonly string[], members: Members, more: readonly Pointer[] = []): Fact {
  const { data, unknown } = settle({ ...members, host: input.target.name }, more);
  return {
    kind,
    id: factId(input.target.id, kind, ...instance),
    name: [input.target.name, ...instance].join(' '),
    target: input.target.id,
    data,
    unknown,
    origin: { at: 'setting' },
    observedAt: input.snapshot.collectedAt,
  };
}
