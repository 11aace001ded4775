import type { Fact } from '../../model/fact.ts';
import { DEPLOYMENT_GATEWAY } from '../../model/facts/windows-gateway.ts';
import { GATEWAY_BYPASS, type GatewayBypass, HOST_PLACE, RDP_SOURCES, type RdpSources, type SourceRule } from '../../model/facts/windows-rdp-sources.ts';
import type { Join, JoinEstate, NormaliseContext } from '../../model/normalise.ts';
import { pointerOf } from '../../model/pointer.ts';
import { isAddress } from '../windows/names/addresses.ts';
import { isEmpty, leftAtLeast, leftAtMost, parseScope, reachOf, type Scope } from '../windows/firewall/scope.ts';
import { scopeTexts } from '../windows/firewall/scope-text.ts';
import { type HostIndex, indexByHost } from './host-names.ts';
import { booleanAt, hostOf, isPlaceholder, joinedFact, namesAt, textAt } from './join-parts.ts';

/** Session host × firewall profile: does anybody get in who does not come through a gateway, a broker or a jump host? */
export const GATEWAY_BYPASS_JOIN: Join = {
  kinds: [RDP_SOURCES.kind, HOST_PLACE.kind, DEPLOYMENT_GATEWAY.kind, 'rds.collection'],
  makes: [GATEWAY_BYPASS.kind],
  join: (facts, estate, context) => {
    const places = facts.filter((fact) => fact.kind === HOST_PLACE.kind);
    const collections = facts.filter((fact) => fact.kind === 'rds.collection');
    const around: Surroundings = {
      gateways: gatewayNames(facts, places, estate, context),
      ways: waysIn(places, collections, estate, context),
      places: indexByHost(places, hostOf),
      inCollections: indexByHost(
        collections.flatMap((fact) => namesAt(fact, 'hosts') ?? []),
        (name) => name,
      ),
    };
    return facts.filter((fact) => fact.kind === RDP_SOURCES.kind).map((fact) => bypassOf(fact, around));
  },
};

interface Surroundings {
  readonly gateways: readonly string[];
  readonly ways: Ways;
  readonly places: HostIndex<Fact>;
  readonly inCollections: HostIndex<string>;
}

interface Ways {
  readonly allowed: Scope;
  readonly texts: readonly string[];
  readonly unplaced: readonly string[];
}

function gatewayNames(facts: readonly Fact[], places: readonly Fact[], estate: JoinEstate, { intent }: NormaliseContext): string[] {
  const named = facts.flatMap((fact) => (fact.kind === DEPLOYMENT_GATEWAY.kind && textAt(fact, 'mode') === 'custom' ? [textAt(fact, 'externalFqdn')] : []));
  const all = [intent.gatewayFqdn, ...estate.gateways.map(({ name }) => name), ...gatewayHosts(places, estate), ...named];
  return distinct(all.filter((name) => name !== null && name !== ''));
}

function distinct(names: readonly (string | null)[]): string[] {
  const byKey = new Map<string, string>();
  for (const name of names) if (name !== null && !byKey.has(name.toLowerCase())) byKey.set(name.toLowerCase(), name);
  return [...byKey.values()];
}

function hostsOf(role: 'gateway' | 'broker', places: readonly Fact[], estate: JoinEstate): string[] {
  return [
    ...estate.hosts.filter(({ roles }) => roles.includes(role)).map(({ name }) => name),
    ...places.filter((fact) => booleanAt(fact, role) === true).map(hostOf),
  ];
}

function gatewayHosts(places: readonly Fact[], estate: JoinEstate): string[] {
  return [...estate.gateways.flatMap(({ hosts }) => hosts), ...hostsOf('gateway', places, estate)];
}

