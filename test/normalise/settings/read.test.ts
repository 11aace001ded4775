import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import type { Area, ReadPlace, Setting } from '../../../src/model/setting.ts';
import { type Section, UNREADABLE } from '../../../src/model/snapshot.ts';
import { type Reading, readSetting } from '../../../src/normalise/settings/read.ts';
import { keys, ok, rows, snapshotOf } from './support.ts';

const POLICY = 'HKLM\\SOFTWARE\\Policies\\Contoso';
const LOCAL = 'HKLM\\SYSTEM\\Contoso';
const gpo: ReadPlace = { source: 'gpo', registry: POLICY, name: 'Level' };
const row: ReadPlace = {
  rows: 'levels',
  where: { Name: '{listener}' },
  field: 'Level',
  source: { field: 'PolicySource', map: { 0: 'local', 1: 'gpo', 2: 'default' } },
  effective: true,
};
const local: ReadPlace = { source: 'local', registry: LOCAL, name: 'Level' };
const fallback: ReadPlace = { source: 'default', value: 'low' };

const area: Area = { kind: 'test', target: 'windows-host', path: 'levels/{listener}', title: 'Levels', settings: {} };
const base: Setting = { title: 'Level', value: { enum: ['low', 'high'] }, map: { 0: 'low', 1: 'high' }, read: [], risk: 'safe', needs: [] };

function read(
  places: readonly ReadPlace[],
  sections: Readonly<Record<string, Section>>,
  setting: Partial<Setting> = {},
  listener = 'RDP-Tcp',
): Omit<Reading, 'place' | 'gpo'> {
  const {
    place: _place,
    gpo: _gpo,
    ...reading
  } = readSetting(area, { ...base, ...setting, read: places }, { names: { listener }, row: null }, snapshotOf(sections));
  return reading;
}

const known = (value: Json, source: Reading['source'], owner: Reading['owner'] = 'ours'): object => ({ value, unknown: false, source, owner });
const unknown = (owner: Reading['owner'], source: Reading['source'] = null): object => ({ value: null, unknown: true, source, owner });

const ABSENT = { status: 'absent' };
const DENIED = { status: 'denied' };
const shown = (level: Json, source: Json = 0): Section =>
  rows({ Name: 'Other', Level: 0, PolicySource: 0 }, { Name: 'rdp-tcp', Level: level, PolicySource: source });

