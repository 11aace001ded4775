import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Area } from '../../../src/model/setting.ts';
import type { Section } from '../../../src/model/snapshot.ts';
import { layDeclared, stateOf } from '../../../src/normalise/settings/index.ts';
import { declaredOf, deepFreeze, keys, ok, rows, snapshotOf, targetOf } from './support.ts';

const KEY = 'HKLM\\SOFTWARE\\Policies\\Contoso';
const AREA: Area = {
  kind: 'windows.thing',
  target: 'windows-host',
  path: 'thing',
  title: 'Thing',
  settings: {
    level: {
      title: 'Level',
      value: { type: 'integer' },
      read: [
        { source: 'gpo', registry: KEY, name: 'Level', written: true },
        { source: 'default', value: 0 },
      ],
      gpo: { path: 'Computer Configuration\\Policies\\Thing' },
      write: [{ registry: { key: KEY, name: 'Level', type: 'DWord', data: '{raw}' } }],
      risk: 'safe',
      needs: [],
    },
    list: {
      title: 'List',
      value: { type: 'array', items: { type: 'string' } },
      list: true,
      read: [
        { source: 'gpo', registry: KEY, name: 'List', numbered: true, written: true },
        { source: 'default', value: [] },
      ],
      gpo: { path: 'Computer Configuration\\Policies\\Thing' },
      write: [{ registryList: { key: KEY, name: 'List', data: '{raw}' } }],
      risk: 'safe',
      needs: [],
    },
    fixed: {
      title: 'A policy that nothing writes',
      value: { type: 'integer' },
      read: [
        { source: 'gpo', registry: KEY, name: 'Fixed' },
        { source: 'local', registry: 'HKLM\\SOFTWARE\\Contoso', name: 'Fixed', written: true },
        { source: 'default', value: 0 },
      ],
      gpo: { path: 'Computer Configuration\\Policies\\Thing' },
      write: [{ registry: { key: 'HKLM\\SOFTWARE\\Contoso', name: 'Fixed', type: 'DWord', data: '{raw}' } }],
      risk: 'safe',
      needs: [],
    },
  },
};

const other: JsonObject = { registryKey: 'Software\\Policies\\Other', valueName: 'x', precedence: 1 };
const level: JsonObject = { registryKey: 'software\\policies\\contoso', valueName: 'LEVEL', precedence: 1 };

function laid(setting: string, value: number | string[], rsop: Section | undefined): { state: string; source: string | null; after: string; codes: string[] } {
  const registry = keys({ [KEY]: ok({ Level: 1, Fixed: 1 }), [`${KEY}\\List`]: ok({ 1: 'a' }), 'HKLM\\SOFTWARE\\Contoso': { status: 'absent' } });
  const snapshot = deepFreeze(snapshotOf({ registry, ...(rsop === undefined ? {} : { RSOP_RegistryPolicySetting: rsop }) }));
  const declared = declaredOf(['thing', setting], value);
  const target = targetOf(snapshot);
  const before = stateOf(declared, snapshot, [AREA], target);
  const { snapshot: over, problems } = layDeclared(snapshot, [declared], [AREA], { target, pushed: [] });
  return {
    state: before.state,
    source: before.reading?.source ?? null,
    after: stateOf(declared, over, [AREA], target).state,
    codes: problems.map(({ code }) => code),
  };
}

describe('the resultant set of policy', () => {
  const owned = { state: 'owned-by-gpo', source: 'gpo', after: 'owned-by-gpo', codes: ['declared.owned-by-gpo'] };
  const ours = { state: 'differs', source: 'local', after: 'equal', codes: [] };

  it.each<[string, Section | undefined, typeof owned | typeof ours]>([
    ['does not know the value, which a writer put there', rows(other), ours],
    ['knows the value, in any case', rows(other, level), owned],
    ['takes the value away', rows(other, { ...level, deleted: true }), ours],
    ['was not collected', undefined, owned],
    ['could not be read', { status: 'denied' }, owned],
    ['is empty, since its log is turned off', rows(), owned],
    ['has a row that could not be read', rows(other, { valueName: 'x' }), owned],
    ['does not exist', { status: 'absent' }, owned],
  ])('that %s', (_name, rsop, expected) => {
    expect(laid('level', 2, rsop)).toEqual(expected);
  });

  it('knows lists by their key', () => {
    expect(laid('list', ['b'], rows(other))).toEqual(ours);
    expect(laid('list', ['b'], rows(other, { registryKey: 'SOFTWARE\\Policies\\Contoso\\List', valueName: '1' }))).toEqual(owned);
  });

  it('says nothing of a policy value that no writer of ours writes: it holds, whoever put it there', () => {
    expect(laid('fixed', 2, rows(other))).toEqual(owned);
  });
});
