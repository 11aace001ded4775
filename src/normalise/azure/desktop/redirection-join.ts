import { normaliseId, sameResource } from '../../../lib/azure-id.ts';
import { type Fact, factId } from '../../../model/fact.ts';
import { AZURE_HOST_POOL_REDIRECTION } from '../../../model/facts/azure-desktop-more.ts';
import { MACHINE_ID } from '../../../model/facts/windows-machine-id.ts';
import { type Json, member } from '../../../model/json.ts';
import type { Join, JoinEstate } from '../../../model/normalise.ts';
import { booleanAt, factsByHost, isPlaceholder } from '../../rds/join-parts.ts';
import { both } from '../../rds/redirection-join.ts';
import { settle } from '../../windows/certificates/draft.ts';
import { ownerIdOfChild } from '../coverage.ts';
import { indexByMachine, machineHosts } from '../identity.ts';
import { anyOf } from '../values.ts';

const POOL = 'azure.hostPool';
const SESSION_HOST = 'azure.sessionHost';
const REDIRECTION = 'windows.redirection';

/** Setting of windows.redirection, and the RDP property of a pool for the same devices. */
const DEVICES = {
  drives: 'drivestoredirect',
  clipboard: 'redirectclipboard',
  comPorts: 'redirectcomports',
  plugAndPlay: 'devicestoredirect',
} as const;
type Device = keyof typeof DEVICES;
const RISKY: readonly Device[] = ['drives', 'comPorts', 'plugAndPlay'];

/**
 * A pool's RDP properties and its hosts' policies are one gate after the other: what either closes is closed. Pools without a
 * session host that was looked at are judged by their properties alone, elsewhere.
 *
 * https://learn.microsoft.com/azure/virtual-desktop/redirection-remote-desktop-protocol
 */
export const HOST_POOL_JOIN: Join = {
  kinds: [POOL, SESSION_HOST, REDIRECTION, MACHINE_ID.kind],
  makes: [AZURE_HOST_POOL_REDIRECTION.kind],
  join: (facts, estate) => {
    const policies = factsByHost(facts, REDIRECTION);
    const hosts = hostsByMember(facts, estate);
    return facts.flatMap((pool) => (pool.kind === POOL && !isPlaceholder(pool) ? poolFact(pool, membersOf(pool, facts), hosts, policies.find) : []));
  },
};

/** Session hosts of the service, and the hosts of the estate that they are. */
function hostsByMember(facts: readonly Fact[], estate: JoinEstate): ReadonlyMap<Fact, string> {
  const members = facts.filter((fact) => fact.kind === SESSION_HOST && !isPlaceholder(fact));
  const index = indexByMachine(members, ({ data }) => ({ id: textOf(data['machineId']), vmId: textOf(data['vmId']) }));
  return new Map(machineHosts(facts, estate).flatMap((host) => index.of(host).map((found): [Fact, string] => [found, host.name])));
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function membersOf(pool: Fact, facts: readonly Fact[]): Fact[] {
  const id = idOf(pool);
  return facts.filter((fact) => {
    const own = fact.kind === SESSION_HOST && fact.target === pool.target && !isPlaceholder(fact) ? idOf(fact) : null;
    return id !== null && own !== null && sameResource(ownerIdOfChild(own), id);
  });
}

function idOf({ origin }: Fact): string | null {
  return origin.at === 'document' && origin.resourceId !== undefined ? normaliseId(origin.resourceId) : null;
}

function poolFact(pool: Fact, members: readonly Fact[], hosts: ReadonlyMap<Fact, string>, policyOf: (host: string) => Fact | undefined): Fact[] {
  const seen = members.flatMap((host) => hosts.get(host) ?? []).filter((name) => policyOf(name) !== undefined);
  if (seen.length === 0) return [];
  const unseen = members.filter((host) => policyOf(hosts.get(host) ?? '') === undefined).map(({ data }) => String(data['name']));
  const reaches = (device: Device): boolean | null => {
    const offered = offers(member(pool.data['rdp'], DEVICES[device]));
    const answers = [...seen.map((name) => booleanAt(policyOf(name), device)), ...unseen.map(() => null)];
    return both(offered, anyOf(answers));
  };
  const devices = { drives: reaches('drives'), clipboard: reaches('clipboard'), comPorts: reaches('comPorts'), plugAndPlay: reaches('plugAndPlay') };
  const { data, unknown } = settle({
    name: pool.data['name'],
    resourceGroup: pool.data['resourceGroup'] ?? null,
    hosts: seen.toSorted(),
    unseen: unseen.toSorted(),
    ...Object.fromEntries(Object.entries(devices).map(([device, value]) => [device, value ?? undefined])),
    risky: RISKY.filter((device) => devices[device] === true).map((device) => DEVICES[device]),
  });
  const { kind } = AZURE_HOST_POOL_REDIRECTION;
  const place = pool.origin.at === 'document' ? pool.origin.members?.['/customRdpProperty'] : undefined;
  const origin = pool.origin.at !== 'document' ? pool.origin : { ...pool.origin, members: place === undefined ? {} : { '/risky': place } };
  return [{ ...pool, kind, id: factId(pool.target, kind, idOf(pool) ?? pool.id), data, unknown, origin }];
}

/** `''` and 0 offer nothing. */
function offers(value: Json | undefined): boolean | null {
  if (typeof value === 'number') return value !== 0;
  return typeof value === 'string' ? value.trim() !== '' : null;
}