describe('precedence', () => {
  const ALL = [gpo, row, local, fallback];
  it.each<readonly [string, JsonObject, Section, object]>([
    ['the policy value wins', { [POLICY]: ok({ Level: 1 }), [LOCAL]: ok({ Level: 0 }) }, shown(0), known('high', 'gpo', 'gpo')],
    ['a policy key without the value does not', { [POLICY]: ok({ Other: 1 }), [LOCAL]: ok({ Level: 0 }) }, shown(1), known('high', 'local')],
    ['the row says that it is a policy', { [POLICY]: ABSENT }, shown(1, 1), known('high', 'gpo', 'gpo')],
    ['the row says that it is the default', { [POLICY]: ABSENT }, shown(1, '2'), known('high', 'default')],
    ['the row does not say whose it is, but no policy has it', { [POLICY]: ABSENT }, shown(1, null), known('high', null)],
    ['the row names no source that is known, but no policy has it', { [POLICY]: ok({}) }, shown(1, 'toString'), known('high', null)],
    ['the row leaves it out', { [POLICY]: ABSENT, [LOCAL]: ok({ Level: 1 }) }, shown(null), known('high', 'local')],
    ['the table does not have the row', { [POLICY]: ABSENT, [LOCAL]: ok({ Level: 1 }) }, rows({ Name: 'Other', Level: 0 }), known('high', 'local')],
    ['the table does not exist', { [POLICY]: ABSENT, [LOCAL]: ok({ level: 1 }) }, { status: 'absent' }, known('high', 'local')],
    ['nothing is set', { [POLICY]: ABSENT, [LOCAL]: ABSENT }, rows(), known('low', 'default')],
    ['what is not below an existing key is not there', { 'HKLM\\SOFTWARE\\Policies': ABSENT, 'HKLM\\SYSTEM': ABSENT }, rows(), known('low', 'default')],
    ['a denied policy key leaves the row, which says whose it is', { [POLICY]: DENIED }, shown(1), known('high', 'local')],
    ['a denied policy key and a row that does not say it', { [POLICY]: DENIED }, shown(1, null), known('high', null, 'unknown')],
    ['a key that is not listed blocks what is below', { [LOCAL]: ok({ Level: 1 }) }, rows(), unknown('unknown')],
    ['a denied policy key blocks the default', { [POLICY]: DENIED, [LOCAL]: ABSENT }, rows(), unknown('unknown')],
    ['a denied table blocks what is below', { [POLICY]: ABSENT, [LOCAL]: ok({ Level: 1 }) }, { status: 'denied' }, unknown('unknown')],
    ['a denied local key blocks the default, but is ours', { [POLICY]: ABSENT, [LOCAL]: DENIED }, rows(), unknown('ours')],
    ['a policy value that nobody understands', { [POLICY]: ok({ Level: 7 }), [LOCAL]: ok({ Level: 1 }) }, shown(1), unknown('gpo', 'gpo')],
    ['a row value that nobody understands is still ours', { [POLICY]: ABSENT }, shown(7), unknown('ours', 'local')],
    ['a row value that could not be read', { [POLICY]: ABSENT, [LOCAL]: ok({ Level: 1 }) }, shown(UNREADABLE), unknown('ours')],
    ['a row value that could not be read, of nobody knows whom', { [POLICY]: ABSENT }, shown(UNREADABLE, null), unknown('unknown')],
    ['a registry value of the wrong type', { [POLICY]: ABSENT, [LOCAL]: ok({ Level: { a: 1 } }) }, rows(), unknown('ours', 'local')],
    ['values that are no object', { [POLICY]: ABSENT, [LOCAL]: { status: 'ok', values: 'x' } }, rows(), known('low', 'default')],
    ['a key that is no object', { [POLICY]: 'ok', [LOCAL]: ok({ Level: 1 }) }, rows(), unknown('unknown')],
  ])('%s', (_name, registry, table, expected) => {
    expect(read(ALL, { registry: keys(registry), levels: table })).toEqual(expected);
  });

  it('has no value where no place has one', () => {
    expect(read([gpo, local], { registry: keys({ [POLICY]: ABSENT, [LOCAL]: ABSENT }) })).toEqual(unknown('ours'));
  });

  it.each<readonly [string, Section | undefined]>([
    ['denied', { status: 'denied' }],
    ['not collected', undefined],
    ['of the wrong shape', { status: 'ok', data: [1] }],
  ])('knows nothing when the registry is %s', (_name, section) => {
    expect(read([gpo, fallback], section === undefined ? {} : { registry: section })).toEqual(unknown('unknown'));
  });

  it('compares registry names and keys without case', () => {
    expect(read([gpo], { registry: keys({ [POLICY.toUpperCase()]: ok({ LEVEL: '1' }) }) })).toEqual(known('high', 'gpo', 'gpo'));
  });

  it('has a default that no page states', () => {
    expect(read([gpo, { source: 'default' }], { registry: keys({ [POLICY]: ABSENT }) })).toEqual(unknown('ours', 'default'));
  });

  it('uses the map of a place', () => {
    expect(read([{ ...gpo, map: { 0: 'high', 1: 'low' } }], { registry: keys({ [POLICY]: ok({ Level: 1 }) }) })).toEqual(known('low', 'gpo', 'gpo'));
  });

  it.each([[2], ['NotConfigured'], [{ value: '2' }]])('asks the next place when one says that nothing is set: %j', (raw: Json) => {
    expect(read([{ ...local, unset: [2, 'NotConfigured'] }, fallback], { registry: keys({ [LOCAL]: ok({ Level: raw }) }) })).toEqual(known('low', 'default'));
  });

  it.each([['a\\..\\Contoso'], ['']])('does not follow the name %j to another key', (listener) => {
    const place = { source: 'local', registry: 'HKLM\\SYSTEM\\{listener}', name: 'Level' } as const;
    expect(read([place], { registry: keys({ 'HKLM\\SYSTEM\\a\\..\\Contoso': ok({ Level: 1 }), 'HKLM\\SYSTEM\\': ok({ Level: 1 }) }) }, {}, listener)).toEqual(
      unknown('ours'),
    );
  });
});

