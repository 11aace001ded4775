import { expect, test } from 'vitest';
import { azureInventory } from '../../../src/collect/azure/inventory.ts';
import { SOURCES } from '../../../src/collect/azure/sources.ts';
import { AZURE_KINDS } from '../../../src/model/facts/azure-kinds.ts';
import { UNREAD_KINDS, unreadFacts } from '../../../src/normalise/azure/unread-facts.ts';
import { A } from './lab.ts';

/** Kinds that have one fact for the whole input, which says itself what it does not know. */
const WHOLE = ['azure.networkAlerts', 'azure.validationRing'];

test('of every kind of fact it can be said that there may be more than the input shows', () => {
  const covered = new Set([...Object.values(UNREAD_KINDS).flat(), ...WHOLE]);
  expect(AZURE_KINDS.map(({ kind }) => kind).filter((kind) => !covered.has(kind))).toEqual([]);
  const known = new Set(AZURE_KINDS.map(({ kind }) => kind));
  expect([...covered].filter((kind) => !known.has(kind))).toEqual([]);
});

test('every type that hides facts is one that some source reads', () => {
  const read = new Set([...SOURCES.values()].flatMap(({ types }) => types));
  expect(Object.keys(UNREAD_KINDS).filter((type) => !read.has(type))).toEqual([]);
});

test('a snapshot of nothing is unknown in everything, and no pass', () => {
  const inventory = azureInventory(
    {
      schemaVersion: 1,
      target: { kind: 'azure', name: A },
      collectedAt: '2026-11-01T00:00:00Z',
      cloud: 'public',
      subscription: { displayName: '', state: '', managementGroups: [] },
      identity: '',
      sources: {},
      resources: [],
    },
    'a.json',
  );
  const facts = unreadFacts({ id: `azure:${A}`, kind: 'azure', name: A, group: A, status: 'complete' }, inventory);
  expect(facts.map(({ kind }) => kind)).toEqual([...new Set(Object.values(UNREAD_KINDS).flat())].toSorted());
  for (const { id, unknown } of facts) expect([id.endsWith('/*'), unknown]).toEqual([true, ['']]);
});
