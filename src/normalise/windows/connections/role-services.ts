import { rawEnum, rawInteger, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import { ROLE_SERVICE, type RoleService } from '../../../model/facts/windows-connections.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { hostFact, memberOf, unreadFact } from '../drivers/parts.ts';

type Need = readonly [service: string, normal: RoleService['normal']];

/** What each role's pages of Server Manager list as its services. */
const NEEDED: Readonly<Record<string, readonly Need[]>> = {
  'rds-rd-server': [
    ['TermService', 'manual'],
    ['SessionEnv', 'manual'],
    ['UmRdpService', 'manual'],
  ],
  'rds-connection-broker': [
    ['Tssdis', 'automatic'],
    ['RDMS', 'automatic'],
    ['TScPubRPC', 'manual'],
  ],
  'rds-gateway': [
    ['TSGateway', 'automatic'],
    ['W3SVC', 'automatic'],
  ],
  'rds-web-access': [['W3SVC', 'automatic']],
  'rds-licensing': [['TermServLicensing', 'automatic']],
};

/** The same roles, as the estate calls them. */
const ESTATE_ROLES: Readonly<Record<string, string>> = {
  'session-host': 'RDS-RD-Server',
  broker: 'RDS-Connection-Broker',
  gateway: 'RDS-Gateway',
  web: 'RDS-Web-Access',
  licensing: 'RDS-Licensing',
};

const ALWAYS: readonly Need[] = [['RpcSs', 'automatic']];
const IN_DOMAIN: readonly Need[] = [
  ['Netlogon', 'automatic'],
  ['W32Time', 'manual'],
];

/** One fact for each service that a role of the host needs; the estate's word for the roles counts where nobody read them. */
export function roleServices(input: SnapshotInput): Fact[] {
  const table = readRows(input.snapshot, 'services');
  if (table.state === 'absent') return [];
  if (table.state === 'unread') return [unreadFact(input, ROLE_SERVICE.kind)];
  const byName = new Map<string, JsonObject>();
  for (const row of table.rows) {
    const name = rawText(member(row, 'Name'))?.toLowerCase();
    if (name !== undefined && !byName.has(name)) byName.set(name, row);
  }
  const inDomain = rawInteger(memberOf(input, 'computer', 'PartOfDomain')) === 1;
  const windows = [...ALWAYS, ...(inDomain ? IN_DOMAIN : [])];
  const needs = [...windows.map((need) => ['Windows', need] as const), ...rolesOf(input).flatMap(needsOf)];
  // Two roles may need one service; it is one fact.
  const once = new Map(needs.toReversed().map((each) => [each[1][0], each] as const));
  return [...once.values()].map(([role, need]) => serviceFact(input, role, need, byName.get(need[0].toLowerCase())));
}

function rolesOf(input: SnapshotInput): string[] {
  const roles = readRows(input.snapshot, 'roles');
  if (roles.state === 'read') return roles.rows.flatMap((row) => rawText(member(row, 'Name')) ?? []);
  return (input.host?.roles ?? []).flatMap((role) => (Object.hasOwn(ESTATE_ROLES, role) ? (ESTATE_ROLES[role] ?? []) : []));
}

function needsOf(role: string): (readonly [string, Need])[] {
  const key = role.toLowerCase();
  return Object.hasOwn(NEEDED, key) ? (NEEDED[key] ?? []).map((need) => [role, need] as const) : [];
}

const STATUS = { 1: 'Stopped', 2: 'StartPending', 3: 'StopPending', 4: 'Running', 5: 'ContinuePending', 6: 'PausePending', 7: 'Paused' } as const;
const START = { 0: 'Boot', 1: 'System', 2: 'Automatic', 3: 'Manual', 4: 'Disabled' } as const;

/** A service that has no row was not collected, for all that anybody knows. */
function serviceFact(input: SnapshotInput, role: string, [service, normal]: Need, row: JsonObject | undefined): Fact {
  const status = rawEnum(member(row, 'Status'), STATUS);
  const data: RoleService = {
    host: input.target.name,
    role,
    service,
    running: status === undefined ? null : status === 'Running',
    startType: rawEnum(member(row, 'StartType'), START)?.toLowerCase() ?? null,
    normal,
  };
  return hostFact(input, ROLE_SERVICE.kind, [service], `${service} of ${input.target.name}`, data, { '/startType': `/services/${service}/startType` });
}