describe('a column that a row lacks', () => {
  const ALL = [gpo, row, local, fallback];
  const lacking = (more: JsonObject = {}): Section => rows({ Name: 'RDP-Tcp', ...more });
  it.each<readonly [string, JsonObject, Section, object]>([
    ['is unread, not absent', { [POLICY]: ABSENT, [LOCAL]: ABSENT }, lacking({ PolicySource: 0 }), unknown('ours')],
    ['blocks what is below', { [POLICY]: ABSENT, [LOCAL]: ok({ Level: 1 }) }, lacking({ PolicySource: 0 }), unknown('ours')],
    ['is nobody knows whose', { [POLICY]: ABSENT, [LOCAL]: ABSENT }, lacking(), unknown('unknown')],
    ['may be Group Policy’s', { [POLICY]: ABSENT, [LOCAL]: ABSENT }, lacking({ PolicySource: 1 }), unknown('gpo')],
    ['is absent when it is null', { [POLICY]: ABSENT, [LOCAL]: ABSENT }, lacking({ Level: null }), known('low', 'default')],
    ['a row that does not say whose it is may be the one', { [POLICY]: ABSENT, [LOCAL]: ABSENT }, rows({ Name: 'Other' }, { Level: 1 }), unknown('unknown')],
    [
      'such a row does not matter where there is one',
      { [POLICY]: ABSENT },
      rows({ Level: 0 }, { Name: 'RDP-Tcp', Level: 1, PolicySource: 0 }),
      known('high', 'local'),
    ],
  ])('%s', (_name, registry, table, expected) => {
    expect(read(ALL, { registry: keys(registry), levels: table })).toEqual(expected);
  });

  it('of an instance that is a row', () => {
    const own = { ...area, instances: { rows: 'levels', field: 'Name' } };
    const setting = { ...base, read: [row, fallback] };
    const reading = readSetting(own, setting, { names: { listener: 'RDP-Tcp' }, row: { Name: 'RDP-Tcp' } }, snapshotOf({ levels: lacking() }));
    expect(reading).toMatchObject({ unknown: true, owner: 'unknown' });
  });
});

describe('a place that counts unless a newer key exists', () => {
  const NEWER = 'HKLM\\SOFTWARE\\Policies\\Newer';
  const legacy = { ...gpo, unless: [NEWER] };
  it.each<readonly [string, JsonObject, object]>([
    ['it does not', { [POLICY]: ok({ Level: 1 }), [NEWER]: ABSENT }, known('high', 'gpo', 'gpo')],
    ['it does, without values', { [POLICY]: ok({ Level: 1 }), [NEWER]: ok({}) }, known('low', 'default')],
    ['nobody could look', { [POLICY]: ok({ Level: 1 }), [NEWER]: DENIED }, unknown('unknown')],
    ['nobody could look, and it says nothing', { [POLICY]: ABSENT, [NEWER]: DENIED }, known('low', 'default')],
  ])('%s', (_name, registry, expected) => {
    expect(read([legacy, fallback], { registry: keys(registry) })).toEqual(expected);
  });
});

