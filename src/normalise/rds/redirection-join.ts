import type { Fact } from '../../model/fact.ts';
import { COLLECTION_DEVICES, COLLECTION_REDIRECTION, type CollectionRedirection } from '../../model/facts/rds-collection-devices.ts';
import type { Join } from '../../model/normalise.ts';
import { type Pointer, pointerOf } from '../../model/pointer.ts';
import type { HostIndex } from './host-names.ts';
import { booleanAt, factsByHost, hostOf, isPlaceholder, joinedFact, namesAt, textAt, unreadJoin } from './join-parts.ts';

/** Setting of windows.redirection to the collection's name for the same devices. */
const DEVICES = {
  drives: 'drives',
  clipboard: 'clipboard',
  comPorts: 'com-ports',
  lptPorts: 'lpt-ports',
  plugAndPlay: 'plug-and-play',
} as const;
type Device = keyof typeof DEVICES;
const RISKY: readonly Device[] = ['drives', 'comPorts', 'lptPorts', 'plugAndPlay'];

/** Both must be true; false decides whatever the other is. */
export function both(a: boolean | null, b: boolean | null): boolean | null {
  if (a === false || b === false) return false;
  return a === null || b === null ? null : true;
}

/** Collection and host policies are one gate after the other: what either closes is closed. */
export const COLLECTION_REDIRECTION_JOIN: Join = {
  kinds: [COLLECTION_DEVICES.kind, 'windows.redirection'],
  makes: [COLLECTION_REDIRECTION.kind],
  join: (facts) => {
    const policies = factsByHost(facts, 'windows.redirection');
    return facts.filter((fact) => fact.kind === COLLECTION_DEVICES.kind).map((fact) => ofCollection(fact, policies));
  },
};

function ofCollection(fact: Fact, policies: HostIndex<Fact>): Fact {
  const collection = textAt(fact, 'collection');
  if (isPlaceholder(fact) || collection === null) return unreadJoin(COLLECTION_REDIRECTION.kind, fact);
  const offered = namesAt(fact, 'devices');
  const hosts = namesAt(fact, 'hosts');
  const reaches = (device: Device): boolean | null =>
    both(offered === null ? null : offered.includes(DEVICES[device]), allowedByHosts(device, hosts, policies));
  const devices = {
    drives: reaches('drives'),
    clipboard: reaches('clipboard'),
    comPorts: reaches('comPorts'),
    lptPorts: reaches('lptPorts'),
    plugAndPlay: reaches('plugAndPlay'),
  };
  const risky = RISKY.filter((device) => devices[device] !== false);
  const data: CollectionRedirection = {
    host: hostOf(fact),
    collection,
    ...devices,
    risky: risky.filter((device) => devices[device] === true).map((device) => DEVICES[device]),
  };
  const unknown: Pointer[] = Object.entries(devices)
    .filter(([, value]) => value === null)
    .map(([device]) => `/${device}`);
  return joinedFact({
    kind: COLLECTION_REDIRECTION.kind,
    of: fact,
    instance: [collection],
    name: collection,
    data,
    unknown,
    origin: {
      at: 'setting',
      members: { '': pointerOf(['collections', collection, 'redirectedDevices']) },
    },
  });
}

/** True when one host lets the devices in, false when every host keeps them out. A collection without hosts keeps nothing out. */
function allowedByHosts(device: Device, hosts: readonly string[] | null, policies: HostIndex<Fact>): boolean | null {
  if (hosts === null) return null;
  if (hosts.length === 0) return true;
  const answers = hosts.map((host) => booleanAt(policies.find(host), device));
  if (answers.includes(true)) return true;
  return answers.includes(null) ? null : false;
}
