import { rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import { GATEWAY_RESOURCE_ACCESS, type GatewayResourceAccess } from '../../../model/facts/windows-gateway.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { pointerOf } from '../../../model/pointer.ts';
import { hostFact, unreadFact } from '../drivers/parts.ts';
import { hasRole } from '../host-roles.ts';
import { flagOf, namesIn } from './parts.ts';

/** One for each resource policy that is on: any one that matches opens what it names. */
export function resourceAccess(input: SnapshotInput): Fact[] {
  const table = readRows(input.snapshot, 'Win32_TSGatewayResourceAuthorizationPolicy');
  if (table.state === 'absent' || (table.state === 'unread' && hasRole(input, 'RDS-Gateway') === false)) return [];
  if (table.state === 'unread') return [unreadFact(input, GATEWAY_RESOURCE_ACCESS.kind)];
  const seen = new Set<string>();
  return table.rows.flatMap((row) => {
    const name = rawText(member(row, 'Name'));
    if (name === undefined || flagOf(member(row, 'Enabled')) === false || seen.has(name.toLowerCase())) return [];
    seen.add(name.toLowerCase());
    return [accessOf(input, name, row)];
  });
}

function accessOf(input: SnapshotInput, name: string, row: JsonObject): Fact {
  const type = rawText(member(row, 'ResourceGroupType'))?.trim().toUpperCase();
  const group = rawText(member(row, 'ResourceGroupName'));
  const data: GatewayResourceAccess = {
    host: input.target.name,
    resourcePolicy: name,
    resources: type === 'ALL' ? (group ?? '') : (group ?? null),
    reach: reachOf(input, type, group, rawText(member(row, 'ResourceGroupSid'))),
    ports: portsOf(rawText(member(row, 'PortNumbers'))),
  };
  return hostFact(input, GATEWAY_RESOURCE_ACCESS.kind, [name], name, data, { '/ports': pointerOf(['gatewayResourcePolicies', name, 'ports']) });
}

function reachOf(input: SnapshotInput, type: string | undefined, group: string | undefined, sid: string | undefined): string | null {
  if (type === 'ALL') return 'everything';
  if (group === undefined) return null;
  if (type === 'CG') return directoryGroup(group, sid);
  return type === 'RG' ? gatewayGroup(input, group) : null;
}

const RELATIVE: Readonly<Record<string, string>> = {
  '515': 'domain-computers',
  '516': 'domain-controllers',
  '498': 'domain-controllers',
  '521': 'domain-controllers',
};
const ENGLISH: Readonly<Record<string, string>> = { 'domain computers': 'domain-computers', 'domain controllers': 'domain-controllers' };

/** By the SID, since names are localised; without one a name only tells that a group is one of these, never that it is not. */
function directoryGroup(name: string, sid: string | undefined): string | null {
  const relative = /^S-1-5-21-\d{1,10}-\d{1,10}-\d{1,10}-(\d{1,10})$/i.exec(sid?.trim() ?? '')?.[1];
  if (relative !== undefined) return Object.hasOwn(RELATIVE, relative) ? (RELATIVE[relative] ?? null) : 'group';
  const lower = name.toLowerCase();
  const account = lower.includes('\\') ? lower.slice(lower.lastIndexOf('\\') + 1) : (lower.split('@', 1)[0] ?? '');
  return Object.hasOwn(ENGLISH, account.trim()) ? (ENGLISH[account.trim()] ?? null) : null;
}

/** A group of the gateway may hold `*`, which is every resource. */
function gatewayGroup(input: SnapshotInput, name: string): string | null {
  const groups = readRows(input.snapshot, 'Win32_TSGatewayResourceGroup');
  if (groups.state !== 'read') return null;
  const row = groups.rows.find((candidate) => rawText(member(candidate, 'Name'))?.toLowerCase() === name.toLowerCase());
  const resources = row === undefined ? null : namesIn(rawText(member(row, 'Resources')));
  if (resources === null) return null;
  return resources.includes('*') ? 'everything' : 'group';
}

function portsOf(text: string | undefined): GatewayResourceAccess['ports'] {
  const parts = namesIn(text);
  if (parts === null) return null;
  if (parts.includes('*')) return 'any';
  return parts.every((part) => /^\d{1,5}$/.test(part)) ? parts.map(Number) : null;
}
