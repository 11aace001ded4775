import { rawEnum, rawInteger, rawList, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import { LICENSE_KEY_ACCESS, LICENSE_SERVER, type LicenseKeyAccess, type LicenseServer } from '../../../model/facts/windows-licensing.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { NormaliseContext, SnapshotInput } from '../../../model/normalise.ts';
import { groupOf, localGroups, sidOf } from '../accounts/groups.ts';
import { broadName, ENDPOINT_SERVERS } from '../accounts/principals.ts';
import { settingOf } from '../accounts/setting.ts';
import { hostFact, memberOf, unreadFact } from '../drivers/parts.ts';

/** A host that certainly has no license server has no fact. */
export function licenseServer(input: SnapshotInput, context: NormaliseContext): Fact[] {
  const own = readRows(input.snapshot, 'Win32_TSLicenseServer');
  const service = serviceOf(input);
  const hasRole = roleOf(input);
  if (own.state !== 'read' && service === 'none' && hasRole !== true) return [];
  if (own.state !== 'read' && hasRole === false && typeof service === 'string') return [];
  if (own.state === 'unread' && typeof service === 'string' && hasRole === null) return [unreadFact(input, LICENSE_SERVER.kind)];
  if (own.state === 'absent' && typeof service === 'string') return [];
  const row = own.state === 'read' ? own.rows[0] : undefined;
  const activation = rawInteger(member(row, 'ActivationStatus'));
  const inGroup = rawInteger(member(row, 'IsInTerminalServerLicenseServers'));
  const partOfDomain = rawInteger(memberOf(input, 'computer', 'PartOfDomain'));
  const status = typeof service === 'string' ? undefined : rawEnum(member(service, 'Status'), { 1: 'Stopped', 4: 'Running' } as const);
  const knownHostsOnly = settingOf(input, context, 'windows.licensing', 'knownHostsOnly');
  const roles = input.host?.roles ?? [];
  const data: LicenseServer = {
    host: input.target.name,
    intended: roles.length === 0 || roles.includes('licensing'),
    running: status === undefined ? null : status === 'Running',
    activated: activation === 0 ? true : activation === 1 ? false : null,
    domainMember: partOfDomain === undefined ? null : partOfDomain === 1,
    inServersGroup: inGroup === undefined ? null : inGroup === 1,
    knownHostsOnly: typeof knownHostsOnly === 'boolean' ? knownHostsOnly : null,
    knownHosts: groupOf(localGroups(input), ENDPOINT_SERVERS)?.members?.length ?? null,
    patched: isPatched(input, context),
  };
  return [
    hostFact(input, LICENSE_SERVER.kind, [], `license server ${input.target.name}`, data, {
      '/knownHostsOnly': '/licensing/knownHostsOnly',
      '/running': '/services/TermServLicensing/startType',
    }),
  ];
}

/** `none`: the services were read and it is not among them. */
function serviceOf(input: SnapshotInput): JsonObject | 'none' | 'unread' {
  const table = readRows(input.snapshot, 'services');
  if (table.state !== 'read') return 'unread';
  return table.rows.find((row) => rawText(member(row, 'Name'))?.toLowerCase() === 'termservlicensing') ?? 'none';
}

function roleOf(input: SnapshotInput): boolean | null {
  const table = readRows(input.snapshot, 'roles');
  return table.state === 'read' ? table.rows.some((row) => rawText(member(row, 'Name'))?.toLowerCase() === 'rds-licensing') : null;
}

const CVE = 'CVE-2024-38077';

/** A build that the data does not name came after the update, or is too old to be known: nothing can be said. */
function isPatched(input: SnapshotInput, context: NormaliseContext): boolean | null {
  const known = context.knownUpdates?.vulnerabilities.find(({ cve }) => cve === CVE);
  const build = rawInteger(memberOf(input, 'os', 'build'));
  const revision = rawInteger(memberOf(input, 'os', 'ubr'));
  if (known === undefined || build === undefined) return null;
  const first = Object.hasOwn(known.servers, String(build)) ? known.servers[String(build)] : undefined;
  if (first !== undefined) return revision === undefined ? null : revision >= first;
  const builds = Object.keys(known.servers).map(Number);
  return builds.length > 0 && build > Math.max(...builds) ? true : null;
}

/** KEY_ALL_ACCESS and GENERIC_ALL; and WRITE_DAC and WRITE_OWNER, with which full control is a step away. */
const KEY_ALL_ACCESS = 0xf003f;
const GENERIC_ALL = 0x10000000;
const WRITE_DAC_OR_OWNER = 0xc0000;

export function keyAccess(input: SnapshotInput): Fact[] {
  const table = readRows(input.snapshot, 'licensing.keys');
  if (table.state === 'absent') return [];
  if (table.state === 'unread') return [unreadFact(input, LICENSE_KEY_ACCESS.kind)];
  return table.rows.flatMap((row) => {
    const key = rawText(member(row, 'Key'));
    if (key === undefined || rawInteger(member(row, 'Exists')) === 0) return [];
    const data: LicenseKeyAccess = {
      host: input.target.name,
      key,
      part: /\\graceperiod$/i.test(key) ? 'grace-period' : 'license-store',
      owner: sidOf(member(row, 'OwnerSid')),
      openTo: openTo(row),
    };
    return [hostFact(input, LICENSE_KEY_ACCESS.kind, [key], `${key} of ${input.target.name}`, data)];
  });
}

function openTo(row: JsonObject): string[] | null {
  const sids = member(row, 'AllowSids');
  const rights = member(row, 'AllowRights');
  if (!Array.isArray(sids) || !Array.isArray(rights) || sids.length !== rights.length) return null;
  const masks = rawList(rights);
  const names = rawList(sids).flatMap((raw, index) => {
    const mask = rawInteger(masks[index]);
    const isFull = mask !== undefined && ((mask & KEY_ALL_ACCESS) === KEY_ALL_ACCESS || (mask & (GENERIC_ALL | WRITE_DAC_OR_OWNER)) !== 0);
    const who = broadName(sidOf(raw) ?? '');
    return isFull && who !== null ? [who] : [];
  });
  return [...new Set(names)];
}
