import { TSCON } from '../../../lib/command-line.ts';
import { readRegistryValue, readRows } from '../../../lib/snapshot-read.ts';
import { rawText } from '../../../lib/raw.ts';
import type { Fact } from '../../../model/fact.ts';
import {
  LIMIT_LAYERS,
  type LimitLayers,
  LISTENER_REDIRECTION,
  type ListenerRedirection,
  SESSION_TAKEOVER,
  type SessionTakeover,
} from '../../../model/facts/windows-sessions.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { hostFact, numberOf, unreadFact } from '../drivers/parts.ts';
import { listenerKey, listeners, POLICIES, registryFlag, registryNumber, rowFlag } from './values.ts';

/** A device, its column of Win32_TSClientSetting, where 1 is off, and the registry value that turns it off. */
const DEVICES = [
  { device: 'drives', column: 'DriveMapping', value: 'fDisableCdm', own: true },
  { device: 'clipboard', column: 'ClipboardMapping', value: 'fDisableClip', own: true },
  { device: 'com-ports', column: 'COMPortMapping', value: 'fDisableCcm', own: true },
  { device: 'lpt-ports', column: 'LPTPortMapping', value: 'fDisableLPT', own: true },
  { device: 'plug-and-play', column: 'PNPRedirection', value: 'fDisablePNPRedir', own: false },
] as const;

/** What the settings of the host say of redirection is judged there; here is what a listener does beyond it. */
export function listenerRedirections(input: SnapshotInput): Fact[] {
  const found = listeners(input, 'Win32_TSClientSetting');
  if (found === 'absent') return [];
  if (found === 'unread') return [unreadFact(input, LISTENER_REDIRECTION.kind)];
  return found.map(({ name, row }) => {
    const states = new Map(DEVICES.map((device) => [device.device, isUnexpected(input, row, device)] as const));
    const on = [...states].flatMap(([device, state]) => (state === true ? [device] : []));
    const data: ListenerRedirection = {
      host: input.target.name,
      listener: name,
      unexpected: on.length === 0 && [...states.values()].includes(null) ? null : on,
      drives: states.get('drives') ?? null,
      plugAndPlay: states.get('plug-and-play') ?? null,
      clipboard: states.get('clipboard') ?? null,
    };
    return hostFact(input, LISTENER_REDIRECTION.kind, [name], `redirection of ${name} on ${input.target.name}`, data);
  });
}

function isUnexpected(input: SnapshotInput, row: JsonObject, { column, value, own }: (typeof DEVICES)[number]): boolean | null {
  const off = rowFlag(row, column);
  if (off !== false) return off === null ? null : false;
  // A class that says it is redirected is certain, whatever could be read of the settings; they are judged where they say so too.
  const policy = registryFlag(input, POLICIES, value, false);
  const policySet = registryNumber(input, POLICIES, value) !== undefined;
  const rdpTcp = listenerKey('RDP-Tcp') ?? '';
  const disabled = policySet || !own ? policy : registryFlag(input, rdpTcp, value, false);
  return disabled !== false;
}

const LIMITS = [
  { limit: 'idle', value: 'MaxIdleTime', inherits: 'fInheritMaxIdleTime' },
  { limit: 'disconnected', value: 'MaxDisconnectionTime', inherits: 'fInheritMaxDisconnectionTime' },
  { limit: 'active', value: 'MaxConnectionTime', inherits: 'fInheritMaxSessionTime' },
] as const;

/** One fact a listener and limit. */
export function limitLayers(input: SnapshotInput): Fact[] {
  const found = listeners(input, 'Win32_TSGeneralSetting');
  if (found === 'absent') return [];
  if (found === 'unread') return [unreadFact(input, LIMIT_LAYERS.kind)];
  return found.flatMap(({ name }) =>
    LIMITS.map(({ limit, value, inherits }) => {
      const policy = milliseconds(input, POLICIES, value);
      const own = ownLimit(input, name, value, inherits);
      const data: LimitLayers = { host: input.target.name, listener: name, limit, policy, own, conflict: isConflict(policy, own) };
      return hostFact(input, LIMIT_LAYERS.kind, [name, limit], `${limit} limit of ${name} on ${input.target.name}`, data);
    }),
  );
}

type Limit = LimitLayers['policy'];

/** A policy that was disabled writes 0 as text, which means never. */
function milliseconds(input: SnapshotInput, key: string, name: string): Limit {
  const number = numberOf(readRegistryValue(input.snapshot, key, name));
  return number === undefined ? 'not-set' : number === 0 ? 'never' : number;
}

function ownLimit(input: SnapshotInput, listener: string, value: string, inherits: string): Limit {
  const key = listenerKey(listener);
  if (key === null) return null;
  const inherited = registryFlag(input, key, inherits, true);
  return inherited === true ? 'not-set' : inherited === null ? null : milliseconds(input, key, value);
}

function isConflict(policy: Limit, own: Limit): boolean | null {
  if (policy === 'not-set' || own === 'not-set') return false;
  return policy === null || own === null ? null : policy !== own;
}

/** Started as SYSTEM, tscon joins any session without its user's password. */
export function sessionTakeover(input: SnapshotInput): Fact {
  const services = commandsIn(input, 'serviceCommands', 'service', (row) => ({
    name: rawText(member(row, 'Name')) ?? '',
    command: rawText(member(row, 'PathName')) ?? '',
  }));
  const tasks = commandsIn(input, 'taskCommands', 'task', (row) => ({
    name: `${rawText(member(row, 'TaskPath')) ?? '\\'}${rawText(member(row, 'TaskName')) ?? ''}`,
    command: `${rawText(member(row, 'Execute')) ?? ''} ${rawText(member(row, 'Arguments')) ?? ''}`.trim(),
  }));
  const commands = [...(services ?? []), ...(tasks ?? [])];
  const data: SessionTakeover = { host: input.target.name, commands: commands.length === 0 && (services === null || tasks === null) ? null : commands };
  return hostFact(input, SESSION_TAKEOVER.kind, [], `taking over sessions of ${input.target.name}`, data);
}

type Command = NonNullable<SessionTakeover['commands']>[number];

function commandsIn(
  input: SnapshotInput,
  section: string,
  kind: Command['kind'],
  read: (row: JsonObject) => { readonly name: string; readonly command: string },
): Command[] | null {
  const rows = readRows(input.snapshot, section);
  if (rows.state !== 'read') return rows.state === 'absent' ? [] : null;
  return rows.rows.map(read).flatMap(({ name, command }) => (TSCON.test(command) ? [{ kind, name, command: command.slice(0, 400) }] : []));
}
