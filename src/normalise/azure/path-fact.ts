import type { Fact } from '../../model/fact.ts';
import { type Json, type JsonObject, member } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import type { Target } from '../../model/target.ts';
import type { AdminRulesOf } from './admin-rule.ts';
import { atLeast, type Exposure, exposureData, type Opener, widest } from './exposure.ts';
import { makeFact, type Member } from './fact.ts';
import { MANAGEMENT_PORTS, managementData, openerData, RDP_PORT, RDP_UDP_PORTS } from './group-fact.ts';
import { type Hops, hopsOf, NO_HOPS } from './hops.ts';
import { openPorts, type OpenPorts, type Path, pathOf, type PortReach, reachAt, unseenOn } from './ingress.ts';
import type { NamedIngress } from './ingress-list.ts';
import { shownName } from './interface.ts';
import { overlaps, subtract } from './interval-set.ts';
import type { Network } from './network.ts';
import { portTexts } from './port.ts';
import { resourceGroupOf } from './resources.ts';
import { type Rule, TCP, UDP } from './rule.ts';
import type { SecurityGroup } from './security-group.ts';

export const PATH_KIND = 'azure.ingressPath';
export const GATEWAY_KIND = 'azure.gatewayExposure';

/** What a gateway may show to the Internet: HTTPS, HTTP for its redirect, and the UDP transport. */
const GATEWAY_TCP = [80, 81, 443, 444];
const GATEWAY_UDP = [3391, 3392];

/** The facts of one way to one interface: the path, and what a gateway shows beyond its own ports. */
export function pathFacts(target: Target, network: Network, named: NamedIngress, adminRules: AdminRulesOf): Fact[] {
  const path = pathOf(network, named.ingress, adminRules);
  const unknown: Pointer[] = [];
  const members: Member[] = [];
  const { nic } = named.ingress.address;
  const groupOf = ownerOf(path);
  const openers = (at: Pointer) => (list: readonly Opener[]) => openerData(list, `${at}/openedBy`, groupOf, members);
  const dataOf = (exposure: Exposure, at: Pointer): JsonObject => exposureData(exposure, at, unknown, openers(at)(exposure.openedBy));
  const at = (protocol: number, port: number): PortAt => ({ protocol, port, reach: reachAt(path, protocol, port) });
  const hops = (of: PortAt | undefined): Hops => (of === undefined ? NO_HOPS : hopsOf(network, named, path, of.protocol, of.port, of.reach));
  const rdp = at(TCP, RDP_PORT);
  const rdpUdp = RDP_UDP_PORTS.map((port) => at(UDP, port));
  const management = MANAGEMENT_PORTS.map((port) => at(TCP, port));
  const openings: JsonObject[] = [];
  const open = {
    tcp: openPorts(path, TCP, (low, high, certain, reach) => addOpening(openings, 'tcp', low, high, certain, hops({ protocol: TCP, port: low, reach }))),
    udp: openPorts(path, UDP, (low, high, certain, reach) => addOpening(openings, 'udp', low, high, certain, hops({ protocol: UDP, port: low, reach }))),
  };
  const data: JsonObject = {
    networkInterface: shownName(nic),
    resourceGroup: resourceGroupOf(nic.resource),
    ipConfiguration: named.ingress.address.name,
    machine: nic.machine?.name ?? null,
    machineId: nic.machine?.id ?? null,
    vmId: nic.machine?.vmId ?? null,
    gateway: nic.machine?.gateway ?? false,
    via: named.ingress.via,
    through: named.through,
    hops: hops(rdp),
    udpHops: hops(firstOpen(rdpUdp)),
    managementHops: hops(firstOpen(management)),
    openings,
    rdpTcp: dataOf(rdp.reach.exposure, '/rdpTcp'),
    rdpUdp: dataOf(widest(rdpUdp.map(({ reach }) => reach.exposure)), '/rdpUdp'),
    management: managementData(
      management.map(({ reach }) => reach.exposure),
      '/management',
      unknown,
      openers('/management'),
    ),
    internetTcp: portTexts(open.tcp.certain),
    internetUdp: portTexts(open.udp.certain),
    perhapsTcp: portTexts(subtract(open.tcp.possible, open.tcp.certain)),
    perhapsUdp: portTexts(subtract(open.udp.possible, open.udp.certain)),
  };
  // A machine that is not in the input is not unknown to the policies: the path is judged without it.
  const fact = makeFact(target, {
    kind: PATH_KIND,
    name: nameOf(named),
    resource: named.resource,
    pointer: named.pointer,
    instance: named.instance,
    data,
    unknown,
    because: unseenOn(path),
    members,
  });
  return nic.machine?.gateway === true && named.ingress.via !== 'private-link' ? [fact, gatewayFact(fact, nic.machine.name, 'tag', open)] : [fact];
}

