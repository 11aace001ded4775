import { rawEnum, rawInteger, rawList, rawText, unwrap } from '../../../lib/raw.ts';
import { type Json, type JsonObject, member } from '../../../model/json.ts';
import { isUnreadable, UNREADABLE } from '../../../model/snapshot.ts';
import { parsePorts, parseProtocol, type PortSet, type Protocol } from './ports.ts';
import { type Bounds, EVERYTHING, NOTHING, parseScope } from './scope.ts';
import { statusOf } from './status.ts';
import { and, not, or, type Tri } from './tri.ts';

/** Bits of a rule's Profiles and of a profile: 1 Domain, 2 Private, 4 Public. */
export const PROFILE_BITS = { Domain: 1, Private: 2, Public: 4 } as const;
export type Profile = keyof typeof PROFILE_BITS;
export const PROFILES: readonly Profile[] = ['Domain', 'Private', 'Public'];
const EVERY_PROFILE = 7;

/** One inbound rule. Null is what could not be read. */
export interface FirewallRule {
  readonly name: string;
  readonly store: string;
  readonly source: 'local' | 'gpo' | 'other' | null;
  /** Empty for a rule made by hand. */
  readonly group: string | null;
  /** Enabled, and inbound. */
  readonly enabled: Tri;
  /** `bypass`: lets authenticated peers past block rules; whether it does could not be read of `allow-or-bypass`. */
  readonly action: 'allow' | 'block' | 'bypass' | 'allow-or-bypass' | null;
  readonly profiles: number | null;
  readonly protocol: Protocol | 'any' | 'other' | null;
  readonly localPorts: PortSet;
  readonly remotePorts: PortSet;
  readonly program: 'any' | 'system' | 'svchost' | 'other' | null;
  /** Lower-cased name, `any`, or `*`: whatever is a service. */
  readonly service: string | null;
  readonly remote: Bounds;
  readonly local: Bounds;
  /** Lower-cased aliases; null is every interface. */
  readonly aliases: readonly string[] | null;
  /** False: it is limited to some interface, or may be, whose alias could not be read. */
  readonly aliasesRead: boolean;
  readonly everyInterfaceType: boolean;
  /** Only IPsec-authenticated peers are meant. */
  readonly authenticated: Tri;
  /** Limited to an app container or a local user, so that no service is meant. */
  readonly forApps: Tri;
  readonly loaded: Tri;
  readonly mergedAway: boolean;
  readonly edgeTraversal: EdgeTraversal | null;
  readonly row: JsonObject;
}

export type EdgeTraversal = 'block' | 'allow' | 'defer-to-user' | 'defer-to-app';

const DIRECTION = { 1: 'Inbound', 2: 'Outbound' } as const;
const ENABLED = { 1: 'True', 2: 'False' } as const;
const ACTION = { 0: 'NotConfigured', 2: 'Allow', 3: 'AllowBypass', 4: 'Block' } as const;
const STORE_TYPE = {
  1: 'Local',
  2: 'GroupPolicy',
  3: 'Dynamic',
  4: 'Generated',
  5: 'Hardcoded',
  6: 'Mdm',
} as const;
const EDGE = { 0: 'Block', 1: 'Allow', 2: 'DeferToUser', 3: 'DeferToApp' } as const;
const AUTHENTICATION = { 0: 'NotRequired', 1: 'Required', 2: 'NoEncap' } as const;
const ANY_ADDRESS: Bounds = { least: EVERYTHING, most: EVERYTHING };
/**
 * Columns that narrow a rule. Where a table was made without them, an allow rule is taken for as wide as it looks, while a
 * block rule is not taken for one that blocks everything.
 */
const NOT_BROUGHT: JsonObject = Object.fromEntries(
  ['RemotePort', 'LocalAddress', 'InterfaceAlias', 'InterfaceType', 'Package', 'Owner', 'LocalUser', 'RemoteUser', 'RemoteMachine', 'Authentication'].map(
    (column) => [column, UNREADABLE],
  ),
);

