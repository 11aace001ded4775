import { rawInteger, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import { HOST_PLACE, type HostPlace, RDP_SOURCES, type RdpSources, type SourceRule } from '../../../model/facts/windows-rdp-sources.ts';
import { member } from '../../../model/json.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { hostFact, isSessionHost } from '../drivers/parts.ts';
import { hasRole } from '../host-roles.ts';
import { isLocalOnly, parseAddress } from './addresses.ts';
import { factOf, placeholderOf, referenceOf } from './draft.ts';
import { isActive } from './interfaces.ts';
import { narrowed, ownedByTermService } from './match.ts';
import type { Protocol } from './ports.ts';
import { reach } from './reach.ts';
import { type FirewallRule, PROFILES } from './rules.ts';
import { isEmpty, type Scope, uniteScopes } from './scope.ts';
import { scopeTexts } from './scope-text.ts';
import { mergeSources, sourcesOf } from './sources.ts';
import type { FirewallState } from './state.ts';

/** One fact for each profile, as for windows.rdpReachability. */
export function rdpSourceFacts(input: SnapshotInput, state: FirewallState): Fact[] {
  if (state.profiles.unread && state.stopped !== true) return [placeholderOf(input, RDP_SOURCES.kind)];
  const endpoints = (['tcp', 'udp'] as const).flatMap((protocol: Protocol) =>
    state.listener.all.map((port) => {
      const endpoint = { protocol, port, owner: ownedByTermService };
      return { endpoint, state: narrowed(state, endpoint) };
    }),
  );
  const subnets = subnetsOf(input);
  return PROFILES.map((profile) => {
    const found = mergeSources(endpoints.map((each) => sourcesOf(each.state, each.endpoint, profile)));
    const first = endpoints[0];
    const data: Omit<RdpSources, 'host'> = {
      profile,
      active: isActive(state.interfaces, profile),
      via: first === undefined ? null : reach(first.state, first.endpoint, profile).via,
      certain: scopeTexts(atLeast(found.least, subnets)),
      possible: scopeTexts(atMost(found.most, subnets)),
      rules: [...found.rules].flatMap(([rule, scope]) => sourceRule(rule, atLeast(scope, subnets))),
    };
    const sources = data.rules.flatMap(({ source }, index) => (source === null ? [`/rules/${index}/source`] : []));
    return factOf(input, { kind: RDP_SOURCES.kind, instance: [profile], name: `${input.target.name} ${profile}`, members: data, unknown: sources });
  });
}

function sourceRule(rule: FirewallRule, scope: Scope): SourceRule[] {
  return isEmpty(scope) ? [] : [{ ...referenceOf(rule), addresses: scopeTexts(scope) }];
}

interface Subnets {
  readonly scope: Scope;
  /** False when an address is there whose subnet is not known, so that LocalSubnet may be more. */
  readonly complete: { readonly v4: boolean; readonly v6: boolean };
}

/** The subnets behind LocalSubnet. Link-local ones are on every link: no address of theirs names a network. */
function subnetsOf(input: SnapshotInput): Subnets {
  const table = readRows(input.snapshot, 'network.addresses');
  if (table.state !== 'read') return { scope: { v4: [], v6: [], words: [] }, complete: { v4: false, v6: false } };
  const complete = { v4: true, v6: true };
  const scopes = table.rows.map((row): Scope => {
    const address = rawText(member(row, 'IPAddress'))?.split('%', 1)[0] ?? '';
    const family = address.includes(':') ? 'v6' : 'v4';
    const bits = rawInteger(member(row, 'PrefixLength'));
    const piece = bits === undefined ? undefined : parseAddress(`${address}/${bits}`);
    const usable = !isLocalOnly(address);
    if (usable && piece?.is === 'v4') return { v4: [piece.range], v6: [], words: [] };
    if (usable && piece?.is === 'v6') return { v4: [], v6: [piece.range], words: [] };
    if (usable || family === 'v6') complete[family] = false;
    return { v4: [], v6: [], words: [] };
  });
  return { scope: uniteScopes(scopes), complete };
}

function atLeast(scope: Scope, { scope: subnets }: Subnets): Scope {
  const local4 = scope.words.includes('localsubnet4');
  const local6 = scope.words.includes('localsubnet6');
  if (!local4 && !local6) return scope;
  const known = { v4: local4 ? subnets.v4 : [], v6: local6 ? subnets.v6 : [], words: [] };
  return uniteScopes([{ ...scope, words: scope.words.filter((word) => !word.startsWith('localsubnet')) }, known]);
}

function atMost(scope: Scope, subnets: Subnets): Scope {
  const least = atLeast(scope, subnets);
  const left = scope.words.filter((word) => (word === 'localsubnet4' && !subnets.complete.v4) || (word === 'localsubnet6' && !subnets.complete.v6));
  return left.length === 0 ? least : { ...least, words: [...least.words, ...left] };
}

/** Where the host is, for joins that ask whether an address is one of its own. */
export function hostPlace(input: SnapshotInput, state: FirewallState): Fact[] {
  const { connected } = state.interfaces;
  const isRead = connected !== null && connected.every((each) => each.addresses !== null);
  const addresses = isRead ? connected.flatMap((each) => each.addresses ?? []).filter((address) => !isLocalOnly(address)) : [];
  const data: HostPlace = {
    host: input.target.name,
    addresses: addresses.length === 0 ? null : [...new Set(addresses)],
    sessionHost: isSessionHost(input),
    gateway: hasRole(input, 'RDS-Gateway'),
    broker: hasRole(input, 'RDS-Connection-Broker'),
  };
  return [hostFact(input, HOST_PLACE.kind, [], input.target.name, data)];
}
