import { pathOfSetting, placeholdersOfArea } from '../../lib/settings.ts';
import type { Fact } from '../../model/fact.ts';
import { ODD_HOST, type OddHost } from '../../model/facts/rds-odd-host.ts';
import type { Json } from '../../model/json.ts';
import type { Join } from '../../model/normalise.ts';
import { pointerOf } from '../../model/pointer.ts';
import type { Area } from '../../model/setting.ts';
import { type HostIndex, indexByHost } from './host-names.ts';
import { hostOf, isKnown, isPlaceholder, joinedFact, namesAt, textAt, unreadJoin } from './join-parts.ts';

/**
 * Kinds of settings in which hosts of one collection should be alike. What names the host itself (certificates, adapters), what
 * it is in at the moment (drain mode) and long tables (rules, services) are left out.
 */
const KINDS = [
  'windows.accounts',
  'windows.auditPolicy',
  'windows.authentication',
  'windows.credentialDelegation',
  'windows.credentialProtection',
  'windows.deviceInstall',
  'windows.display',
  'windows.firewallProfile',
  'windows.fips',
  'windows.licensing',
  'windows.listenerStart',
  'windows.ntlm',
  'windows.printRpc',
  'windows.printerRedirection',
  'windows.printing',
  'windows.rdpListener',
  'windows.redirection',
  'windows.remoteAssistance',
  'windows.remoteDesktop',
  'windows.schannelProtocol',
  'windows.sessionDirectory',
  'windows.shadowing',
  'windows.temporaryFolders',
  'windows.usbRedirection',
  'windows.userRights',
] as const;

const LEFT_OUT = new Set(['remoteDesktop/drainMode', 'remoteDesktop/logons']);
/** Fewer others are no majority. */
const FEWEST_PEERS = 2;

/** Values of one host: setting path to its value as text; a setting that could not be read is not among them. */
type Values = ReadonlyMap<string, string>;

/** Collection × session host: in what does one host differ from all the others? */
export const ODD_HOST_JOIN: Join = {
  kinds: ['rds.collection', ...KINDS],
  makes: [ODD_HOST.kind],
  join: (facts, _estate, context) => {
    const areas = new Map(context.catalogue.map((area) => [area.kind, area]));
    const byHost = Map.groupBy(
      facts.filter((fact) => fact.kind !== 'rds.collection' && !isPlaceholder(fact)),
      (fact) => fact.target,
    );
    const hosts = indexByHost([...byHost.values()], (own) => (own[0] === undefined ? '' : hostOf(own[0])));
    const cache = new Map<readonly Fact[], Values>();
    const read = (own: readonly Fact[]): Values => {
      const values = cache.get(own) ?? new Map(own.flatMap((fact) => valuesOf(fact, areas.get(fact.kind))));
      cache.set(own, values);
      return values;
    };
    return facts.filter((fact) => fact.kind === 'rds.collection').flatMap((fact) => ofCollection(fact, hosts, read));
  },
};

function ofCollection(fact: Fact, index: HostIndex<Fact[]>, read: (own: readonly Fact[]) => Values): Fact[] {
  const collection = textAt(fact, 'collection');
  const names = isPlaceholder(fact) || collection === null ? null : namesAt(fact, 'hosts');
  if (collection === null || names === null) return [unreadJoin(ODD_HOST.kind, fact)];
  if (names.length <= FEWEST_PEERS) return [];
  const hosts = names.map((name) => {
    const own = index.find(name);
    return { name, own, values: own === undefined ? new Map<string, string>() : read(own) };
  });
  const settings = new Map<string, Setting>();
  for (const { values } of hosts) {
    for (const [path, value] of values) {
      const setting = settings.get(path) ?? { counts: new Map<string, number>(), known: 0 };
      setting.counts.set(value, (setting.counts.get(value) ?? 0) + 1);
      setting.known++;
      settings.set(path, setting);
    }
  }
  return hosts.flatMap(({ name, own, values }) => ofHost({ fact, collection, name, of: own?.[0], values, settings, hosts: hosts.length }));
}