/** The inbound rules that `wanted` lets through; it sees only what is cheap, since most rules touch no port of interest. */
export function parseRules(rows: readonly JsonObject[], wanted: (name: string, protocol: FirewallRule['protocol'], ports: PortSet) => boolean): FirewallRule[] {
  const rules: FirewallRule[] = [];
  for (const row of rows) {
    const direction = member(row, 'Direction');
    if (direction === 2 || (direction !== 1 && rawEnum(direction, DIRECTION) === 'Outbound')) continue;
    const name = rawText(member(row, 'InstanceID')) ?? '';
    const protocol = parseProtocol(member(row, 'Protocol'));
    const ports = parsePorts(member(row, 'LocalPort'));
    if (protocol === 'other' || !wanted(name, protocol, ports)) continue;
    rules.push(parseRule(row, name, protocol, ports));
  }
  return rules;
}

function parseRule(row: JsonObject, name: string, protocol: FirewallRule['protocol'], ports: PortSet): FirewallRule {
  const inbound = rawEnum(member(row, 'Direction'), DIRECTION) === 'Inbound';
  const status = statusOf(row);
  const action = actionOf(row);
  const limits = action === 'allow' || action === 'bypass' || action === 'allow-or-bypass' ? row : { ...NOT_BROUGHT, ...row };
  const aliases = aliasesOf(member(limits, 'InterfaceAlias'));
  return {
    name,
    store: rawText(member(row, 'PolicyStoreSource')) ?? '',
    source: sourceOf(member(row, 'PolicyStoreSourceType')),
    group: groupOf(member(row, 'RuleGroup')),
    enabled: and(inbound || null, ruleFlag(member(row, 'Enabled'))),
    action,
    profiles: parseProfiles(member(row, 'Profiles') ?? member(row, 'Profile')),
    protocol,
    localPorts: ports,
    remotePorts: parsePorts(member(limits, 'RemotePort') ?? 'Any'),
    program: parseProgram(member(row, 'Program')),
    service: parseService(member(row, 'Service')),
    remote: remoteOf(row),
    local: unwrap(member(limits, 'LocalAddress')) == null ? ANY_ADDRESS : parseScope(member(limits, 'LocalAddress')),
    aliases: aliases?.filter((alias) => alias !== undefined) ?? null,
    aliasesRead: aliases?.includes(undefined) !== true,
    everyInterfaceType: isAny(member(limits, 'InterfaceType')) === true || rawList(member(limits, 'InterfaceType')).every((type) => rawInteger(type) === 0),
    authenticated: authenticationOf(limits),
    forApps: appsOf(limits),
    loaded: status.loaded,
    mergedAway: status.mergedAway,
    edgeTraversal: edgeOf(member(row, 'EdgeTraversalPolicy')),
    row,
  };
}

function ruleFlag(raw: Json | undefined): Tri {
  const name = rawEnum(raw, ENABLED);
  return name === undefined ? null : name === 'True';
}

export function sourceOf(raw: Json | undefined): FirewallRule['source'] {
  const name = rawEnum(raw, STORE_TYPE);
  return name === undefined ? null : name === 'Local' ? 'local' : name === 'GroupPolicy' ? 'gpo' : 'other';
}

function groupOf(raw: Json | undefined): string | null {
  return raw === undefined || isUnreadable(raw) ? null : (rawText(raw) ?? '');
}

function actionOf(row: JsonObject): FirewallRule['action'] {
  const action = rawEnum(member(row, 'Action'), ACTION);
  if (action === 'Block') return 'block';
  if (action === 'AllowBypass') return 'bypass';
  if (action !== 'Allow') return null;
  const overrides = overridesBlocks(row);
  return overrides === null ? 'allow-or-bypass' : overrides ? 'bypass' : 'allow';
}

/** Only peers that IPsec has authenticated get past block rules ([MS-FASP] 2.2.37), so a rule for all lets nobody past. */
function overridesBlocks(row: JsonObject): Tri {
  const raw = member(row, 'OverrideBlockRules');
  const flag = raw === undefined ? null : flagOf(raw);
  return flag === null && rawEnum(member(row, 'Authentication'), AUTHENTICATION) === 'NotRequired' ? false : flag;
}

function flagOf(raw: Json | undefined): Tri {
  const plain = unwrap(raw) ?? null;
  const word = plain === null || plain === '' ? 'false' : rawText(plain)?.trim().toLowerCase();
  return word === 'true' || word === '1' ? true : word === 'false' || word === '0' ? false : null;
}

