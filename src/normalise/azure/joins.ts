import type { Fact } from '../../model/fact.ts';
import { factId } from '../../model/fact.ts';
import { AZURE_GATEWAY_UDP } from '../../model/facts/azure-ingress-path.ts';
import { LISTENER_PORT } from '../../model/facts/windows-connections.ts';
import { GATEWAY_SERVER } from '../../model/facts/windows-gateway.ts';
import { MACHINE_ID } from '../../model/facts/windows-machine-id.ts';
import type { Json } from '../../model/json.ts';
import type { Join, JoinEstate } from '../../model/normalise.ts';
import { booleanAt, hostOf, isPlaceholder, textAt } from '../rds/join-parts.ts';
import { settle } from '../windows/certificates/draft.ts';
import { indexByMachine, type MachineHost, machineHosts } from './identity.ts';
import { NO_HOPS } from './hops.ts';
import { contains, type Intervals, intervals } from './interval-set.ts';
import { HOST_POOL_JOIN } from './desktop/redirection-join.ts';
import { VAULT_CERTIFICATE_JOIN } from './certificates/use-join.ts';
import { GATEWAY_KIND, gatewayFact, openingHops, PATH_KIND } from './path-fact.ts';
import { ALL_PORTS, parsePorts } from './port.ts';
import { anyOf } from './values.ts';

const LISTENER_KIND = 'azure.exposedListener';

/** Roles of the estate that may face the Internet. */
const GATEWAY_ROLES = new Set(['gateway', 'rd-gateway', 'web', 'web-access', 'rd-web']);

const UDP_PORT = 3391;
const HTTPS_PORT = 443;

/** Hosts that are Azure machines, with the ways to them: their real listener port, what gateways show, and their UDP transport. */
export const AZURE_JOINS: readonly Join[] = [
  {
    kinds: [PATH_KIND, LISTENER_PORT.kind, GATEWAY_SERVER.kind, MACHINE_ID.kind],
    makes: [LISTENER_KIND, GATEWAY_KIND, AZURE_GATEWAY_UDP.kind],
    join: joinHosts,
  },
  HOST_POOL_JOIN,
  VAULT_CERTIFICATE_JOIN,
];

function joinHosts(facts: readonly Fact[], estate: JoinEstate): Fact[] {
  const byKind = Map.groupBy(facts, ({ kind }) => kind);
  const paths = indexByMachine(byKind.get(PATH_KIND) ?? [], ({ data }) => ({ id: textOrNull(data['machineId']), vmId: textOrNull(data['vmId']) }));
  const ofHosts = (kind: string): Map<string, Fact[]> => Map.groupBy(byKind.get(kind) ?? [], (fact) => hostOf(fact).toLowerCase());
  const [listeners, gateways, seen] = [ofHosts(LISTENER_PORT.kind), ofHosts(GATEWAY_SERVER.kind), ofHosts(MACHINE_ID.kind)];
  return machineHosts(facts, estate).flatMap((host) => {
    // Ways from the Internet, which a private link is none of.
    const own = paths.of(host).filter(({ data }) => data['via'] !== 'private-link');
    if (own.length === 0) return [];
    const key = host.name.toLowerCase();
    return [...own.flatMap((path) => factsOf(host, path, listeners.get(key) ?? [])), ...(seen.has(key) ? udpFacts(host, own, gateways.get(key)?.[0]) : [])];
  });
}

