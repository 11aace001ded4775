import type { Fact } from '../../model/fact.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import type { Target } from '../../model/target.ts';
import type { AdminRule } from './admin-rule.ts';
import { type Exposure, exposureData, type Opener, widest } from './exposure.ts';
import { makeFact, type Member } from './fact.ts';
import { MANAGEMENT_PORTS, managementData, openerData, RDP_PORT, RDP_UDP_PORTS } from './group-fact.ts';
import { exposureAt, openPorts, type OpenPorts, type Path, pathOf } from './ingress.ts';
import type { NamedIngress } from './ingress-list.ts';
import { subtract } from './interval-set.ts';
import type { Filter, Network } from './network.ts';
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
export function pathFacts(target: Target, network: Network, named: NamedIngress, adminRules: readonly AdminRule[]): Fact[] {
  const path = pathOf(network, named.ingress, adminRules);
  const unknown: Pointer[] = [];
  const members: Member[] = [];
  const { nic } = named.ingress.address;
  const groupOf = ownerOf(path);
  const openers = (at: Pointer) => (list: readonly Opener[]) => openerData(list, `${at}/openedBy`, groupOf, members);
  const dataOf = (exposure: Exposure, at: Pointer): JsonObject => exposureData(exposure, at, unknown, openers(at)(exposure.openedBy));
  const rdp = exposureAt(path, TCP, RDP_PORT);
  const open = { tcp: openPorts(path, TCP), udp: openPorts(path, UDP) };
  const data: JsonObject = {
    networkInterface: nic.name,
    resourceGroup: resourceGroupOf(nic.resource),
    ipConfiguration: named.ingress.address.name,
    machine: nic.machine?.name ?? null,
    machineId: nic.machine?.id ?? null,
    gateway: nic.machine?.gateway ?? false,
    via: named.ingress.via,
    through: named.through,
    hops: [
      named.hop,
      ...path.filters.map((filter, index) =>
        hopOf(index === 0 ? `subnet ${named.ingress.address.subnet?.name ?? 'unknown'}` : `interface ${nic.name}`, filter, rdp),
      ),
    ],
    rdpTcp: dataOf(rdp, '/rdpTcp'),
    rdpUdp: dataOf(widest(RDP_UDP_PORTS.map((port) => exposureAt(path, UDP, port))), '/rdpUdp'),
    management: managementData(
      MANAGEMENT_PORTS.map((port) => exposureAt(path, TCP, port)),
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
    members,
  });
  return nic.machine?.gateway === true ? [fact, gatewayFact(fact, nic.machine.name, 'tag', open)] : [fact];
}

function nameOf(named: NamedIngress): string {
  const { address } = named.ingress;
  return `${named.through} to ${address.nic.machine?.name ?? address.nic.name}`;
}

function ownerOf(path: Path): (rule: Rule) => SecurityGroup | undefined {
  const groups = path.filters.filter((filter): filter is SecurityGroup => typeof filter !== 'string');
  return (rule) => groups.find((group) => group.rules.includes(rule));
}

/** One hop in words, with the rules that let RDP through. */
function hopOf(what: string, filter: Filter, rdp: Exposure): string {
  if (filter === 'none') return `${what}: no network security group`;
  if (filter === 'unknown') return `${what}: a network security group that the input does not show`;
  const rules = rdp.openedBy.filter((opener) => filter.rules.includes(opener.rule)).map((opener) => opener.rule.name);
  return `${what}: network security group ${filter.resource.name}${rules.length === 0 ? '' : `, rule ${rules.join(', ')}`}`;
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
    },
    unknown: !exposed && perhaps ? ['/beyond'] : [],
    origin: withoutMembers(path),
  };
}

function withoutMembers(path: Fact): Fact['origin'] {
  if (path.origin.at !== 'document') return path.origin;
  const { members: _dropped, ...origin } = path.origin;
  return origin;
}