describe('a default since a build', () => {
  const since = [{ source: 'default', value: 'high', since: { 14393: 4583, 17763: 2114, 20348: 0, 26100: 0 } } as const, fallback];
  it.each<readonly [string, Json, Json, object]>([
    ['below every build', 9600, 1, known('low', 'default')],
    ['before the update', 14393, 4582, known('low', 'default')],
    ['with the update', 14393, 4583, known('high', 'default')],
    ['with the update, as texts', '17763', '2114', known('high', 'default')],
    ['a build that always had it', 20348, null, known('high', 'default')],
    ['an unknown revision', 17763, null, unknown('ours')],
    ['a build between', 19045, 1, unknown('ours')],
    ['a newer build', 99999, 1, known('high', 'default')],
    ['no build', null, 1, unknown('ours')],
    ['a build that is no number', { a: 1 }, 1, unknown('ours')],
  ])('%s', (_name, build, ubr, expected) => {
    expect(read(since, { os: { status: 'ok', data: { build, ubr } } })).toEqual(expected);
  });

  it('is unknown where nobody read the build', () => {
    expect(read(since, { os: { status: 'denied' } })).toEqual(unknown('ours'));
  });

  it.each<readonly [string, Json, object]>([
    ['a client', 1, known('high', 'default')],
    ['a client, as text', '1', known('high', 'default')],
    ['a domain controller', 2, known('low', 'default')],
    ['a server', 3, known('low', 'default')],
    ['a number that means nothing', 4, unknown('ours')],
    ['what was not read', null, unknown('ours')],
  ])('a default of clients: %s', (_name, productType, expected) => {
    const client = [{ source: 'default', value: 'high', product: 'client' } as const, fallback];
    expect(read(client, { os: { status: 'ok', data: { productType } } })).toEqual(expected);
    const server = [{ source: 'default', value: 'low', product: 'server' } as const, { source: 'default', value: 'high' } as const];
    expect(read(server, { os: { status: 'ok', data: { productType } } })).toEqual(expected);
  });

  it.each<readonly [string, Json, Json, JsonObject, object]>([
    ['is believed where the release reads it', 17763, 2114, { Level: 1 }, known('high', 'gpo', 'gpo')],
    ['is passed over where it does not', 17763, 2113, { Level: 1 }, known('low', 'default')],
    ['is passed over below every build', 9600, 1, { Level: 7 }, known('low', 'default')],
    ['leaves it open where nobody knows', null, null, { Level: 1 }, unknown('unknown')],
    ['leaves nothing open where it is not set', null, null, {}, known('low', 'default')],
  ])('a value that %s', (_name, build, ubr, values, expected) => {
    const since = { ...gpo, since: { 14393: 4583, 17763: 2114 } };
    expect(read([since, fallback], { registry: keys({ [POLICY]: ok(values) }), os: { status: 'ok', data: { build, ubr } } })).toEqual(expected);
  });

  it.each([
    ['rdp-tcp', 'high'],
    ['Other', 'low'],
  ])('is the default of %s alone', (listener, value) => {
    expect(read([{ source: 'default', value: 'high', for: { listener: ['RDP-Tcp'] } }, fallback], {}, {}, listener)).toEqual(known(value, 'default'));
  });
});

describe('a column that counts only beside another one', () => {
  const when: ReadPlace = { ...row, when: { field: 'Counts', values: [1] } };
  const beside = (counts: Json | undefined, source: Json = 0): Section =>
    rows({ Name: 'RDP-Tcp', Level: 1, PolicySource: source, ...(counts === undefined ? {} : { Counts: counts }) });
  it.each<readonly [string, Section, object, object]>([
    ['it does', beside('1'), known('high', 'local'), known('high', 'local')],
    ['it does not', beside(0), known('low', 'default'), unknown('ours')],
    ['it does not, but Group Policy wrote it', beside(0, 1), known('high', 'gpo', 'gpo'), known('high', 'gpo', 'gpo')],
    ['the other was not read', beside(undefined), unknown('ours'), unknown('ours')],
    ['the other has no value', beside(null), unknown('ours'), unknown('ours')],
    ['the other could not be read', beside(UNREADABLE), unknown('ours'), unknown('ours')],
  ])('%s', (_name, table, passedOver, leftOpen) => {
    expect(read([when, fallback], { levels: table })).toEqual(passedOver);
    expect(read([{ ...when, when: { field: 'Counts', values: [1], else: 'unknown' } }, fallback], { levels: table })).toEqual(leftOpen);
  });
});

