import { rawInteger, rawList, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import { NAME_REGISTRATION, type NameRegistration } from '../../../model/facts/windows-names.ts';
import { type Json, member } from '../../../model/json.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { hostFact, memberOf } from '../drivers/parts.ts';
import { isLocalOnly } from '../firewall/addresses.ts';
import { addressKey, nameKey } from './addresses.ts';

const SECTION = 'names.own';
/** DNS_ERROR_RCODE_NAME_ERROR and DNS_INFO_NO_RECORDS. */
const NO_ANSWER = new Set([9003, 9501]);

export function nameRegistration(input: SnapshotInput): Fact {
  const name = rawText(memberOf(input, SECTION, 'Name')) ?? null;
  const status = rawInteger(memberOf(input, SECTION, 'Status'));
  const registered = addressesOf(memberOf(input, SECTION, 'Addresses'), status);
  const own = ownAddresses(input);
  const unusable = registered?.filter(isLocalOnly) ?? null;
  const usable = registered?.filter((address) => !isLocalOnly(address)) ?? null;
  const keys = own === null ? null : new Set(own.map(addressKey));
  const data: NameRegistration = {
    host: input.target.name,
    name,
    registered,
    own,
    reachesHost: usable === null ? null : usable.length === 0 ? false : keys === null ? null : usable.some((address) => keys.has(addressKey(address))),
    stale: usable === null ? null : usable.length === 0 ? [] : keys === null ? null : usable.filter((address) => !keys.has(addressKey(address))),
    unusable,
    reverse: reverseOf(input, name, registered),
  };
  return hostFact(input, NAME_REGISTRATION.kind, [], `name of ${input.target.name}`, data);
}

/** Null when no server answered. */
export function addressesOf(raw: Json | undefined, status: number | undefined): string[] | null {
  if (status === undefined) return null;
  if (NO_ANSWER.has(status)) return [];
  if (status !== 0 || raw === undefined) return null;
  return rawList(raw).flatMap((item) => rawText(item) ?? []);
}

function ownAddresses(input: SnapshotInput): string[] | null {
  const table = readRows(input.snapshot, 'network.addresses');
  if (table.state !== 'read') return null;
  return table.rows.flatMap((row) => rawText(member(row, 'IPAddress')) ?? []).filter((address) => !isLocalOnly(address));
}

function reverseOf(input: SnapshotInput, name: string | null, registered: readonly string[] | null): string | null {
  const status = rawInteger(memberOf(input, SECTION, 'PtrStatus'));
  if (name === null || registered === null || status === undefined) return null;
  if (registered.length === 0 || NO_ANSWER.has(status)) return 'missing';
  const names = memberOf(input, SECTION, 'PtrNames');
  if (status !== 0 || names === undefined) return null;
  return rawList(names).some((item) => nameKey(rawText(item) ?? '') === nameKey(name)) ? 'same' : 'other';
}
