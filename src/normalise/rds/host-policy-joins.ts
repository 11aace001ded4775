import type { Fact } from '../../model/fact.ts';
import { COLLECTION_DEVICES } from '../../model/facts/rds-collection-devices.ts';
import { SESSION_DIRECTORY_CONFLICT, type SessionDirectoryConflict } from '../../model/facts/rds-session-directory.ts';
import { type CollectionTemporaryFolders, TEMPORARY_FOLDERS } from '../../model/facts/rds-temporary-folders.ts';
import type { Join } from '../../model/normalise.ts';
import { type Pointer, pointerOf } from '../../model/pointer.ts';
import type { HostIndex } from './host-names.ts';
import { booleanAt, factsByHost, hostOf, isPlaceholder, joinedFact, namesAt, textAt, unreadJoin } from './join-parts.ts';

/** Temporary folders: the collection's own setting, and what counts on each of its hosts. */
export const TEMPORARY_FOLDERS_JOIN: Join = {
  kinds: ['rds.collection', 'windows.temporaryFolders'],
  makes: [TEMPORARY_FOLDERS.kind],
  join: (facts) => {
    const policies = factsByHost(facts, 'windows.temporaryFolders');
    return facts.filter((fact) => fact.kind === 'rds.collection').map((fact) => foldersOf(fact, policies));
  },
};

function foldersOf(fact: Fact, policies: HostIndex<Fact>): Fact {
  const collection = textAt(fact, 'collection');
  if (isPlaceholder(fact) || collection === null) return unreadJoin(TEMPORARY_FOLDERS.kind, fact);
  const names = namesAt(fact, 'hosts');
  const deletedOnExit = booleanAt(fact, 'temporaryFoldersDeleted');
  const hosts = (names ?? []).map((host) => ({
    host,
    deletedOnExit: booleanAt(policies.find(host), 'deletedOnExit'),
    perSession: booleanAt(policies.find(host), 'perSession'),
  }));
  const unknown: Pointer[] = [];
  if (deletedOnExit === null) unknown.push('/deletedOnExit');
  if (names === null) unknown.push('/hosts');
  for (const [index, host] of hosts.entries()) {
    if (host.deletedOnExit === null) unknown.push(`/hosts/${index}/deletedOnExit`);
    if (host.perSession === null) unknown.push(`/hosts/${index}/perSession`);
  }
  const data: CollectionTemporaryFolders = {
    host: hostOf(fact),
    collection,
    deletedOnExit,
    hosts: names === null ? null : hosts,
  };
  return joinedFact({
    kind: TEMPORARY_FOLDERS.kind,
    of: fact,
    instance: [collection],
    name: collection,
    data,
    unknown,
    origin: {
      at: 'setting',
      members: {
        '/deletedOnExit': pointerOf(['collections', collection, 'temporaryFoldersDeleted']),
      },
    },
  });
}

/** Setting of windows.sessionDirectory to the registry value behind it. */
const BROKER_POLICIES: Readonly<Record<string, string>> = {
  join: 'SessionDirectoryActive',
  server: 'SessionDirectoryLocation',
  farm: 'SessionDirectoryClusterName',
  exposeAddress: 'SessionDirectoryExposeServerIP',
  loadBalancing: 'ParticipateInLoadBalancing',
};

/** Session hosts of a deployment on which broker policies are set as well. */
export const SESSION_DIRECTORY_JOIN: Join = {
  kinds: [COLLECTION_DEVICES.kind, 'windows.sessionDirectory'],
  makes: [SESSION_DIRECTORY_CONFLICT.kind],
  join: (facts) => {
    const policies = factsByHost(facts, 'windows.sessionDirectory');
    return facts.filter((fact) => fact.kind === COLLECTION_DEVICES.kind).flatMap((fact) => conflictsOf(fact, policies));
  },
};

function conflictsOf(fact: Fact, policies: HostIndex<Fact>): Fact[] {
  const collection = textAt(fact, 'collection');
  if (isPlaceholder(fact) || collection === null) return [unreadJoin(SESSION_DIRECTORY_CONFLICT.kind, fact)];
  const hosts = namesAt(fact, 'hosts');
  if (hosts === null) return [unreadJoin(SESSION_DIRECTORY_CONFLICT.kind, fact, collection)];
  return hosts.map((host) => conflictOf(fact, collection, host, policies.find(host)));
}

function conflictOf(fact: Fact, collection: string, host: string, policy: Fact | undefined): Fact {
  const unread = policy === undefined || isPlaceholder(policy);
  const found = unread ? { policies: [], unknown: ['/policies'] } : setPolicies(policy);
  const data: SessionDirectoryConflict = {
    host: policy === undefined ? host : hostOf(policy),
    broker: hostOf(fact),
    collection,
    policies: unread ? null : found.policies.map((name) => name ?? ''),
  };
  return joinedFact({
    kind: SESSION_DIRECTORY_CONFLICT.kind,
    of: policy ?? fact,
    instance: [hostOf(fact), collection, host],
    name: `${collection} on ${data.host}`,
    data,
    unknown: found.unknown,
    origin: { at: 'setting', members: { '/policies': '/sessionDirectory' } },
  });
}

/** The values that are set; one that could not be read is there as null and named in `unknown`. */
function setPolicies(policy: Fact): { policies: (string | null)[]; unknown: Pointer[] } {
  const policies: (string | null)[] = [];
  const unknown: Pointer[] = [];
  for (const [setting, registry] of Object.entries(BROKER_POLICIES)) {
    const value = textAt(policy, setting);
    if (value === null) {
      unknown.push(`/policies/${policies.length}`);
      policies.push(null);
    } else if (value !== '' && value !== 'not-configured') policies.push(registry);
  }
  return { policies, unknown };
}
