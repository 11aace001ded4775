import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Area } from '../../../src/model/setting.ts';
import type { Section } from '../../../src/model/snapshot.ts';
import { layDeclared, stateOf } from '../../../src/normalise/settings/index.ts';
import { CATALOGUE, declaredOf, deepFreeze, keys, ok, rows, snapshotOf, targetOf } from './support.ts';

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
    switched: {
      title: 'List with a switch',
      value: { type: 'array', items: { type: 'string' } },
      list: true,
      read: [
        { source: 'gpo', registry: KEY, name: 'Switched', numbered: true, switched: true, written: true },
        { source: 'default', value: ['*'] },
      ],
      gpo: { path: 'Computer Configuration\\Policies\\Thing' },
      write: [{ registryList: { key: KEY, name: 'Switched', data: '{raw}', switched: true } }],
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
    only: {
      title: 'A value that Group Policy writes where everybody does',
      value: { type: 'integer' },
      read: [
        { source: 'local', registry: 'HKLM\\SYSTEM\\Contoso', name: 'Only', written: true },
        { source: 'default', value: 0 },
      ],
      gpo: { path: 'Computer Configuration\\Policies\\Thing' },
      write: [{ registry: { key: 'HKLM\\SYSTEM\\Contoso', name: 'Only', type: 'DWord', data: '{raw}' } }],
      risk: 'safe',
      needs: [],
    },
  },
};

const GPO = 'CN={00000000-0000-0000-0000-000000000000},CN=Policies,CN=System,DC=contoso,DC=com';
const other: JsonObject = { registryKey: 'Software\\Policies\\Other', valueName: 'x', precedence: 1 };
const level: JsonObject = { registryKey: 'software\\policies\\contoso', valueName: 'LEVEL', precedence: 1 };

function laid(setting: string, value: number | string[], rsop: Section | undefined): { state: string; source: string | null; after: string; codes: string[] } {
  const registry = keys({ [KEY]: ok({ Level: 1, Fixed: 1, Switched: 0 }), [`${KEY}\\List`]: ok({ 1: 'a' }), 'HKLM\\SOFTWARE\\Contoso': { status: 'absent' } });
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

  it('knows a list that is turned off by its switch', () => {
    expect(laid('switched', ['b'], rows(other))).toEqual(ours);
    expect(laid('switched', ['b'], rows(other, { registryKey: 'SOFTWARE\\Policies\\Contoso', valueName: 'Switched', precedence: 1 }))).toEqual(owned);
  });

  it('says nothing of a policy value that no writer of ours writes: it holds, whoever put it there', () => {
    expect(laid('fixed', 2, rows(other))).toEqual(owned);
  });
});

it('names the object that set the policy value, though a writer would change another', () => {
  const snapshot = snapshotOf({
    registry: keys({ [KEY]: ok({ Fixed: 1 }) }),
    RSOP_RegistryPolicySetting: rows({ registryKey: 'Software\\Policies\\Contoso', valueName: 'Fixed', precedence: 1, GPOID: GPO }),
    RSOP_GPO: rows({ id: GPO, name: 'RDSH baseline' }),
  });
  const { reading } = stateOf(declaredOf(['thing', 'fixed'], 2), snapshot, [AREA], targetOf(snapshot));
  expect(reading).toMatchObject({ value: 1, source: 'gpo', owner: 'gpo', gpo: 'RDSH baseline {00000000-0000-0000-0000-000000000000}' });
});

