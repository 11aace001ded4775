import { rawInteger, rawList, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import { GATEWAY_CONNECTION_ACCESS, type GatewayConnectionAccess } from '../../../model/facts/windows-gateway.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { pointerOf } from '../../../model/pointer.ts';
import { broadPrincipal } from '../../rds/groups.ts';
import { hostFact, memberOf, unreadFact } from '../drivers/parts.ts';
import { hasRole } from '../host-roles.ts';
import { flagOf, namesIn, SETTINGS } from './parts.ts';

/** One for each connection policy that is on. Where central servers decide, or may, nobody can see who may connect. */
export function connectionAccess(input: SnapshotInput): Fact[] {
  const table = readRows(input.snapshot, 'Win32_TSGatewayConnectionAuthorizationPolicy');
  if (table.state === 'absent' || (table.state === 'unread' && hasRole(input, 'RDS-Gateway') === false)) return [];
  const central = flagOf(memberOf(input, SETTINGS, 'CentralCAPEnabled'));
  if (table.state === 'unread' || central !== false) return [unreadFact(input, GATEWAY_CONNECTION_ACCESS.kind)];
  const seen = new Set<string>();
  return table.rows.flatMap((row) => {
    const name = rawText(member(row, 'Name'));
    if (name === undefined || flagOf(member(row, 'Enabled')) === false || seen.has(name.toLowerCase())) return [];
    seen.add(name.toLowerCase());
    return [accessOf(input, name, row)];
  });
}

function accessOf(input: SnapshotInput, name: string, row: JsonObject): Fact {
  const groups = namesIn(rawText(member(row, 'UserGroupNames')));
  const methods = authenticationMethods(row);
  const plugin = pluginOf(rawText(memberOf(input, SETTINGS, 'AuthenticationPluginName')));
  const broad = broadOf(groups, row);
  const data: GatewayConnectionAccess = {
    host: input.target.name,
    connectionPolicy: name,
    groups,
    broad,
    methods,
    plugin,
    passwordAlone: methods === null ? null : methods.includes('password') ? (plugin === null ? null : plugin === '') : false,
    redirected: redirectedOf(row),
  };
  const fact = hostFact(input, GATEWAY_CONNECTION_ACCESS.kind, [name], name, data, {
    '/redirected': pointerOf(['gatewayConnectionPolicies', name, 'devices']),
  });
  const holes = (broad ?? []).flatMap((item, index) => (item === null ? [`/broad/${index}`] : []));
  return { ...fact, unknown: [...fact.unknown, ...holes] };
}

function broadOf(groups: readonly string[] | null, row: JsonObject): GatewayConnectionAccess['broad'] {
  if (groups === null) return null;
  const sids = rawList(member(row, 'UserGroupSids'));
  const broad: ({ name: string; who: string } | null)[] = [];
  for (const [index, name] of groups.entries()) {
    const who = broadPrincipal(name, sids.length === groups.length ? (rawText(sids[index]) ?? null) : null);
    if (who === undefined) broad.push(null);
    else if (who !== null) broad.push({ name, who });
  }
  return broad;
}

export function authenticationMethods(row: JsonObject): string[] | null {
  const flags = [flagOf(member(row, 'PasswordAllowed')), flagOf(member(row, 'SmartcardAllowed')), flagOf(member(row, 'CookieAuthenticationAllowed'))];
  // A method that was not read leaves open whether there is one, and whether a password is needed.
  if (flags[0] === null || flags[1] === null) return null;
  return ['password', 'smart-card', 'cookie'].filter((_, index) => flags[index] === true);
}

/** Windows' own plug-in is called native; another one asks for more, or for something else. */
function pluginOf(name: string | undefined): string | null {
  if (name === undefined) return null;
  return name.trim().toLowerCase() === 'native' ? '' : name.trim();
}

const DEVICES = [
  ['drives', 'DiskDrivesDisabled'],
  ['clipboard', 'ClipboardDisabled'],
  ['printers', 'PrintersDisabled'],
  ['ports', 'SerialPortsDisabled'],
  ['plug-and-play', 'PlugAndPlayDevicesDisabled'],
] as const;

/** The columns of the devices count only when the type is 2. */
function redirectedOf(row: JsonObject): string[] | null {
  const type = rawInteger(member(row, 'DeviceRedirectionType'));
  if (type === 1) return [];
  if (type === 0) return DEVICES.map(([name]) => name);
  if (type !== 2) return null;
  const flags = DEVICES.map(([name, column]) => [name, flagOf(member(row, column))] as const);
  const open = flags.filter(([, disabled]) => disabled === false).map(([name]) => name);
  return open.length === 0 && flags.some(([, disabled]) => disabled === null) ? null : open;
}
