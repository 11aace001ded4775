import { normaliseId, relativeId, sameResource } from '../../lib/azure-id.ts';
import type { EstateHost } from '../../model/estate.ts';
import type { Fact } from '../../model/fact.ts';
import type { Json } from '../../model/json.ts';
import type { Join, JoinEstate } from '../../model/normalise.ts';
import { contains, type Intervals, intervals } from './interval-set.ts';
import { GATEWAY_KIND, gatewayFact, PATH_KIND } from './path-fact.ts';
import { ALL_PORTS, parsePorts } from './port.ts';

const LISTENER_KIND = 'azure.exposedListener';

/** Roles of the estate that may face the Internet. */
const GATEWAY_ROLES = new Set(['gateway', 'rd-gateway', 'web', 'web-access', 'rd-web']);

/** Hosts of the estate that are Azure machines, with the ways to them: their real listener port, and what gateways show. */
export const AZURE_JOINS: readonly Join[] = [{ kinds: [PATH_KIND], makes: [LISTENER_KIND, GATEWAY_KIND], join: joinHosts }];

function joinHosts(paths: readonly Fact[], estate: JoinEstate): Fact[] {
  const byMachine = new Map<string, Fact[]>();
  for (const path of paths) {
    const id = path.data['machineId'];
    if (typeof id !== 'string') continue;
    const list = byMachine.get(relativeId(id));
    if (list === undefined) byMachine.set(relativeId(id), [path]);
    else list.push(path);
  }
  return estate.hosts.flatMap((host) => {
    const id = host.azureId === null ? null : normaliseId(host.azureId);
    if (id === null) return [];
    const own = (byMachine.get(relativeId(id)) ?? []).filter((path) => sameResource(String(path.data['machineId']), id));
    return own.flatMap((path) => factsOf(host, path));
  });
}

function factsOf(host: EstateHost, path: Fact): Fact[] {
  const open = {
    tcp: portsOf(path, 'Tcp'),
    udp: portsOf(path, 'Udp'),
  };
  const facts: Fact[] = [];
  if (host.rdpPort !== null) facts.push(listenerFact(host, host.rdpPort, path, open.tcp));
  if (path.data['gateway'] !== true && host.roles.some((role) => GATEWAY_ROLES.has(role.toLowerCase())))
    facts.push(gatewayFact(path, host.name, 'estate', open));
  return facts;
}

function portsOf(path: Fact, protocol: 'Tcp' | 'Udp'): { certain: Intervals<number>; possible: Intervals<number> } {
  const certain = rangesOf(path.data[`internet${protocol}`]);
  return {
    certain,
    possible: intervals([...certain, ...rangesOf(path.data[`perhaps${protocol}`])]),
  };
}

function rangesOf(value: Json | undefined): Intervals<number> {
  if (!Array.isArray(value)) return [];
  return intervals(
    (value as readonly Json[]).flatMap((text) => (text === 'any' ? [...ALL_PORTS] : typeof text === 'string' ? [...parsePorts(text).ports] : [])),
  );
}

function listenerFact(host: EstateHost, port: number, path: Fact, open: { readonly certain: Intervals<number>; readonly possible: Intervals<number> }): Fact {
  const internet = contains(open.certain, port) ? true : contains(open.possible, port) ? null : false;
  return {
    ...path,
    kind: LISTENER_KIND,
    id: `${path.target}/${LISTENER_KIND}${path.id.slice(path.target.length + 1 + PATH_KIND.length)}/${port}`,
    name: `${host.name} port ${port} by ${path.name}`,
    data: {
      host: host.name,
      port,
      networkInterface: path.data['networkInterface'] ?? null,
      via: path.data['via'] ?? null,
      through: path.data['through'] ?? null,
      internet,
    },
    unknown: internet === null ? ['/internet'] : [],
  };
}
