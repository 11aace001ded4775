import { rawInteger, rawList, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import {
  LICENSING_EVENTS,
  type LicensingEvents,
  type ServerFault,
  SESSION_HOST_LICENSING,
  type SessionHostLicensing,
} from '../../../model/facts/windows-licensing.ts';
import { type Json, member } from '../../../model/json.ts';
import type { NormaliseContext, SnapshotInput } from '../../../model/normalise.ts';
import { isUnreadable } from '../../../model/snapshot.ts';
import { settingOf } from '../accounts/setting.ts';
import { hostFact, isSessionHost, memberOf } from '../drivers/parts.ts';

const VALID = new Set([1, 2, 9, 11]);
/** What is not in either list says nothing about the server: the status could not be determined, or not by this account. */
const FAULTS: Readonly<Record<number, ServerFault>> = { 3: 'beta-mismatch', 4: 'older-than-host', 5: 'not-in-group', 6: 'not-connectable' };

/** Hosts that certainly are no session hosts have no fact: nobody licenses their two sessions for administration. */
export function sessionHostLicensing(input: SnapshotInput, context: NormaliseContext): Fact[] {
  const sessionHost = isSessionHost(input);
  if (sessionHost === false) return [];
  const servers = textsOf(memberOf(input, 'licensing', 'SpecifiedLicenseServers'));
  const faulty = servers === null ? null : faultsOf(input, servers);
  const partOfDomain = rawInteger(memberOf(input, 'computer', 'PartOfDomain'));
  const mode = settingOf(input, context, 'windows.licensing', 'mode');
  const data: SessionHostLicensing = {
    host: input.target.name,
    sessionHost,
    domainMember: partOfDomain === undefined ? null : partOfDomain === 1,
    mode: typeof mode === 'string' ? mode : null,
    servers,
    graceDaysLeft: rawInteger(memberOf(input, 'licensing', 'GraceDaysLeft')) ?? null,
    usable: faulty === null ? null : faulty.usable,
    faulty: faulty === null ? null : faulty.list,
  };
  const fact = hostFact(input, SESSION_HOST_LICENSING.kind, [], `licensing of ${input.target.name}`, data, { '/mode': '/licensing/mode' });
  return [{ ...fact, unknown: [...fact.unknown, ...(data.faulty ?? []).flatMap((each, index) => (each === null ? [`/faulty/${index}`] : []))] }];
}

/** A list whose column was read; null when it was not. */
export function textsOf(raw: Json | undefined): string[] | null {
  if (raw === undefined || raw === null || isUnreadable(raw)) return null;
  return rawList(raw)
    .flatMap((item) => rawText(item)?.trim() ?? [])
    .filter((text) => text !== '');
}

function faultsOf(input: SnapshotInput, servers: readonly string[]): { usable: boolean | null; list: NonNullable<SessionHostLicensing['faulty']> } {
  const statuses = new Map<string, number>();
  const table = readRows(input.snapshot, 'licensing.servers');
  for (const row of table.state === 'read' ? table.rows : []) {
    const status = rawInteger(member(row, 'TStoLSConnectivityStatus'));
    if (status !== undefined) statuses.set(rawText(member(row, 'ServerName'))?.toLowerCase() ?? '', status);
  }
  let usable: boolean | null = false;
  const list = servers.flatMap((server) => {
    const status = statuses.get(server.toLowerCase());
    if (status !== undefined && VALID.has(status)) {
      usable = true;
      return [];
    }
    const why = status !== undefined && Object.hasOwn(FAULTS, status) ? FAULTS[status] : undefined;
    if (why !== undefined) return [{ server, why }];
    if (usable === false) usable = null;
    return [null];
  });
  return { usable, list };
}

const EVENTS = [1068, 1069];

/** Only of what was collected: a section without a single event says nothing about the ids that a collector asks for. */
export function licensingEvents(input: SnapshotInput): Fact[] {
  if (isSessionHost(input) === false) return [];
  const table = readRows(input.snapshot, 'events.remoteDesktop');
  if (table.state === 'absent') return [];
  const counts = new Map<number, number>();
  for (const row of table.state === 'read' ? table.rows : []) {
    const id = rawInteger(member(row, 'Id'));
    if (id !== undefined && EVENTS.includes(id) && /remoteconnectionmanager/i.test(rawText(member(row, 'Channel')) ?? ''))
      counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const data: LicensingEvents = {
    host: input.target.name,
    events: table.state === 'read' ? [...counts].toSorted(([a], [b]) => a - b).map(([id, count]) => ({ id, count })) : null,
  };
  return [hostFact(input, LICENSING_EVENTS.kind, [], `licensing events of ${input.target.name}`, data)];
}