function textOrNull(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

interface Openness {
  readonly certain: Intervals<number>;
  readonly possible: Intervals<number>;
}

function factsOf(host: MachineHost, path: Fact, listeners: readonly Fact[]): Fact[] {
  const open = { tcp: portsOf(path, 'Tcp'), udp: portsOf(path, 'Udp') };
  const facts = portsOfHost(host, listeners).map(({ listener, port }) => listenerFact(host, listener, port, path, open.tcp));
  if (path.data['gateway'] !== true && host.entry?.roles.some((role) => GATEWAY_ROLES.has(role.toLowerCase())) === true)
    facts.push(gatewayFact(path, host.name, 'estate', open));
  return facts;
}

interface ListeningPort {
  readonly listener: string | null;
  /** Undefined when nobody knows. */
  readonly port: number | undefined;
}

/** What the host itself says counts; the estate's word only where nobody looked, or could. A host that takes no RDP has no port. */
function portsOfHost({ entry }: MachineHost, listeners: readonly Fact[]): ListeningPort[] {
  const stated = entry?.rdpPort ?? null;
  if (listeners.length === 0) return stated === null ? [] : [{ listener: null, port: stated }];
  return listeners.flatMap((fact): ListeningPort[] => {
    if (booleanAt(fact, 'enabled') === false) return [];
    const { port } = fact.data;
    return [{ listener: textAt(fact, 'listener'), port: typeof port === 'number' && !isPlaceholder(fact) ? port : (stated ?? undefined) }];
  });
}

function portsOf(path: Fact, protocol: 'Tcp' | 'Udp'): Openness {
  const certain = rangesOf(path.data[`internet${protocol}`]);
  return { certain, possible: intervals([...certain, ...rangesOf(path.data[`perhaps${protocol}`])]) };
}

function rangesOf(value: Json | undefined): Intervals<number> {
  if (!Array.isArray(value)) return [];
  return intervals(
    (value as readonly Json[]).flatMap((text) => (text === 'any' ? [...ALL_PORTS] : typeof text === 'string' ? [...parsePorts(text).ports] : [])),
  );
}

/** Null: perhaps. */
function isOpen(open: Openness, port: number): boolean | null {
  return contains(open.certain, port) ? true : contains(open.possible, port) ? null : false;
}

function listenerFact(host: MachineHost, listener: string | null, port: number | undefined, path: Fact, open: Openness): Fact {
  // Whatever the port is: where none is open, it is not.
  const internet = port === undefined ? (open.possible.length === 0 ? false : null) : isOpen(open, port);
  const { data, unknown } = settle({
    host: host.name,
    listener,
    port,
    networkInterface: path.data['networkInterface'] ?? null,
    via: path.data['via'] ?? null,
    through: path.data['through'] ?? null,
    internet: internet ?? undefined,
    hops: port === undefined ? NO_HOPS : openingHops(path, { tcp: [port, port + 1], udp: [] }),
  });
  const instance = [listener ?? '', String(port ?? 'unknown')].filter((part) => part !== '' && part.toLowerCase() !== 'rdp-tcp').join('/');
  return {
    ...path,
    kind: LISTENER_KIND,
    id: `${path.target}/${LISTENER_KIND}${path.id.slice(path.target.length + 1 + PATH_KIND.length)}/${instance}`,
    name: `${host.name} port ${port ?? 'unknown'} by ${path.name}`,
    data,
    unknown,
  };
}

/** A host that was looked at and is no gateway takes no UDP of one. */
function udpFacts(host: MachineHost, paths: readonly Fact[], server: Fact | undefined): Fact[] {
  const gateway = server === undefined ? false : isPlaceholder(server) ? null : true;
  const transport = server === undefined ? false : booleanAt(server, 'udp');
  const ways = paths.map((path) => ({ path, udp: isOpen(portsOf(path, 'Udp'), UDP_PORT), https: isOpen(portsOf(path, 'Tcp'), HTTPS_PORT) }));
  const [open, https] = [anyOf(ways.map(({ udp }) => udp)), anyOf(ways.map((way) => way.https))];
  if (gateway === false && open === false) return [];
  const shown = ways.find(({ udp }) => udp === true) ?? ways.find(({ udp }) => udp === null) ?? ways[0];
  if (shown === undefined) return [];
  const { data, unknown } = settle({
    host: host.name,
    gateway: gateway ?? undefined,
    transport: transport ?? undefined,
    open: open ?? undefined,
    https: https ?? undefined,
    agrees: agreement(transport, open, https) ?? undefined,
    through: shown.path.data['through'] ?? null,
    hops: openingHops(shown.path, { tcp: [], udp: [UDP_PORT, UDP_PORT + 1] }),
  });
  const { kind } = AZURE_GATEWAY_UDP;
  return [{ ...shown.path, kind, id: factId(shown.path.target, kind, host.name), name: `${host.name} UDP ${UDP_PORT} by ${shown.path.name}`, data, unknown }];
}

/** Open is right with the transport alone; closed is wrong only where clients use the gateway, and it would take UDP. */
function agreement(transport: boolean | null, open: boolean | null, https: boolean | null): boolean | null {
  const whenOpen = transport;
  const whenClosed = transport === false || https === false ? true : transport === true && https === true ? false : null;
  if (open !== null) return open ? whenOpen : whenClosed;
  return whenOpen === whenClosed ? whenOpen : null;
}