interface Setting {
  /** How many hosts have each value. */
  readonly counts: Map<string, number>;
  known: number;
}

interface Place {
  readonly fact: Fact;
  readonly collection: string;
  readonly name: string;
  readonly of: Fact | undefined;
  readonly values: Values;
  readonly settings: ReadonlyMap<string, Setting>;
  readonly hosts: number;
}

/** One fact for each setting in which it differs for certain, and one for all the rest. */
function ofHost(place: Place): Fact[] {
  const found: Fact[] = [];
  // A host of which nothing was read may differ in anything.
  let rest: boolean | null = place.values.size === 0 ? null : false;
  for (const [path, setting] of place.settings) {
    const value = place.values.get(path);
    const judged = judge(value, setting, place.hosts);
    if (judged.odd === null) rest = null;
    if (judged.odd === true && value !== undefined) found.push(oddFact(place, path, true, value, judged.peersValue, setting.known - 1));
  }
  return [...found, oddFact(place, '*', rest, '', '', 0)];
}

interface Judgement {
  readonly odd: boolean | null;
  readonly peersValue: string;
}

/** Odd: all others that exist agree on another value, and were read. `value` is undefined for a host that could not be read itself. */
export function judge(value: string | undefined, { counts, known }: Setting, hosts: number): Judgement {
  const others = [...counts].filter(([other, count]) => (other === value ? count > 1 : count > 0));
  const [only] = others;
  // Others that differ among themselves, or one that has the same value: nobody is alone.
  if (others.length !== 1 || only === undefined) return { odd: others.length === 0 ? null : false, peersValue: '' };
  const [peersValue, peers] = only;
  if (value === undefined) return { odd: hosts - 1 >= FEWEST_PEERS ? null : false, peersValue: '' };
  if (peersValue === value) return { odd: false, peersValue };
  if (known < hosts) return { odd: null, peersValue: '' };
  return { odd: peers >= FEWEST_PEERS, peersValue };
}

function oddFact(place: Place, path: string, odd: boolean | null, value: string, peersValue: string, peers: number): Fact {
  const { fact, collection, name, of } = place;
  const data: OddHost = { host: of === undefined ? name : hostOf(of), broker: hostOf(fact), collection, setting: path, odd, value, peersValue, peers };
  return joinedFact({
    kind: ODD_HOST.kind,
    of: of ?? fact,
    instance: [data.broker, collection, name, path],
    name: path === '*' ? `${data.host} in ${collection}` : `${data.host} in ${collection}: ${path}`,
    data,
    unknown: odd === null ? ['/odd'] : [],
    ...(path === '*' ? {} : { origin: { at: 'setting', members: { '/odd': pointerOf(path.split('/')) } } }),
  });
}

/** The settings of a fact, by their path. */
function valuesOf(fact: Fact, area: Area | undefined): (readonly [string, string])[] {
  if (area === undefined) return [];
  const names: Record<string, string> = {};
  for (const placeholder of placeholdersOfArea(area)) names[placeholder] = textAt(fact, placeholder) ?? '';
  return Object.entries(area.settings).flatMap(([name, setting]) => {
    const path = pathOfSetting(area, names, name).join('/');
    const value = Object.hasOwn(fact.data, name) ? fact.data[name] : undefined;
    if (value === undefined || LEFT_OUT.has(path) || !isKnown(fact, pointerOf([name]))) return [];
    return [[path, textOf(value, setting.list === true || setting.flags !== undefined)] as const];
  });
}

/** Lists are sets here: rights and flags have no order. */
function textOf(value: Json, isSet: boolean): string {
  return isSet && Array.isArray(value)
    ? `[${value
        .map((item) => JSON.stringify(item))
        .toSorted()
        .join(',')}]`
    : JSON.stringify(value);
}