function nameOf(named: NamedIngress): string {
  const { address } = named.ingress;
  return `${named.through} to ${address.nic.machine?.name ?? address.nic.name}`;
}

function ownerOf(path: Path): (rule: Rule) => SecurityGroup | undefined {
  const groups = path.filters.filter((filter): filter is SecurityGroup => typeof filter !== 'string');
  return (rule) => groups.find((group) => group.rules.includes(rule));
}

interface PortAt {
  readonly protocol: number;
  readonly port: number;
  readonly reach: PortReach;
}

/** The first port that is open, or else may be, to as much as the Internet. */
function firstOpen(ports: readonly PortAt[]): PortAt | undefined {
  const open = ports.map(({ reach }) => atLeast(reach.exposure, 'internet'));
  return ports[open.includes(true) ? open.indexOf(true) : open.indexOf(null)];
}

/** Of a way with more of them the rest is not told apart; the ranges of ports say all of it. */
const MOST_OPENINGS = 64;

function addOpening(openings: JsonObject[], protocol: string, low: number, high: number, certain: boolean, hops: Hops): void {
  const last = openings.at(-1);
  const isSame = last?.['protocol'] === protocol && last['to'] === low - 1 && last['certain'] === certain && isSameWay(last['hops'], hops);
  if (isSame) openings[openings.length - 1] = { ...last, to: high - 1 };
  else if (openings.length < MOST_OPENINGS) openings.push({ protocol, from: low, to: high - 1, certain, hops });
}

/** What a gateway shows beyond its own ports, from the ports of a path. */
export function gatewayFact(path: Fact, host: string, knownBy: 'tag' | 'estate', open: { readonly tcp: OpenPorts; readonly udp: OpenPorts }): Fact {
  const beyond = (ports: OpenPorts['certain'], own: readonly number[]) => subtract(ports, own);
  const certain = {
    tcp: beyond(open.tcp.certain, GATEWAY_TCP),
    udp: beyond(open.udp.certain, GATEWAY_UDP),
  };
  const possible = {
    tcp: beyond(open.tcp.possible, GATEWAY_TCP),
    udp: beyond(open.udp.possible, GATEWAY_UDP),
  };
  const exposed = certain.tcp.length + certain.udp.length > 0;
  const perhaps = possible.tcp.length + possible.udp.length > 0;
  return {
    ...path,
    kind: GATEWAY_KIND,
    id: `${path.target}/${GATEWAY_KIND}${path.id.slice(path.target.length + 1 + PATH_KIND.length)}`,
    name: `${host} by ${path.name}`,
    data: {
      host,
      knownBy,
      networkInterface: path.data['networkInterface'] ?? null,
      via: path.data['via'] ?? null,
      through: path.data['through'] ?? null,
      beyond: exposed ? true : perhaps ? null : false,
      ports: [...portTexts(certain.tcp).map((text) => `tcp ${text}`), ...portTexts(certain.udp).map((text) => `udp ${text}`)],
      hops: openingHops(path, exposed ? certain : possible),
    },
    unknown: !exposed && perhaps ? ['/beyond'] : [],
    origin: withoutMembers(path),
  };
}

function isSameWay(a: Json | undefined, b: Hops): boolean {
  return Object.entries(b).every(([name, text]) => member(a, name) === text);
}

/** The way to the first of some ports. */
export function openingHops(path: Fact, ports: { readonly tcp: OpenPorts['certain']; readonly udp: OpenPorts['certain'] }): Json {
  const openings = path.data['openings'];
  const found = (Array.isArray(openings) ? (openings as readonly Json[]) : []).find((opening) => {
    const [protocol, from, to] = ['protocol', 'from', 'to'].map((name) => member(opening, name));
    return typeof from === 'number' && typeof to === 'number' && overlaps(protocol === 'udp' ? ports.udp : ports.tcp, [from, to + 1]);
  });
  return member(found, 'hops') ?? NO_HOPS;
}

function withoutMembers(path: Fact): Fact['origin'] {
  if (path.origin.at !== 'document') return path.origin;
  const { members: _dropped, ...origin } = path.origin;
  return origin;
}
