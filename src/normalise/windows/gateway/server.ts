import { rawEnum, rawInteger, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import { GATEWAY_SERVER, type GatewayServer } from '../../../model/facts/windows-gateway.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { hostFact, isDomainController, memberOf, unreadFact } from '../drivers/parts.ts';
import { hasRole } from '../host-roles.ts';
import { authenticationMethods } from './connection.ts';
import { flagOf, SETTINGS } from './parts.ts';
import { serviceRow, serviceStatus } from '../services.ts';

const CONNECTION = 'Win32_TSGatewayConnectionAuthorizationPolicy';
const RESOURCE = 'Win32_TSGatewayResourceAuthorizationPolicy';

/** Whether the host has the role, as far as can be said; null for a host of which nobody knows. */
export function isGateway(input: SnapshotInput): boolean | null {
  const settings = readRows(input.snapshot, SETTINGS);
  if (settings.state === 'absent') return false;
  return settings.state === 'read' ? settings.rows.length > 0 : hasRole(input, 'RDS-Gateway');
}

export function gatewayServer(input: SnapshotInput): Fact[] {
  const gateway = isGateway(input);
  if (gateway === false) return [];
  if (gateway === null) return [unreadFact(input, GATEWAY_SERVER.kind)];
  const central = flagOf(memberOf(input, SETTINGS, 'CentralCAPEnabled'));
  const data: GatewayServer = {
    host: input.target.name,
    running: runs(input, 'TSGateway'),
    central,
    connectionPolicies: countOf(input, CONNECTION, (row) => both(flagOf(member(row, 'Enabled')), letsSomebodyIn(row))),
    resourcePolicies: countOf(input, RESOURCE, (row) => flagOf(member(row, 'Enabled'))),
    channelBinding: flagOf(memberOf(input, SETTINGS, 'EnforceChannelBinding')),
    sslBridging: rawEnum(memberOf(input, SETTINGS, 'SslBridging'), BRIDGING) ?? null,
    connectionLimit: limitOf(input),
    rpcOverHttp: transport(input, 0),
    http: transport(input, 1),
    udp: transport(input, 2),
    silentEvents: silentEvents(input),
    crashes: crashes(input),
    domainController: isDomainController(input),
  };
  return [
    hostFact(input, GATEWAY_SERVER.kind, [], `RD Gateway on ${input.target.name}`, data, {
      '/channelBinding': '/gateway/channelBinding',
      '/sslBridging': '/gateway/sslBridging',
    }),
  ];
}

const BRIDGING: Readonly<Record<number, string>> = { 0: 'none', 1: 'https-to-http', 2: 'https-to-https' };

function both(a: boolean | null, b: boolean | null): boolean | null {
  if (a === false || b === false) return false;
  return a === null || b === null ? null : true;
}

function letsSomebodyIn(row: JsonObject): boolean | null {
  const methods = authenticationMethods(row);
  return methods === null ? null : methods.length > 0;
}

/** Rows that count for certain; null when there is none and another may count. */
function countOf(input: SnapshotInput, section: string, counts: (row: JsonObject) => boolean | null): number | null {
  const table = readRows(input.snapshot, section);
  if (table.state !== 'read') return table.state === 'absent' ? 0 : null;
  const answers = table.rows.map(counts);
  const certain = answers.filter((answer) => answer === true).length;
  return certain === 0 && answers.includes(null) ? null : certain;
}

/** A gateway without the service has none that runs. */
function runs(input: SnapshotInput, service: string): boolean | null {
  const services = readRows(input.snapshot, 'services');
  if (services.state !== 'read') return null;
  const row = serviceRow(services.rows, service);
  if (row === undefined) return null;
  const status = serviceStatus(row);
  return status === undefined ? null : status === 'Running' || status === 'StartPending';
}

function limitOf(input: SnapshotInput): GatewayServer['connectionLimit'] {
  const unlimited = flagOf(memberOf(input, SETTINGS, 'UnlimitedConnections'));
  if (unlimited === true) return 'unlimited';
  return unlimited === null ? null : (rawInteger(memberOf(input, SETTINGS, 'MaxConnections')) ?? null);
}

function transport(input: SnapshotInput, type: number): boolean | null {
  const table = readRows(input.snapshot, 'gateway.transports');
  if (table.state !== 'read') return null;
  const row = table.rows.find((candidate) => rawInteger(member(candidate, 'TransportType')) === type);
  return row === undefined ? null : flagOf(member(row, 'Enabled'));
}

function silentEvents(input: SnapshotInput): string[] | null {
  const table = readRows(input.snapshot, 'gateway.logEvents');
  if (table.state !== 'read' || table.rows.length === 0) return null;
  const silent = table.rows.filter((row) => flagOf(member(row, 'Enabled')) === false);
  if (silent.length === 0 && table.rows.some((row) => flagOf(member(row, 'Enabled')) === null)) return null;
  return silent.map((row) => rawText(member(row, 'EventName')) ?? '').toSorted();
}

/** 700: the service ended by an exception; 103: it may not use the certificate's key. */
function crashes(input: SnapshotInput): number | null {
  const table = readRows(input.snapshot, 'events.remoteDesktop');
  if (table.state !== 'read') return null;
  return table.rows.filter((row) => {
    const channel = rawText(member(row, 'Channel'))?.toLowerCase() ?? '';
    return channel.startsWith('microsoft-windows-terminalservices-gateway/') && [103, 700].includes(rawInteger(member(row, 'Id')) ?? 0);
  }).length;
}