/** 0, 7, 0x7FFFFFFF and `Any` are every profile; else bits, names, or lists of either. */
export function parseProfiles(raw: Json | undefined): number | null {
  const number = rawInteger(raw);
  if (number !== undefined) return number === 0 ? EVERY_PROFILE : number & EVERY_PROFILE || null;
  const items = rawList(raw).flatMap((item): Json[] => (typeof item === 'string' ? item.split(',') : [item]));
  let bits = 0;
  for (const item of items) {
    const bit = rawInteger(item);
    const name = typeof item === 'string' ? item.trim().toLowerCase() : '';
    const known = PROFILES.find((profile) => profile.toLowerCase() === name);
    if (known !== undefined) bits |= PROFILE_BITS[known];
    else if (name === 'any' || name === 'all' || bit === 0) bits |= EVERY_PROFILE;
    else if (bit !== undefined && (bit & EVERY_PROFILE) !== 0) bits |= bit & EVERY_PROFILE;
    else return null;
  }
  return bits === 0 ? null : bits;
}

/** The path of svchost.exe, expanded or not; another folder of that name cannot be told from another system root. */
const SVCHOST = /^(%systemroot%|%windir%|\\systemroot|[a-z]:\\windows)\\system32\\svchost\.exe$/;

function parseProgram(raw: Json | undefined): FirewallRule['program'] {
  const text = rawText(raw)?.trim().toLowerCase().replaceAll('/', '\\');
  if (text === undefined) return null;
  if (text === '' || text === 'any' || text === '*') return 'any';
  if (text === 'system') return 'system';
  if (SVCHOST.test(text)) return 'svchost';
  return text.endsWith('\\system32\\svchost.exe') ? null : 'other';
}

function parseService(raw: Json | undefined): string | null {
  const text = rawText(raw)?.trim().toLowerCase();
  if (text === undefined) return null;
  return text === '' ? 'any' : text;
}

function remoteOf(row: JsonObject): Bounds {
  const bounds = parseScope(member(row, 'RemoteAddress'));
  if (rawList(member(row, 'RemoteDynamicKeywordAddresses')).length === 0) return bounds;
  // The ids stand for addresses that Windows looks up; with Any they are the whole scope.
  return { least: bounds.least === EVERYTHING ? NOTHING : bounds.least, most: EVERYTHING };
}

/** Null: one of the values could not be read, and none of the others is any. */
function isAny(raw: Json | undefined): Tri {
  const items = rawList(raw);
  if (items.length === 0 || items.some((item) => typeof item === 'string' && /^(any|\*|)$/i.test(item.trim()))) return true;
  return items.every((item) => rawText(item) !== undefined) ? false : null;
}

function aliasesOf(raw: Json | undefined): readonly (string | undefined)[] | null {
  return isAny(raw) === true ? null : rawList(raw).map((item) => rawText(item)?.trim().toLowerCase());
}

function authenticationOf(row: JsonObject): Tri {
  const raw = unwrap(member(row, 'Authentication'));
  const name = rawEnum(raw, AUTHENTICATION);
  const required = raw === undefined || raw === null ? false : name === undefined ? null : name !== 'NotRequired';
  const overrides = member(row, 'OverrideBlockRules') === undefined ? false : overridesBlocks(row);
  return or(required, not(isAny(member(row, 'RemoteUser'))), not(isAny(member(row, 'RemoteMachine'))), overrides);
}

/**
 * Rules of app containers look like Any/Any/Any and are limited by Package or Owner alone. Where the collector did not bring
 * the package, an owner or the resource of an app package as group leaves it open.
 */
function appsOf(row: JsonObject): Tri {
  const container = unwrap(member(row, 'Package'));
  const anyContainer = isAny(container);
  if (anyContainer !== true) return not(anyContainer);
  const owned = isAny(member(row, 'Owner')) !== true || isAny(member(row, 'LocalUser')) !== true;
  const appGroup = container === undefined && (rawText(member(row, 'RuleGroup')) ?? '').startsWith('@{');
  return owned || appGroup ? null : false;
}

function edgeOf(raw: Json | undefined): EdgeTraversal | null {
  switch (rawEnum(raw, EDGE)) {
    case 'Block':
      return 'block';
    case 'Allow':
      return 'allow';
    case 'DeferToUser':
      return 'defer-to-user';
    case 'DeferToApp':
      return 'defer-to-app';
    default:
      return null;
  }
}
