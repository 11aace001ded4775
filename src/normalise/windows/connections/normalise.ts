import { rawInteger, rawList, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import { type Fact } from '../../../model/fact.ts';
import {
  LISTENER_PORT,
  type ListenerPort,
  REMOTE_DESKTOP_STATE,
  type RemoteDesktopState,
  ROLE_SERVICE,
  TIME_OFFSET,
  type TimeOffset,
} from '../../../model/facts/windows-connections.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { NormaliseContext, SnapshotInput, SnapshotNormaliser } from '../../../model/normalise.ts';
import { pointerOf } from '../../../model/pointer.ts';
import { settingOf } from '../accounts/setting.ts';
import { hostFact, isSessionHost, memberOf } from '../drivers/parts.ts';
import { nameKey } from '../names/addresses.ts';
import { roleServices } from './role-services.ts';

/** Whether connections can be made at all: Remote Desktop, its services, its port and the clock. */
export const normaliseConnections: SnapshotNormaliser = (input, context) => {
  if (input.snapshot.target.kind !== 'windows-host') return { facts: [], problems: [] };
  const wanted = Object.entries(MAKERS).filter(([kind]) => context.wanted?.has(kind) !== false);
  return { facts: wanted.flatMap(([, make]) => make(input, context)), problems: [] };
};

const MAKERS: Readonly<Record<string, (input: SnapshotInput, context: NormaliseContext) => readonly Fact[]>> = {
  [REMOTE_DESKTOP_STATE.kind]: (input, context) => [remoteDesktopState(input, context)],
  [ROLE_SERVICE.kind]: roleServices,
  [LISTENER_PORT.kind]: listenerPorts,
  [TIME_OFFSET.kind]: timeOffset,
};

function remoteDesktopEnabled(input: SnapshotInput, context: NormaliseContext): boolean | null {
  const value = settingOf(input, context, 'windows.remoteDesktop', 'enabled');
  return typeof value === 'boolean' ? value : null;
}

function remoteDesktopState(input: SnapshotInput, context: NormaliseContext): Fact {
  const data: RemoteDesktopState = { host: input.target.name, enabled: remoteDesktopEnabled(input, context), intended: intendedState(input, context) };
  return hostFact(input, REMOTE_DESKTOP_STATE.kind, [], `Remote Desktop of ${input.target.name}`, data, { '/enabled': '/remoteDesktop/enabled' });
}

function intendedState(input: SnapshotInput, context: NormaliseContext): RemoteDesktopState['intended'] {
  const without = rawList(member(context.intent.all, 'withoutRemoteDesktop')).map((item) => nameKey(rawText(item) ?? ''));
  const names = [input.target.name, ...(input.host?.groups ?? []), ...(input.host?.roles ?? [])];
  const meant = context.withoutRemoteDesktop?.get(input.target.name.toLowerCase());
  if (meant === 'certainly' || names.some((name) => without.includes(nameKey(name)))) return 'off';
  if (meant === 'perhaps') return null;
  const sessionHost = isSessionHost(input);
  if (sessionHost === true || input.host?.roles.includes('session-host') === true) return 'on';
  return sessionHost === null ? null : 'not-stated';
}

interface PortOwner {
  readonly pid: number | null;
  readonly process: string;
}

function listenerPorts(input: SnapshotInput, context: NormaliseContext): Fact[] {
  const tcp = readRows(input.snapshot, 'network.tcpListeners');
  const byPort = tcp.state === 'read' ? Map.groupBy(tcp.rows, (row) => rawInteger(member(row, 'LocalPort')) ?? 0) : null;
  const enabled = remoteDesktopEnabled(input, context);
  const service = serviceProcess(input);
  return listenersOf(input).map((listener) => {
    const port = rawInteger(settingOf(input, context, 'windows.rdpListener', 'portNumber', { listener })) ?? null;
    const owners = byPort === null || port === null ? null : (byPort.get(port) ?? []).map(ownerOf);
    const data: ListenerPort = { host: input.target.name, listener, port, enabled, ...whoListens(owners, service) };
    return hostFact(input, LISTENER_PORT.kind, [listener], `port of ${listener} on ${input.target.name}`, data, {
      '/port': pointerOf(['rdp', listener, 'portNumber']),
      '/listening': pointerOf(['rdp', listener, 'portNumber']),
      '/owner': pointerOf(['rdp', listener, 'portNumber']),
    });
  });
}

/** The listeners that are on; RDP-Tcp where nobody read them, since every Windows has it. */
function listenersOf(input: SnapshotInput): string[] {
  const table = readRows(input.snapshot, 'listeners');
  if (table.state !== 'read') return ['RDP-Tcp'];
  return table.rows
    .filter((row) => rawInteger(member(row, 'fEnableWinStation')) !== 0 && rawInteger(member(row, 'PortNumber')) !== undefined)
    .flatMap((row) => rawText(member(row, 'Name')) ?? []);
}

function ownerOf(row: JsonObject): PortOwner {
  const pid = rawInteger(member(row, 'OwningProcess')) ?? null;
  return { pid, process: rawText(member(row, 'ProcessName')) ?? (pid === null ? '' : String(pid)) };
}

/** The process of TermService; 0 when it does not run, null when nobody can tell. */
function serviceProcess(input: SnapshotInput): number | null {
  const table = readRows(input.snapshot, 'Win32_Service');
  if (table.state !== 'read') return null;
  const row = table.rows.find((each) => rawText(member(each, 'Name'))?.toLowerCase() === 'termservice');
  return rawInteger(member(row, 'ProcessId')) ?? null;
}

function whoListens(owners: readonly PortOwner[] | null, service: number | null): Pick<ListenerPort, 'listening' | 'owner' | 'process'> {
  if (owners === null) return { listening: null, owner: null, process: null };
  if (owners.length === 0) return { listening: false, owner: 'nobody', process: '' };
  const unknown = service === null || owners.some(({ pid }) => pid === null);
  const other = service === null ? undefined : owners.find(({ pid }) => pid !== null && pid !== service);
  if (other !== undefined) return { listening: true, owner: 'other', process: other.process };
  return unknown ? { listening: true, owner: null, process: null } : { listening: true, owner: 'TermService', process: '' };
}

function timeOffset(input: SnapshotInput): Fact[] {
  const table = readRows(input.snapshot, 'time');
  if (table.state === 'absent') return [];
  const offset = member(table.state === 'read' ? table.rows[0] : undefined, 'OffsetSeconds');
  const number = typeof offset === 'number' ? offset : Number(rawText(offset) ?? Number.NaN);
  const partOfDomain = rawInteger(memberOf(input, 'computer', 'PartOfDomain'));
  const data: TimeOffset = {
    host: input.target.name,
    domainMember: partOfDomain === undefined ? null : partOfDomain === 1,
    comparedWith: rawText(memberOf(input, 'time', 'ComparedWith')) ?? null,
    offset: Number.isFinite(number) ? number : null,
  };
  return [hostFact(input, TIME_OFFSET.kind, [], `clock of ${input.target.name}`, data)];
}
