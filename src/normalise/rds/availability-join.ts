import type { Fact } from '../../model/fact.ts';
import { COLLECTION_AVAILABILITY, type CollectionAvailability } from '../../model/facts/rds-collection-availability.ts';
import { COLLECTION_DEVICES } from '../../model/facts/rds-collection-devices.ts';
import { SESSION_HOST_STATE } from '../../model/facts/windows-session-host-state.ts';
import type { Join } from '../../model/normalise.ts';
import { type HostIndex, indexByHost } from './host-names.ts';
import { booleanAt, factsByHost, hostOf, isPlaceholder, joinedFact, namesAt, textAt, unreadJoin } from './join-parts.ts';

/**
 * Whether a collection lets anybody in: the broker's word for each host, and the host's own drain mode where it was looked at.
 * The broker's "yes" stands for a host that nobody looked at, since it is the broker that sends people there.
 */
export const COLLECTION_AVAILABILITY_JOIN: Join = {
  kinds: [COLLECTION_DEVICES.kind, 'rds.sessionHost', SESSION_HOST_STATE.kind],
  makes: [COLLECTION_AVAILABILITY.kind],
  join: (facts) => {
    const states = factsByHost(facts, SESSION_HOST_STATE.kind);
    const byBroker = Map.groupBy(
      facts.filter((fact) => fact.kind === 'rds.sessionHost' && !isPlaceholder(fact)),
      (fact) => fact.target,
    );
    return facts
      .filter((fact) => fact.kind === COLLECTION_DEVICES.kind)
      .map((fact) =>
        ofCollection(
          fact,
          indexByHost(byBroker.get(fact.target) ?? [], (host) => textAt(host, 'sessionHost') ?? ''),
          states,
        ),
      );
  },
};

function ofCollection(fact: Fact, broker: HostIndex<Fact>, states: HostIndex<Fact>): Fact {
  const collection = textAt(fact, 'collection');
  if (isPlaceholder(fact) || collection === null) return unreadJoin(COLLECTION_AVAILABILITY.kind, fact);
  const hosts = namesAt(fact, 'hosts');
  const open = (hosts ?? []).map((host) => accepts(textAt(broker.find(host), 'newConnections'), booleanAt(states.find(host), 'acceptsLogons')));
  const accepting = open.filter((answer) => answer === true).length;
  // One host that takes people is enough, whatever the unknown ones do.
  const undecided = hosts === null || (accepting === 0 && open.includes(null));
  const data: CollectionAvailability = {
    host: hostOf(fact),
    collection,
    hosts,
    accepting: undecided ? null : accepting,
    closed: hosts?.filter((_, index) => open[index] === false).map((sessionHost) => ({ sessionHost })) ?? null,
  };
  const unknown = [...(hosts === null ? ['/hosts', '/closed'] : []), ...(undecided ? ['/accepting'] : [])];
  return joinedFact({
    kind: COLLECTION_AVAILABILITY.kind,
    of: fact,
    instance: [collection],
    name: collection,
    data,
    unknown,
  });
}

/** False for a host that is certainly closed. */
export function accepts(broker: string | null, own: boolean | null): boolean | null {
  if (own === false || (broker !== null && broker !== 'allowed')) return false;
  return broker === null ? null : true;
}
