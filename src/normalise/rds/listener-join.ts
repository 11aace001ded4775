import type { Fact } from '../../model/fact.ts';
import { COLLECTION_LISTENER, type CollectionListener } from '../../model/facts/rds-collection-listener.ts';
import type { Join } from '../../model/normalise.ts';
import { pointerOf } from '../../model/pointer.ts';
import type { HostIndex } from './host-names.ts';
import { booleanAt, factsByHost, hostOf, isPlaceholder, joinedFact, namesAt, textAt, unreadJoin } from './join-parts.ts';

/** The listener that a collection configures. */
const LISTENER = 'RDP-Tcp';

type Setting = CollectionListener['setting'];

/** From weakest to strongest; what is not in the list cannot be compared. */
const ORDER: Readonly<Record<Setting, readonly string[]>> = {
  userAuthentication: ['not-required', 'required'],
  securityLayer: ['rdp', 'negotiate', 'tls'],
  encryptionLevel: ['low', 'client-compatible', 'high', 'fips'],
};

/** `drift` of a host from its collection; null when one of the two is unknown. */
export function driftOf(setting: Setting, expected: string | null, actual: string | null): CollectionListener['drift'] {
  const order = ORDER[setting];
  const wanted = expected === null ? -1 : order.indexOf(expected);
  const has = actual === null ? -1 : order.indexOf(actual);
  if (wanted < 0 || has < 0) return null;
  return has === wanted ? 'none' : has > wanted ? 'stronger' : 'weaker';
}

/** Collection × session host × setting: does the listener do what the collection says? */
export const COLLECTION_LISTENER_JOIN: Join = {
  kinds: ['rds.collection', 'windows.rdpListener'],
  makes: [COLLECTION_LISTENER.kind],
  join: (facts) => {
    const listeners = factsByHost(
      facts.filter((fact) => isPlaceholder(fact) || (textAt(fact, 'listener') ?? '').toLowerCase() === LISTENER.toLowerCase()),
      'windows.rdpListener',
    );
    return facts.filter((fact) => fact.kind === 'rds.collection').flatMap((fact) => ofCollection(fact, listeners));
  },
};

function ofCollection(collection: Fact, listeners: HostIndex<Fact>): Fact[] {
  const name = textAt(collection, 'collection');
  if (isPlaceholder(collection) || name === null) return [unreadJoin(COLLECTION_LISTENER.kind, collection)];
  const hosts = namesAt(collection, 'hosts');
  if (hosts === null) return [unreadJoin(COLLECTION_LISTENER.kind, collection, name)];
  const expected = expectations(collection);
  return hosts.flatMap((host) => expected.map(([setting, wanted]) => compared({ collection, name, host, setting, wanted, listener: listeners.find(host) })));
}

/** An encryption level of None is one that the broker does not report: nothing to hold a host against. */
function expectations(collection: Fact): (readonly [Setting, string | null])[] {
  const nla = booleanAt(collection, 'authenticateUsingNLA');
  const all: (readonly [Setting, string | null])[] = [
    ['userAuthentication', nla === null ? null : nla ? 'required' : 'not-required'],
    ['securityLayer', textAt(collection, 'securityLayer')],
    ['encryptionLevel', textAt(collection, 'encryptionLevel')],
  ];
  return all.filter(([setting, wanted]) => setting !== 'encryptionLevel' || wanted !== 'none');
}

interface Comparison {
  readonly collection: Fact;
  readonly name: string;
  readonly host: string;
  readonly setting: Setting;
  readonly wanted: string | null;
  readonly listener: Fact | undefined;
}

function compared({ collection, name, host, setting, wanted, listener }: Comparison): Fact {
  const of = listener ?? collection;
  const actual = listener === undefined || isPlaceholder(listener) ? null : textAt(listener, setting);
  const source = listener === undefined || isPlaceholder(listener) ? null : sourceOf(listener, setting);
  const drift = driftOf(setting, wanted, actual);
  const data: CollectionListener = {
    host: listener === undefined ? host : hostOf(listener),
    broker: hostOf(collection),
    collection: name,
    setting,
    expected: wanted,
    actual,
    source,
    drift,
  };
  const unknown = (['expected', 'actual', 'source', 'drift'] as const).filter((member) => data[member] === null).map((member) => `/${member}`);
  return joinedFact({
    kind: COLLECTION_LISTENER.kind,
    of,
    instance: [hostOf(collection), name, host, setting],
    name: `${name} on ${data.host}: ${setting}`,
    data,
    unknown,
    origin: { at: 'setting', members: { '/actual': pointerOf(['rdp', LISTENER, setting]) } },
  });
}

function sourceOf(listener: Fact, setting: Setting): string | null {
  if (listener.unknown.some((pointer) => pointer === '/sources' || pointer === `/sources/${setting}`)) return null;
  const sources = Object.hasOwn(listener.data, 'sources') ? listener.data['sources'] : undefined;
  const source =
    typeof sources === 'object' && sources !== null && !Array.isArray(sources) && Object.hasOwn(sources, setting)
      ? (sources as Readonly<Record<string, unknown>>)[setting]
      : undefined;
  return typeof source === 'string' ? source : null;
}