describe('a value that has no policy key of its own', () => {
  const SYSTEM = 'HKLM\\SYSTEM\\Contoso';
  const only: JsonObject = { registryKey: 'System\\contoso', valueName: 'only', precedence: 1, GPOID: GPO };
  const option: JsonObject = { Path: 'MACHINE\\System\\Contoso\\ONLY', Type: 4, Data: '1', precedence: 1, GPOID: GPO };
  const declared = declaredOf(['thing', 'only'], 2);

  function reading(registry: JsonObject, tables: Readonly<Record<string, Section>>): { before: object; after: object; hints: string[] } {
    const snapshot = deepFreeze(snapshotOf({ registry: keys(registry), ...tables }));
    const target = targetOf(snapshot);
    const shown = ({ state, reading: found }: ReturnType<typeof stateOf>): object => ({
      state,
      value: found?.value ?? null,
      source: found?.source ?? null,
      gpo: found?.gpo ?? null,
    });
    const laidOver = layDeclared(snapshot, [declared], [AREA], { target, pushed: [] });
    return {
      before: shown(stateOf(declared, snapshot, [AREA], target)),
      after: shown(stateOf(declared, laidOver.snapshot, [AREA], target)),
      hints: laidOver.problems.map(({ code, hint }) => `${code} ${hint}`),
    };
  }

  const NAME = '{00000000-0000-0000-0000-000000000000}';
  const hints = [`declared.owned-by-gpo Change 'Computer Configuration\\Policies\\Thing' in the Group Policy object '${NAME}'.`];
  const held = { state: 'owned-by-gpo', value: 1, source: 'gpo', gpo: NAME };
  const ours = { state: 'differs', value: 1, source: 'local', gpo: null };

  it.each<[string, Readonly<Record<string, Section>>]>([
    ['as a registry policy', { RSOP_RegistryPolicySetting: rows(other, only) }],
    ['as a security option', { RSOP_RegistryValue: rows(option) }],
    ['as a security option, though the other table was denied', { RSOP_RegistryPolicySetting: { status: 'denied' }, RSOP_RegistryValue: rows(option) }],
    ['by two, of which the first wins', { RSOP_RegistryPolicySetting: rows({ ...only, precedence: 2, GPOID: 'LocalGPO' }, only) }],
  ])('stays what Group Policy made it: %s', (_name, tables) => {
    expect(reading({ [SYSTEM]: ok({ Only: 1 }) }, tables)).toEqual({ before: held, after: held, hints });
  });

  it.each<[string, Readonly<Record<string, Section>>]>([
    ['nobody collected it', {}],
    ['no policy has it', { RSOP_RegistryPolicySetting: rows(other), RSOP_RegistryValue: rows({ ...option, Path: 'MACHINE\\System\\Contoso\\Other' }) }],
    ['a policy takes it away', { RSOP_RegistryPolicySetting: rows({ ...only, deleted: true }) }],
    ['rows that name no path', { RSOP_RegistryValue: rows({ ...option, Path: null }, option) }],
  ])('is ours otherwise: %s', (_name, tables) => {
    expect(reading({ [SYSTEM]: ok({ Only: 1 }) }, tables)).toMatchObject({ before: ours, after: { state: 'equal', source: 'local' }, hints: [] });
  });

  it('is owned though it is not there, or could not be read', () => {
    const tables = { RSOP_RegistryValue: rows(option) };
    expect(reading({ [SYSTEM]: ok({}) }, tables)).toMatchObject({ before: { state: 'owned-by-gpo' }, after: { state: 'owned-by-gpo', value: 0 }, hints });
    expect(reading({ [SYSTEM]: { status: 'denied' } }, tables)).toMatchObject({ before: { state: 'unknown' }, after: { state: 'unknown' }, hints });
  });

  it.each<[string, Section, string]>([
    ['by its name and its GUID', rows({ id: `CN=${NAME},CN=Policies,CN=System,DC=contoso,DC=com`, name: 'RDSH baseline' }), `RDSH baseline ${NAME}`],
    ['by its GUID, where no name is known', rows({ id: 'LocalGPO', name: 'Local Group Policy' }, { id: GPO, name: null }), NAME],
    ['by its GUID, where the name is the GUID', rows({ id: GPO, name: NAME.toUpperCase() }), NAME],
    ['by its GUID, where two rows name it differently', rows({ id: GPO, name: 'One' }, { id: GPO, name: 'Other' }, { id: GPO, name: 'Other' }), NAME],
    ['by its GUID, where the names were denied', { status: 'denied' }, NAME],
    ['by no more than a hundred characters of its name', rows({ id: GPO, name: 'x'.repeat(5000) }), `${'x'.repeat(100)} ${NAME}`],
  ])('names the object that owns it: %s', (_name, objects, expected) => {
    const tables = { RSOP_RegistryValue: rows(option), RSOP_GPO: objects };
    expect(reading({ [SYSTEM]: ok({ Only: 1 }) }, tables).before).toEqual({ ...held, gpo: expected });
  });

  it('names the local policy as it is, and none where no object is named', () => {
    const by = (GPOID: string | null): string[] => reading({ [SYSTEM]: ok({ Only: 1 }) }, { RSOP_RegistryValue: rows({ ...option, GPOID }) }).hints;
    expect(by('LocalGPO')[0]).toContain("in the Group Policy object 'LocalGPO'.");
    expect(by(null)[0]).toMatch(/ in Group Policy\.$/);
  });

  it.each([
    ['authentication/encryptionOracle', 'vulnerable', 'mitigated'],
    ['authentication/lmCompatibilityLevel', 1, 5],
  ] as const)('%s', (path, has, wanted) => {
    const oracle = 'SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System\\CredSSP\\Parameters';
    const lsa = 'SYSTEM\\CurrentControlSet\\Control\\Lsa';
    const snapshot = deepFreeze(
      snapshotOf({
        registry: keys({ [`HKLM\\${oracle}`]: ok({ AllowEncryptionOracle: 2 }), [`HKLM\\${lsa}`]: ok({ LmCompatibilityLevel: 1 }) }),
        RSOP_RegistryPolicySetting: rows({ registryKey: oracle, valueName: 'AllowEncryptionOracle', precedence: 1, GPOID: GPO }),
        RSOP_RegistryValue: rows({ ...option, Path: `MACHINE\\${lsa}\\LmCompatibilityLevel` }),
      }),
    );
    const target = targetOf(snapshot);
    const wish = declaredOf(path.split('/'), wanted);
    const over = layDeclared(snapshot, [wish], CATALOGUE, { target, pushed: [] });
    expect(stateOf(wish, over.snapshot, CATALOGUE, target)).toMatchObject({ state: 'owned-by-gpo', reading: { value: has, source: 'gpo', gpo: NAME } });
    expect(over.problems).toHaveLength(1);
  });
});
