import { rawEnum, rawInteger, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { Snapshot } from '../../../model/snapshot.ts';
import { isGlobal, isLocalOnly } from './addresses.ts';
import { PROFILES, type Profile } from './rules.ts';
import type { Tri } from './tri.ts';

export interface Interface {
  readonly alias: string;
  /** The firewall profile of its network; null when the category could not be read. */
  readonly profile: Profile | null;
  /** False: Windows has not identified the network, so it counts as Public. */
  readonly identified: boolean;
  readonly domainAuthentication: 'none' | 'ldap' | 'tls' | null;
  /** Null when the addresses could not be read. */
  readonly addresses: readonly string[] | null;
}

export interface Interfaces {
  /** The connected interfaces; null when nobody could look. */
  readonly connected: readonly Interface[] | null;
  /** Aliases that the host has, connected or not. */
  readonly aliases: readonly string[];
}

/** Not the bits of a firewall profile: https://learn.microsoft.com/powershell/module/netconnection/get-netconnectionprofile */
const CATEGORY = { 0: 'Public', 1: 'Private', 2: 'DomainAuthenticated' } as const;
const KIND = { 0: 'None', 1: 'Ldap', 2: 'Tls' } as const;
const CONNECTIVITY = {
  0: 'Disconnected',
  1: 'NoTraffic',
  2: 'Subnet',
  3: 'LocalNetwork',
  4: 'Internet',
} as const;

export function readInterfaces(snapshot: Snapshot): Interfaces {
  const profiles = readRows(snapshot, 'network.profiles');
  const table = readRows(snapshot, 'network.addresses');
  const rows = profiles.state === 'read' ? profiles.rows : [];
  const addresses = table.state === 'read' ? groupAddresses(table.rows) : null;
  const named = [...rows.map(aliasOf), ...(addresses ?? []).map((group) => group.alias)];
  const aliases = [...new Set(named.filter((alias) => alias !== '').map((alias) => alias.toLowerCase()))];
  if (profiles.state === 'unread') return { connected: null, aliases };
  const groups = new Map((addresses ?? []).flatMap((group) => [...keysOf(group.index, group.alias)].map((key) => [key, group])));
  const seen = new Set<AddressGroup>();
  const known = rows.map((row) => {
    const group = keysOf(rawInteger(member(row, 'InterfaceIndex')), aliasOf(row))
      .map((key) => groups.get(key))
      .find((each) => each !== undefined);
    if (group !== undefined) seen.add(group);
    return { row, entry: fromProfile(row, addresses === null ? null : (group?.addresses ?? [])) };
  });
  const unidentified = (addresses ?? []).filter((group) => !seen.has(group) && !group.addresses.every(isLocalOnly));
  return {
    connected: [...known.filter(({ row }) => isConnected(row)).map(({ entry }) => entry), ...unidentified.map(asPublic)],
    aliases,
  };
}

interface AddressGroup {
  readonly alias: string;
  readonly index: number | undefined;
  readonly addresses: string[];
}

function groupAddresses(rows: readonly JsonObject[]): readonly AddressGroup[] {
  const groups = new Map<string, AddressGroup>();
  for (const row of rows) {
    const alias = aliasOf(row);
    const index = rawInteger(member(row, 'InterfaceIndex'));
    const key = keysOf(index, alias)[0] ?? '';
    const group = groups.get(key) ?? { alias, index, addresses: [] };
    group.addresses.push(...addressOf(row));
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** What an interface can be found by, the surest first. */
function keysOf(index: number | undefined, alias: string): string[] {
  return [...(index === undefined ? [] : [`#${index}`]), ...(alias === '' ? [] : [alias.toLowerCase()])];
}

function fromProfile(row: JsonObject, addresses: readonly string[] | null): Interface {
  const category = rawEnum(member(row, 'NetworkCategory'), CATEGORY);
  const kind = rawEnum(member(row, 'DomainAuthenticationKind'), KIND);
  return {
    alias: aliasOf(row),
    profile: category === undefined ? null : category === 'DomainAuthenticated' ? 'Domain' : category,
    identified: true,
    domainAuthentication: kind === 'None' ? 'none' : kind === 'Ldap' ? 'ldap' : kind === 'Tls' ? 'tls' : null,
    addresses,
  };
}

/** An interface with an address and no connection profile is on a network that Windows has not identified: Public. */
function asPublic(group: AddressGroup): Interface {
  return {
    alias: group.alias,
    profile: 'Public',
    identified: false,
    domainAuthentication: null,
    addresses: group.addresses,
  };
}

/** Preferred or deprecated addresses; a tentative one is that of an unplugged interface. */
function addressOf(row: JsonObject): string[] {
  const state = rawEnum(member(row, 'AddressState'), {
    0: 'Invalid',
    1: 'Tentative',
    2: 'Duplicate',
    3: 'Deprecated',
    4: 'Preferred',
  } as const);
  const text = (rawText(member(row, 'IPAddress')) ?? '').split('%', 1)[0] ?? '';
  return text === '' || state === 'Invalid' || state === 'Tentative' || state === 'Duplicate' ? [] : [text];
}

function isConnected(row: JsonObject): boolean {
  const states = [member(row, 'IPv4Connectivity'), member(row, 'IPv6Connectivity')].map((raw) => rawEnum(raw, CONNECTIVITY));
  return !states.every((state) => state === 'Disconnected');
}

function aliasOf(row: JsonObject): string {
  return rawText(member(row, 'InterfaceAlias'))?.trim() ?? '';
}

export function isActive(interfaces: Interfaces, profile: Profile): Tri {
  if (interfaces.connected === null) return null;
  if (interfaces.connected.some((each) => each.profile === profile)) return true;
  return interfaces.connected.some((each) => each.profile === null) ? null : false;
}

/** A global unicast address on a connected interface of this profile. */
export function hasGlobalAddress(interfaces: Interfaces, profile: Profile): Tri {
  if (interfaces.connected === null) return null;
  const states = interfaces.connected
    .filter((each) => each.profile === profile || each.profile === null)
    .map((each): Tri => {
      if (each.addresses === null) return null;
      return !each.addresses.some(isGlobal) ? false : each.profile === null ? null : true;
    });
  return states.includes(true) ? true : states.includes(null) ? null : false;
}

export function activeProfiles(interfaces: Interfaces): readonly Profile[] {
  return PROFILES.filter((profile) => isActive(interfaces, profile) === true);
}