/** The addresses that a session may rightly come from. Where a host is, its snapshot says; an address in the estate may be one of several. */
function waysIn(places: readonly Fact[], collections: readonly Fact[], estate: JoinEstate, { intent }: NormaliseContext): Ways {
  const gateways = gatewayHosts(places, estate);
  const brokers = [...estate.deployments.map(({ broker }) => broker), ...collections.map(hostOf), ...hostsOf('broker', places, estate)];
  const jumpHosts = estate.hosts.filter(({ roles }) => roles.includes('workstation')).map(({ name }) => name);
  const index = indexByHost(places, hostOf);
  const declared = indexByHost(estate.hosts, ({ name }) => name);
  // Where clients find a gateway is not where its sessions come from, unless nothing else is known of it.
  const found = estate.gateways.filter(({ hosts }) => hosts.length === 0).map(({ address }) => address);
  const addresses: string[] = [...intent.adminNetworks, ...found.filter(isAddress)];
  // A gateway of which no host is known comes from somewhere too.
  const unplaced = gateways.length > 0 ? [] : [...estate.gateways.map(({ name }) => name), intent.gatewayFqdn].filter((name) => name !== null);
  for (const name of distinct([...gateways, ...brokers, ...jumpHosts])) {
    const place = index.find(name);
    // What a host says of itself names addresses, never a range.
    const own = place === undefined ? null : (namesAt(place, 'addresses')?.filter(isAddress) ?? null);
    const written = declared.find(name)?.address ?? '';
    if (isAddress(written)) addresses.push(written);
    if (own === null) unplaced.push(name);
    else addresses.push(...own);
  }
  const allowed = scopeOf(addresses);
  return { allowed, texts: scopeTexts(allowed), unplaced: distinct(unplaced) };
}

function bypassOf(fact: Fact, { gateways, ways, places, inCollections }: Surroundings): Fact {
  const host = hostOf(fact);
  const isMember = inCollections.find(host) !== undefined;
  const sources = isPlaceholder(fact) ? null : (fact.data as RdpSources);
  const data: GatewayBypass = {
    host,
    profile: sources?.profile ?? null,
    active: sources?.active ?? null,
    sessionHost: isMember ? true : booleanAt(places.find(host), 'sessionHost'),
    gateways,
    via: sources?.via ?? null,
    allowed: ways.texts,
    unplaced: ways.unplaced,
    ...(sources === null ? { beyond: null, extra: null, rules: null } : judge(sources, ways)),
  };
  const first = data.rules?.[0];
  const holes = (data.rules ?? []).flatMap(({ source }, index) => (source === null ? [`/rules/${index}/source`] : []));
  return joinedFact({
    kind: GATEWAY_BYPASS.kind,
    of: fact,
    instance: [data.profile ?? ''],
    name: data.profile === null ? host : `${host} ${data.profile}`,
    data,
    unknown: [...Object.entries(data).flatMap(([name, value]) => (value === null ? [`/${name}`] : [])), ...holes],
    ...(first === undefined ? {} : { origin: { at: 'setting', members: { '/beyond': pointerOf(['firewall', 'rules', first.rule, 'remoteAddresses']) } } }),
  });
}

function judge(sources: RdpSources, { allowed, unplaced }: Ways): Pick<GatewayBypass, 'beyond' | 'extra' | 'rules'> {
  const left = leftAtLeast(scopeOf(sources.certain), allowed);
  const isMore = !isEmpty(left);
  const mayBeMore = !isEmpty(leftAtMost(scopeOf(sources.possible), allowed));
  // The whole Internet is more than any host that is not placed; less may be just that host.
  const isSure = unplaced.length === 0 || reachOf(left) === 'any';
  const rules = sources.rules.flatMap((rule): SourceRule[] => {
    const extra = leftAtLeast(scopeOf(rule.addresses), allowed);
    return isEmpty(extra) ? [] : [{ ...rule, addresses: textsOf(extra) }];
  });
  return { beyond: isMore && isSure ? true : isMore || mayBeMore ? null : false, extra: textsOf(left), rules };
}

/** An empty list of a rule would be any; here it is nobody. */
function scopeOf(texts: readonly string[]): Scope {
  return texts.length === 0 ? { v4: [], v6: [], words: [] } : parseScope([...texts]).least;
}

/** What is left of the Internet without a few addresses is for people still any. */
function textsOf(scope: Scope): string[] {
  return reachOf(scope) === 'any' ? ['Any'] : scopeTexts(scope);
}
