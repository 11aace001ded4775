import type { Fact } from '../../model/fact.ts';
import { GATEWAY_IDLE, type GatewayIdle, SESSION_LIMITS, type SessionLimits } from '../../model/facts/rds-limits.ts';
import { GATEWAY_SERVER } from '../../model/facts/windows-gateway.ts';
import { isObject } from '../../model/json.ts';
import type { Join, JoinEstate } from '../../model/normalise.ts';
import { pointerOf } from '../../model/pointer.ts';
import { type HostIndex, indexByHost } from './host-names.ts';
import { booleanAt, hostOf, isKnown, isPlaceholder, joinedFact, namesAt, textAt, unreadJoin } from './join-parts.ts';

const POLICY = 'windows.gatewayConnectionPolicy';
const LISTENER = 'RDP-Tcp';

/** Gateway × connection policy: does it cut people off before the session host would? */
export const GATEWAY_IDLE_JOIN: Join = {
  kinds: [POLICY, GATEWAY_SERVER.kind, 'windows.rdpListener', 'rds.collection'],
  makes: [GATEWAY_IDLE.kind],
  join: (facts, estate) => {
    const listeners = listenersOf(facts);
    const hosts = sessionHosts(facts, estate);
    return policiesOf(facts).flatMap((policy) => (hosts.length === 0 ? [] : [idleOf(policy, hosts, listeners)]));
  },
};

function idleOf(policy: Fact, hosts: readonly string[], listeners: HostIndex<Fact>): Fact {
  const connectionPolicy = textAt(policy, 'connectionPolicy') ?? '';
  const idleTimeout = limitAt(policy, 'idleTimeout');
  const limits = hosts.map((name) => ({ name, idle: limitAt(listeners.find(name), 'idleLimit') }));
  const longer = limits.flatMap(({ name, idle }) =>
    typeof idle === 'number' && typeof idleTimeout === 'number' && idle > idleTimeout ? [{ name, idle }] : [],
  );
  const isOpen = idleTimeout === null || (idleTimeout !== 'never' && longer.length === 0 && limits.some(({ idle }) => idle === null));
  const data: GatewayIdle = { host: hostOf(policy), connectionPolicy, idleTimeout, hosts, shorterThan: isOpen ? null : longer };
  return joinedFact({
    kind: GATEWAY_IDLE.kind,
    of: policy,
    instance: [connectionPolicy],
    name: `${connectionPolicy} of ${data.host}`,
    data,
    unknown: nulls(data),
    origin: { at: 'setting', members: { '/shorterThan': pointerOf(['gatewayConnectionPolicies', connectionPolicy, 'idleTimeout']) } },
  });
}

const LIMITS = [
  { limit: 'idle', setting: 'idleLimit', gateway: 'idleTimeout' },
  { limit: 'disconnected', setting: 'disconnectedLimit', gateway: null },
  { limit: 'active', setting: 'activeLimit', gateway: 'sessionTimeout' },
] as const;

/** Collection × session host × limit: which of several opinions do users meet? */
export const SESSION_LIMITS_JOIN: Join = {
  kinds: [POLICY, GATEWAY_SERVER.kind, 'windows.rdpListener', 'rds.collection'],
  makes: [SESSION_LIMITS.kind],
  join: (facts) => {
    const listeners = listenersOf(facts);
    const policies = policiesOf(facts);
    return facts.filter((fact) => fact.kind === 'rds.collection').flatMap((fact) => ofCollection(fact, listeners, policies));
  },
};

function ofCollection(collection: Fact, listeners: HostIndex<Fact>, policies: readonly Fact[]): Fact[] {
  const name = textAt(collection, 'collection');
  const hosts = isPlaceholder(collection) || name === null ? null : namesAt(collection, 'hosts');
  if (name === null || hosts === null) return [unreadJoin(SESSION_LIMITS.kind, collection)];
  return hosts.flatMap((host) => LIMITS.map((each) => compared(collection, name, host, listeners.find(host), each, policies)));
}

function compared(
  collection: Fact,
  name: string,
  host: string,
  listener: Fact | undefined,
  { limit, setting, gateway }: (typeof LIMITS)[number],
  policies: readonly Fact[],
): Fact {
  const byCollection = limitAt(collection, setting);
  const byHost = limitAt(listener, setting);
  const byGateway = gateway === null || policies.length === 0 ? 'none' : shortest(policies.map((policy) => limitAt(policy, gateway)));
  const data: SessionLimits = {
    host: listener === undefined ? host : hostOf(listener),
    broker: hostOf(collection),
    collection: name,
    limit,
    byCollection,
    byHost,
    source: sourceOf(listener, setting),
    byGateway,
    counts: shortest([byHost, byGateway === 'none' ? 'never' : byGateway]),
    conflict: byCollection === null || byHost === null ? null : byCollection !== byHost,
  };
  return joinedFact({
    kind: SESSION_LIMITS.kind,
    of: listener ?? collection,
    instance: [data.broker, name, host, limit],
    name: `${limit} limit of ${name} on ${data.host}`,
    data,
    unknown: nulls(data),
    origin: { at: 'setting', members: { '/conflict': pointerOf(['rdp', LISTENER, setting]) } },
  });
}

type Limit = number | 'never' | null;

function limitAt(fact: Fact | undefined, name: string): Limit {
  if (fact === undefined || isPlaceholder(fact) || !isKnown(fact, `/${name}`) || !Object.hasOwn(fact.data, name)) return null;
  const value = fact.data[name];
  return typeof value === 'number' || value === 'never' ? value : null;
}

/** One that is not known may be the shortest. */
function shortest(limits: readonly Limit[]): Limit {
  if (limits.includes(null)) return null;
  const numbers = limits.filter((each) => typeof each === 'number');
  return numbers.length === 0 ? 'never' : Math.min(...numbers);
}

function sourceOf(listener: Fact | undefined, setting: string): string | null {
  const sources = listener === undefined || !isKnown(listener, `/sources/${setting}`) ? undefined : listener.data['sources'];
  const source = isObject(sources) && Object.hasOwn(sources, setting) ? sources[setting] : undefined;
  return typeof source === 'string' ? source : null;
}

function listenersOf(facts: readonly Fact[]): HostIndex<Fact> {
  const own = facts.filter(
    (fact) => fact.kind === 'windows.rdpListener' && (isPlaceholder(fact) || textAt(fact, 'listener')?.toLowerCase() === LISTENER.toLowerCase()),
  );
  return indexByHost(own, hostOf);
}

/** Policies that are on, or may be. Where central servers decide, those of the gateway say nothing. */
function policiesOf(facts: readonly Fact[]): Fact[] {
  const central = new Set(facts.filter((fact) => fact.kind === GATEWAY_SERVER.kind && booleanAt(fact, 'central') === true).map(({ target }) => target));
  return facts.filter((fact) => fact.kind === POLICY && !isPlaceholder(fact) && booleanAt(fact, 'enabled') !== false && !central.has(fact.target));
}

function sessionHosts(facts: readonly Fact[], estate: JoinEstate): string[] {
  const ofCollections = facts.filter((fact) => fact.kind === 'rds.collection').flatMap((fact) => namesAt(fact, 'hosts') ?? []);
  const ofEstate = estate.hosts.filter(({ roles }) => roles.includes('session-host')).map(({ name }) => name);
  return [...new Map([...ofEstate, ...ofCollections].map((name) => [name.toLowerCase(), name])).values()];
}

function nulls(data: object): string[] {
  return Object.entries(data).flatMap(([name, value]) => (value === null ? [`/${name}`] : []));
}
