import type { JsonObject } from '../../model/json.ts';
import { adminHops } from './admin-reach.ts';
import { isAllSeen } from './admin-rule.ts';
import type { Hit } from './evaluate.ts';
import type { Path, PortReach } from './ingress.ts';
import type { NamedIngress } from './ingress-list.ts';
import { type Bound, type Intervals, overlaps } from './interval-set.ts';
import type { Filter, Network } from './network.ts';
import type { Rule } from './rule.ts';
import type { Reaches, SecurityGroup } from './security-group.ts';
import type { Space } from './space.ts';

/** Rules that one hop names; the rest is counted. */
const MOST_RULES = 5;

/** The whole way of packets to one port, hop by hop in words, each with the rules that let them on. */
export interface Hops extends JsonObject {
  readonly entry: string;
  readonly adminRules: string;
  readonly subnet: string;
  readonly interface: string;
}

/** Where there is no way to speak of. */
export const NO_HOPS: Hops = { entry: 'none', adminRules: 'none', subnet: 'none', interface: 'none' };

export function hopsOf(network: Network, named: NamedIngress, path: Path, protocol: number, port: number, reach: PortReach): Hops {
  const { address } = named.ingress;
  const v6 = path.destination.v4.length === 0;
  const at = (index: number, what: string): string => filterHop(what, path.filters[index] ?? 'none', reach.filters[index] ?? null, path);
  return {
    entry: named.hop,
    adminRules: v6
      ? adminHop(network, path, path.spaces.v6, path.destination.v6, sourcesV6(path), protocol, port)
      : adminHop(network, path, path.spaces.v4, path.destination.v4, sourcesV4(path), protocol, port),
    subnet: at(0, `subnet ${address.subnet?.name ?? 'unknown'}`),
    interface: at(1, `interface ${address.nic.name}`),
  };
}

/** Who the groups see on this way: the Internet, or the firewall. */
function sourcesV4({ spaces, ingress }: Path): Intervals<number> {
  return ingress.translated === null ? spaces.v4.publicPart : (ingress.translated.from?.v4 ?? spaces.v4.networkMaybe);
}

function sourcesV6({ spaces, ingress }: Path): Intervals<bigint> {
  return ingress.translated === null ? spaces.v6.publicPart : (ingress.translated.from?.v6 ?? spaces.v6.networkMaybe);
}

const WORDS = { drop: 'Deny', deliver: 'AlwaysAllow', ask: 'Allow', unknown: 'of unknown access' } as const;

function adminHop<T extends Bound>(
  network: Network,
  path: Path,
  space: Space<T>,
  whole: Intervals<T>,
  from: Intervals<T>,
  protocol: number,
  port: number,
): string {
  const { adminRules } = path;
  const rules = adminHops(space, adminRules, protocol, port, whole, from).map(({ rule, does }) => `${ruleText(rule)} (${WORDS[does]})`);
  const others = isAllSeen(adminRules) ? '' : ', and others that are not shown';
  if (rules.length > 0) return `security admin rules${adminRules.by === 'declared' ? ', where they are deployed' : ''}: ${listText(rules)}${others}`;
  if (!isAllSeen(adminRules)) return 'security admin rules that are not shown';
  return adminRules.by === 'declared' && network.effective.isAsked ? 'security admin rules that are not shown, taken for none' : 'no security admin rule';
}

function filterHop(what: string, filter: Filter, reaches: Reaches | null, path: Path): string {
  if (filter === 'none') return `${what}: no network security group`;
  if (filter === 'unknown') return `${what}: a network security group that the input does not show`;
  const group = `${what}: network security group ${filter.resource.name}`;
  if (reaches === null) return group;
  const rules = [...new Set([...through(reaches.v4?.hits, sourcesV4(path)), ...through(reaches.v6?.hits, sourcesV6(path))])];
  if (rules.length > 0) return `${group}, rule ${listText(rules.map(ruleText))}${opaqueText(rules)}`;
  return byDefault(filter, reaches, path) ? `${group}, default rule AllowVnetInBound` : `${group}, no rule lets it in`;
}

function through<T extends Bound>(hits: readonly Hit<T>[] | undefined, from: Intervals<T>): Rule[] {
  return (hits ?? []).filter(({ sources }) => sources.tags.length > 0 || overlaps(sources.set, from)).map(({ rule }) => rule);
}

/** What no rule takes and the tag `VirtualNetwork` holds, or may hold. */
function byDefault({ partial }: SecurityGroup, { v4, v6 }: Reaches, path: Path): boolean {
  return !partial && ((v4 !== null && overlaps(v4.upper.set, sourcesV4(path))) || (v6 !== null && overlaps(v6.upper.set, sourcesV6(path))));
}

function ruleText({ name, priority }: Rule): string {
  return priority === null ? name : `${name} (priority ${priority})`;
}

function opaqueText(rules: readonly Rule[]): string {
  const tags = [...new Set(rules.flatMap(({ source }) => source.opaque))];
  return tags.length === 0 ? '' : `, for the service tag ${listText(tags)}, whose addresses are not known without --service-tags`;
}

function listText(texts: readonly string[]): string {
  const more = texts.length - MOST_RULES;
  return more > 0 ? `${texts.slice(0, MOST_RULES).join(', ')} and ${more} more` : texts.join(', ');
}
