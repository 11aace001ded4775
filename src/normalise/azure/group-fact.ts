import type { Fact } from '../../model/fact.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import type { Target } from '../../model/target.ts';
import { type Attachment, saysAttached } from './attachment.ts';
import { ANY_DESTINATION } from './destination.ts';
import { atLeast, type Exposure, exposureData, exposureOf, type Opener, rank, widest } from './exposure.ts';
import { makeFact, type Member } from './fact.ts';
import type { Network } from './network.ts';
import { resourceGroupOf } from './resources.ts';
import { type Rule, TCP, UDP } from './rule.ts';
import { sideText } from './side.ts';
import { reachesOf, type SecurityGroup } from './security-group.ts';
import { shadowedRules } from './shadow.ts';

export const RDP_PORT = 3389;
/** UDP 3389 is RDP's own; 3390 is Shortpath for managed networks on session hosts. */
export const RDP_UDP_PORTS: readonly number[] = [3389, 3390];
/** RPC, NetBIOS, SMB, WinRM, connection broker, SQL Server, WinRM compatibility. */
export const MANAGEMENT_PORTS: readonly number[] = [135, 139, 445, 1433, 5504, 5985, 5986, 47001];

const GROUP_KIND = 'azure.networkSecurityGroup';

/** What one group lets in by itself, whatever it is attached to. */
export function groupFact(target: Target, network: Network, group: SecurityGroup, attachment: Attachment | undefined): Fact {
  const unknown: Pointer[] = [];
  const members: Member[] = [];
  const destination = attachment?.destination ?? ANY_DESTINATION;
  const spaces = attachment?.spaces ?? network.unknownSpaces;
  const at = (protocol: number, port: number): Exposure => exposureOf(spaces, reachesOf(group, spaces, protocol, port, destination));
  const dataOf = (exposure: Exposure, pointer: Pointer): JsonObject =>
    exposureData(
      exposure,
      pointer,
      unknown,
      openerData(exposure.openedBy, `${pointer}/openedBy`, () => group, members),
    );
  const data: JsonObject = {
    name: group.resource.name,
    resourceGroup: resourceGroupOf(group.resource),
    attached: attachment !== undefined || saysAttached(group) ? 'attached' : network.resources.inventory.complete ? 'unattached' : 'not-in-input',
    attachedTo: [...(attachment?.names ?? [])],
    rdpTcp: dataOf(at(TCP, RDP_PORT), '/rdpTcp'),
    rdpUdp: dataOf(widest(RDP_UDP_PORTS.map((port) => at(UDP, port))), '/rdpUdp'),
    management: managementData(
      MANAGEMENT_PORTS.map((port) => at(TCP, port)),
      '/management',
      unknown,
      (openers) => openerData(openers, '/management/openedBy', () => group, members),
    ),
    networkTagMayBeAny: spaces.tagMayBeInternet,
    ...hygiene(group, members, unknown),
  };
  return makeFact(target, {
    kind: GROUP_KIND,
    name: group.resource.name,
    resource: group.resource,
    data,
    unknown,
    because: spaces.view.unseenRoutes,
    members,
  });
}

/** Openers as data, each with the place of its rule. */
export function openerData(openers: readonly Opener[], at: Pointer, groupOf: (rule: Rule) => SecurityGroup | undefined, members: Member[]): JsonObject[] {
  const exposure = at.slice(0, at.lastIndexOf('/'));
  const worst = openers.reduce<Opener | undefined>((a, b) => (a === undefined || rank(b.width) > rank(a.width) ? b : a), undefined);
  const shown = worst === undefined ? undefined : groupOf(worst.rule);
  // A finding about how wide the port is open stands at the rule that opens it widest.
  if (worst !== undefined && shown !== undefined) {
    for (const name of ['internet', 'addresses', 'sites', 'cloudWide'])
      members.push({
        at: `${exposure}/${name}`,
        resource: shown.resource,
        pointer: worst.rule.pointer,
      });
  }
  return openers.map((opener, index) => {
    const group = groupOf(opener.rule);
    if (group !== undefined)
      members.push({
        at: `${at}/${index}`,
        resource: group.resource,
        pointer: opener.rule.pointer,
      });
    return {
      networkSecurityGroup: group?.resource.name ?? null,
      resourceGroup: group === undefined ? null : resourceGroupOf(group.resource),
      rule: opener.rule.name,
      priority: opener.rule.priority,
      source: sideText(opener.rule.source),
      form: opener.rule.form,
      from: opener.width,
      certain: opener.certain,
    };
  });
}

/** The management ports in one: certainly open to the Internet, and through what. */
export function managementData(
  exposures: readonly Exposure[],
  at: Pointer,
  unknown: Pointer[],
  openers: (openers: readonly Opener[]) => readonly JsonObject[],
  ports: readonly number[] = MANAGEMENT_PORTS,
): JsonObject {
  const open = exposures.map((exposure) => atLeast(exposure, 'internet'));
  const internet = open.includes(true) ? true : open.includes(null) ? null : false;
  if (internet === null) unknown.push(`${at}/internet`);
  const exposed = widest(exposures.filter((_, index) => open[index] !== false));
  return {
    internet,
    ports: ports.filter((_, index) => open[index] === true).join(', '),
    openedBy: openers(exposed.openedBy),
  };
}

function hygiene(group: SecurityGroup, members: Member[], unknown: Pointer[]): JsonObject {
  const shadowed = group.partial ? [] : shadowedRules(group.rules);
  const [first] = shadowed;
  if (first !== undefined) members.push({ at: '/shadowed', resource: group.resource, pointer: first.rule.pointer });
  for (const [index, { rule }] of shadowed.entries()) members.push({ at: `/shadowed/${index}`, resource: group.resource, pointer: rule.pointer });
  if (group.partial) unknown.push('/shadowed', '/duplicatePriorities', '/malformed');
  const malformed = group.rules.filter((rule) => rule.notes.length > 0);
  return {
    shadowed: group.partial
      ? null
      : shadowed.map(({ rule, by }) => ({
          rule: rule.name,
          priority: rule.priority,
          access: rule.access,
          by: by.map((other) => other.name).join(', '),
        })),
    duplicatePriorities: group.partial ? null : duplicates(group.rules),
    malformed: group.partial ? null : malformed.map((rule) => ({ rule: rule.name, note: [...new Set(rule.notes)].join('; ') })),
  };
}

/** Azure refuses two rules of one direction and priority. */
function duplicates(rules: readonly Rule[]): JsonObject[] {
  const byPriority = new Map<number, Rule[]>();
  const seen = new Set<number>();
  for (const rule of rules) {
    if (rule.priority === null || rule.direction === null) continue;
    const key = rule.direction === 'inbound' ? rule.priority : -rule.priority;
    if (seen.has(key)) byPriority.set(key, []);
    seen.add(key);
  }
  if (byPriority.size === 0) return [];
  for (const rule of rules)
    if (rule.priority !== null && rule.direction !== null) byPriority.get(rule.direction === 'inbound' ? rule.priority : -rule.priority)?.push(rule);
  return [...byPriority.values()].map((list) => ({
    direction: list[0]?.direction ?? null,
    priority: list[0]?.priority ?? null,
    rules: list.map((rule) => rule.name).join(', '),
  }));
}
