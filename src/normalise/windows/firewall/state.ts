import { rawInteger, rawText } from '../../../lib/raw.ts';
import { readRegistryValue, readRows } from '../../../lib/snapshot-read.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { Snapshot } from '../../../model/snapshot.ts';
import { type Interfaces, readInterfaces } from './interfaces.ts';
import type { PortSet } from './ports.ts';
import { type FirewallProfiles, readProfiles } from './profiles.ts';
import { overlap, type Range, unite } from './ranges.ts';
import { managedRules, rulesFromRegistry } from './rule-string.ts';
import { type FirewallRule, parseRules, sourceOf } from './rules.ts';
import type { Tri } from './tri.ts';
import { serviceRow, serviceStatus } from '../services.ts';

/** Everything that decides whether a packet gets in, read once for a host. */
export interface FirewallState {
  /** True: MpsSvc or BFE does not run, so nothing is filtered. */
  readonly stopped: Tri;
  readonly profiles: FirewallProfiles;
  /** Inbound rules that touch a port of interest; null when nobody could look. */
  readonly rules: readonly FirewallRule[] | null;
  readonly interfaces: Interfaces;
  readonly listener: ListenerPorts;
}

export interface ListenerPorts {
  /** Port of RDP-Tcp; null when it could not be read. */
  readonly port: number | null;
  /** Ports of every listener that is on, that of RDP-Tcp first; null stands for one that could not be read, or may be there. */
  readonly all: readonly (number | null)[];
}

export const STANDARD_PORT = 3389;
const RDP_TCP = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp';
/** Rules that are judged by name, whatever their port: shadowing, WebSocket, the gateway's farm. */
const BY_NAME = /^(RemoteDesktop|RemoteDesktopServices|TSG)-/i;

/** The state as far as it concerns these ports, or ranges of ports, and the listeners. */
export function readFirewall(snapshot: Snapshot, ports: readonly (number | Range<number>)[]): FirewallState {
  const profiles = readProfiles(snapshot);
  const listener = listenerPorts(snapshot);
  const unread = listener.all.includes(null);
  const numbers = [...ports, STANDARD_PORT, ...listener.all.filter((port) => port !== null)];
  const interesting = unite(numbers.map((port): Range<number> => (typeof port === 'number' ? [port, port + 1] : port)));
  const wanted = (name: string, _protocol: FirewallRule['protocol'], set: PortSet): boolean =>
    set.any || !set.complete || set.words.length > 0 || unread || overlap(set.ranges, interesting) || BY_NAME.test(name);
  const rows = ruleRows(snapshot, profiles.wrongStore);
  return {
    stopped: servicesStopped(snapshot, readRows(snapshot, 'firewall.rules').state === 'read'),
    profiles,
    rules: rows === null ? null : parseRules(rows, wanted),
    interfaces: readInterfaces(snapshot),
    listener,
  };
}

/** Rules of PersistentStore are not all: those of Group Policy and of an MDM are added from the registry, or nobody knows. */
function ruleRows(snapshot: Snapshot, wrongStore: boolean): readonly JsonObject[] | null {
  const table = readRows(snapshot, 'firewall.rules');
  if (table.state === 'unread') return rulesFromRegistry(snapshot);
  const rows = table.state === 'read' ? table.rows : [];
  const isLocal = rows.every((row) => (sourceOf(member(row, 'PolicyStoreSourceType')) ?? 'local') === 'local');
  if (!wrongStore || !isLocal) return rows;
  const managed = managedRules(snapshot);
  return managed === null ? null : [...rows, ...managed];
}

/** The ActiveStore answers only while the services run, so a table that was read speaks for them. */
function servicesStopped(snapshot: Snapshot, answered: boolean): Tri {
  const table = readRows(snapshot, 'services');
  const rows = table.state === 'read' ? table.rows : [];
  const states = ['mpssvc', 'bfe'].map((name) => serviceStatus(serviceRow(rows, name)));
  if (states.some((state) => state !== undefined && state !== 'Running')) return true;
  return answered || states.every((state) => state === 'Running') ? false : null;
}

export function listenerPorts(snapshot: Snapshot): ListenerPorts {
  const table = readRows(snapshot, 'listeners');
  const rows = table.state === 'read' ? table.rows.filter((row) => rawInteger(member(row, 'fEnableWinStation')) !== 0) : [];
  const port = portOf(rows.find(isRdpTcp)) ?? registryPort(snapshot);
  const others = table.state === 'unread' ? [null] : rows.filter((row) => !isRdpTcp(row)).map((row) => portOf(row) ?? null);
  return { port, all: [...new Set([port, ...others])] };
}

function isRdpTcp(row: JsonObject): boolean {
  return rawText(member(row, 'Name'))?.toLowerCase() === 'rdp-tcp';
}

function portOf(row: JsonObject | undefined): number | undefined {
  const port = rawInteger(member(row, 'PortNumber'));
  return port !== undefined && port > 0 && port < 65536 ? port : undefined;
}

/** Absent is Windows's default. */
function registryPort(snapshot: Snapshot): number | null {
  const reading = readRegistryValue(snapshot, RDP_TCP, 'PortNumber');
  if (!reading.known) return null;
  if (reading.value === undefined) return STANDARD_PORT;
  return portOf({ PortNumber: reading.value }) ?? null;
}
