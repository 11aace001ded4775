import { rawInteger, rawList, rawText } from '../../../lib/raw.ts';
import { readRegistryValue, readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import {
  ADDRESS_LITERALS,
  type AddressLiterals,
  DNS_FAILURES,
  type DnsFailures,
  DNS_SERVERS,
  type DnsServers,
  HOSTS_FILE,
  type HostsFile,
} from '../../../model/facts/windows-names.ts';
import { member } from '../../../model/json.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { hostFact, isSessionHost, memberOf } from '../drivers/parts.ts';
import { isGlobal } from '../firewall/addresses.ts';
import { namesIn } from '../gateway/parts.ts';
import { textsOf } from '../licensing/session-host.ts';
import { isAddress } from './addresses.ts';

export function dnsServers(input: SnapshotInput): Fact {
  const table = readRows(input.snapshot, 'names.servers');
  const joined = rawInteger(memberOf(input, 'computer', 'PartOfDomain'));
  const servers =
    table.state === 'read'
      ? [...new Set(table.rows.flatMap((row) => rawList(member(row, 'ServerAddresses')).flatMap((item) => rawText(item)?.trim() ?? [])))]
      : null;
  const data: DnsServers = {
    host: input.target.name,
    domainMember: joined === undefined ? null : joined === 1,
    servers,
    publicServers: servers?.filter(isGlobal) ?? null,
  };
  return hostFact(input, DNS_SERVERS.kind, [], `DNS servers of ${input.target.name}`, data);
}

export function hostsFile(input: SnapshotInput): Fact {
  const table = readRows(input.snapshot, 'names.hostsFile');
  const rows = table.state === 'read' ? table.rows : [];
  const entries = rows.flatMap((row) => {
    const address = rawText(member(row, 'Address'))?.trim() ?? '';
    const names = rawList(member(row, 'Names')).flatMap((item) => rawText(item)?.trim() ?? []);
    return names.filter((name) => name !== '' && name.toLowerCase() !== 'localhost').map((name) => ({ name, address }));
  });
  const data: HostsFile = { host: input.target.name, entries: table.state === 'unread' ? null : entries };
  return hostFact(input, HOSTS_FILE.kind, [], `hosts file of ${input.target.name}`, data);
}

/** A name without an IPv6 address is as usual; one with neither kind leads nowhere. */
export function dnsFailures(input: SnapshotInput): Fact {
  const list = (name: string): string[] | null => {
    const raw = memberOf(input, 'names.failures', name);
    return raw === undefined ? null : rawList(raw).flatMap((item) => rawText(item) ?? []);
  };
  const [notExist, noA, noAaaa] = [list('NotExist'), list('NoA'), list('NoAaaa')];
  const complete = rawInteger(memberOf(input, 'names.failures', 'Complete'));
  const withoutSix = new Set(noAaaa);
  const data: DnsFailures = {
    host: input.target.name,
    names: notExist === null || noA === null || noAaaa === null ? null : [...new Set([...notExist, ...noA.filter((name) => withoutSix.has(name))])],
    complete: complete === undefined ? null : complete === 1,
  };
  return hostFact(input, DNS_FAILURES.kind, [], `failed look-ups of ${input.target.name}`, data);
}

const POLICY = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services';

/** What names a server by its address. Places that nobody read are left open, unless one is found elsewhere. */
export function addressLiterals(input: SnapshotInput): Fact {
  const found: { place: string; value: string }[] = [];
  let isSure = true;
  for (const [place, values] of placesOf(input)) {
    if (values === null) isSure = false;
    for (const value of values ?? []) if (isAddress(value)) found.push({ place, value });
  }
  const data: AddressLiterals = { host: input.target.name, literals: found.length === 0 && !isSure ? null : found };
  return hostFact(input, ADDRESS_LITERALS.kind, [], `addresses in settings of ${input.target.name}`, data);
}

function placesOf(input: SnapshotInput): [place: string, values: readonly string[] | null][] {
  return [
    ['connection-broker', policyNames(input, 'SessionDirectoryLocation')],
    ['license-server', licenseServers(input)],
    ['gateway-resource', gatewayResources(input)],
  ];
}

function policyNames(input: SnapshotInput, value: string): string[] | null {
  const reading = readRegistryValue(input.snapshot, POLICY, value);
  return reading.known ? (rawText(reading.value) ?? '').split(/[;,\s]+/).filter((name) => name !== '') : null;
}

/** The policy's list, else the one that counts on a session host, as a deployment pushes it. Other hosts take no licenses. */
function licenseServers(input: SnapshotInput): string[] | null {
  const byPolicy = policyNames(input, 'LicenseServers');
  if (byPolicy !== null && byPolicy.length > 0) return byPolicy;
  return isSessionHost(input) === false ? byPolicy : textsOf(memberOf(input, 'licensing', 'SpecifiedLicenseServers'));
}

function gatewayResources(input: SnapshotInput): string[] | null {
  const table = readRows(input.snapshot, 'Win32_TSGatewayResourceGroup');
  if (table.state !== 'read') return table.state === 'absent' ? [] : null;
  return table.rows.flatMap((row) => namesIn(rawText(member(row, 'Resources'))) ?? []);
}
