import type { Fact } from '../../model/fact.ts';
import { HOST_LICENSING, type HostLicensing, LICENSE_CONFIGURATION, SESSION_HOST_LICENSING } from '../../model/facts/windows-licensing.ts';
import type { Join } from '../../model/normalise.ts';
import { factsByHost, hostOf, isPlaceholder, joinedFact, namesAt, textAt, unreadJoin } from './join-parts.ts';

/** Deployment × session host: does the host have the licensing that the deployment pushed, or does a policy say otherwise? */
export const LICENSING_JOIN: Join = {
  kinds: ['rds.collection', LICENSE_CONFIGURATION.kind, SESSION_HOST_LICENSING.kind],
  makes: [HOST_LICENSING.kind],
  join: (facts) => {
    const configurations = new Map(facts.filter((fact) => fact.kind === LICENSE_CONFIGURATION.kind).map((fact) => [fact.target, fact]));
    const hosts = factsByHost(facts, SESSION_HOST_LICENSING.kind);
    return facts.flatMap((fact) => {
      const configuration = configurations.get(fact.target);
      // A deployment that says nothing of licensing leaves it to its hosts.
      if (fact.kind !== 'rds.collection' || configuration === undefined || textAt(configuration, 'mode') === 'not-configured') return [];
      const name = textAt(fact, 'collection');
      const names = isPlaceholder(fact) || name === null ? null : namesAt(fact, 'hosts');
      if (name === null || names === null) return [unreadJoin(HOST_LICENSING.kind, fact)];
      return names.map((host) => compared(fact, name, configuration, host, hosts.find(host)));
    });
  },
};

function compared(collection: Fact, name: string, configuration: Fact, host: string, actual: Fact | undefined): Fact {
  const expectedMode = textAt(configuration, 'mode');
  const expectedServers = namesAt(configuration, 'servers');
  const mode = textAt(actual, 'mode');
  const servers = actual === undefined ? null : namesAt(actual, 'servers');
  const sameMode = expectedMode === null || mode === null ? null : expectedMode === mode;
  const sameServers = expectedServers === null || servers === null ? null : sameNames(expectedServers, servers);
  const data: HostLicensing = {
    host: actual === undefined ? host : hostOf(actual),
    broker: hostOf(collection),
    collection: name,
    expectedMode,
    mode,
    expectedServers,
    servers,
    agrees: sameMode === false || sameServers === false ? false : sameMode === null || sameServers === null ? null : true,
  };
  return joinedFact({
    kind: HOST_LICENSING.kind,
    of: actual ?? collection,
    instance: [hostOf(collection), name, host],
    name: `licensing of ${data.host} in ${name}`,
    data,
    unknown: Object.entries(data).flatMap(([member, value]) => (value === null ? [`/${member}`] : [])),
    origin: { at: 'setting', members: { '/agrees': '/licensing/mode', '/mode': '/licensing/mode' } },
  });
}

/** In any order; a name without a domain stands for every full name that begins with it. */
export function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return covers(a, b) && covers(b, a);
}

function covers(names: readonly string[], others: readonly string[]): boolean {
  const full = new Set(others.map(normal));
  const labels = new Set(others.map((name) => labelOf(normal(name))));
  const shorts = new Set(others.map(normal).filter((name) => !name.includes('.')));
  return names.map(normal).every((name) => full.has(name) || (name.includes('.') ? shorts.has(labelOf(name)) : labels.has(name)));
}

function normal(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, '');
}

function labelOf(name: string): string {
  const dot = name.indexOf('.');
  // An address has no label.
  return dot < 0 || /^[\d.]+$/.test(name) ? name : name.slice(0, dot);
}