describe('a numbered list', () => {
  const list = { value: { type: 'array', items: { type: 'string' } }, list: true } as const;
  const place: ReadPlace = { source: 'gpo', registry: POLICY, name: 'Servers', numbered: true };
  const none: ReadPlace = { source: 'default', value: [] };
  const all: ReadPlace = { source: 'default', value: ['*'] };
  const SUB = `${POLICY}\\Servers`;
  it.each<readonly [string, JsonObject, object]>([
    ['in the order of its numbers', { [SUB]: ok({ 10: 'c', 2: 'b', 1: 'a' }) }, known(['a', 'b', 'c'], 'gpo', 'gpo')],
    ['with other names behind', { [SUB]: ok({ x: 'd', 1: 'a', b: 'c' }) }, known(['a', 'c', 'd'], 'gpo', 'gpo')],
    ['a key without values sets nothing', { [SUB]: ok({}) }, known([], 'default')],
    ['no key', { [POLICY]: ABSENT }, known([], 'default')],
    ['a key that nobody could read', { [SUB]: DENIED }, unknown('unknown')],
    ['an element that nobody understands', { [SUB]: ok({ 1: 'a', 2: { b: 1 } }) }, unknown('gpo', 'gpo')],
  ])('%s', (_name, registry, expected) => {
    expect(read([place, none], { registry: keys(registry) }, list)).toEqual(expected);
  });

  it.each<readonly [string, JsonObject, object]>([
    ['on', { [POLICY]: ok({ Servers: 1 }), [SUB]: ok({ 1: 'a' }) }, known(['a'], 'gpo', 'gpo')],
    ['off', { [POLICY]: ok({ Servers: 0 }), [SUB]: ok({ 1: 'a' }) }, known([], 'gpo', 'gpo')],
    ['off, whatever the list is', { [POLICY]: ok({ Servers: 0 }), [SUB]: DENIED }, known([], 'gpo', 'gpo')],
    ['on, without a list', { [POLICY]: ok({ Servers: 1 }), [SUB]: ABSENT }, known([], 'gpo', 'gpo')],
    ['on, with a list that nobody could read', { [POLICY]: ok({ Servers: 1 }), [SUB]: DENIED }, unknown('unknown')],
    ['not there', { [POLICY]: ok({}), [SUB]: ok({ 1: 'a' }) }, known(['*'], 'default')],
    ['not read', { [POLICY]: DENIED, [SUB]: ok({ 1: 'a' }) }, unknown('unknown')],
  ])('counts only while its switch is on: %s', (_name, registry, expected) => {
    expect(read([{ ...place, switched: true }, all], { registry: keys(registry) }, list)).toEqual(expected);
  });
});

it('reads a hundred thousand rows without searching them for each', () => {
  const table = rows(...Array.from({ length: 100_000 }, (_, index): JsonObject => ({ Name: `L${index}`, Level: 1, PolicySource: 0 })));
  const registry = keys(Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`HKLM\\K${index}`, ok({ Level: 1 })])));
  const snapshot = snapshotOf({ levels: table, registry });
  const setting = { ...base, read: [{ ...gpo, registry: `HKLM\\${'a\\'.repeat(50_000)}` }, row, { ...local, registry: 'HKLM\\K49999' }] };
  for (let index = 0; index < 10_000; index++) readSetting(area, setting, { names: { listener: `L${99_999 - index}` }, row: null }, snapshot);
});
