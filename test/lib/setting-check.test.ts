import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkArea } from '../../src/lib/setting-check.ts';
import type { Json } from '../../src/model/json.ts';
import { ORDINARY_USER } from '../../src/model/sections/rights.ts';
import { SECTIONS } from '../../src/model/sections/index.ts';
import type { SectionSpec } from '../../src/model/snapshot.ts';

const FOLDER = new URL('../../policies/settings/', import.meta.url);
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));

type Mutable = { [member: string]: Mutable } & Mutable[];

function area(): Mutable {
  return structuredClone({
    kind: 'windows.thing',
    target: 'windows-host',
    path: 'things/{thing}',
    title: 'Thing',
    instances: { rows: 'things', field: 'Name', carry: { store: 'Store' } },
    names: { localKey: { by: 'thing', map: { a: 'b' } } },
    settings: {
      mode: {
        title: "Mode of '{thing}'",
        value: { enum: ['on', 'off', 'not-set'] },
        map: { 1: 'on', 0: 'off' },
        forms: { Enabled: 1 },
        read: [
          { source: 'gpo', registry: 'HKLM\\SOFTWARE\\Policies\\{localKey}', name: 'Mode' },
          {
            rows: 'things',
            where: { Name: '{thing}', Store: '{store}' },
            field: 'Mode',
            source: { field: 'Owner', map: { 0: 'local', 1: 'gpo' } },
            effective: true,
            written: true,
          },
          { source: 'default', value: 'not-set', since: { 20348: 0 } },
          { source: 'default', value: 'off' },
        ],
        gpo: { path: 'Computer Configuration\\Policies\\{thing}', admx: 'Thing.admx' },
        write: [{ cmdlet: { name: 'Set-Thing', parameters: { Mode: '{raw}' } }, input: { name: 'Get-Thing', parameters: {}, where: { Name: '{thing}' } } }],
        risk: 'review',
        needs: ['restart:Thing'],
        link: 'https://learn.microsoft.com/thing',
      },
      list: {
        title: 'List',
        value: { type: 'array', items: { type: 'string' } },
        list: true,
        read: [
          { source: 'local', registry: 'HKLM\\SOFTWARE\\x', name: 'List', numbered: true, written: true },
          { source: 'default', value: [] },
        ],
        write: [{ registryList: { key: 'HKLM\\SOFTWARE\\x', name: 'List', data: '{raw}' } }],
        risk: 'safe',
        needs: [],
      },
      flags: {
        title: 'Flags',
        value: { type: 'array', items: { enum: ['a', 'b'] } },
        flags: { 1: 'a', 2: 'b' },
        all: [3],
        read: [{ source: 'local', registry: 'HKLM\\SOFTWARE\\x', name: 'Flags' }],
        risk: 'safe',
        needs: [],
      },
    },
  }) as unknown as Mutable;
}

/** Sets, or takes away with undefined, what stands at a path of members. */
function changed(path: string, value: unknown): Json {
  const root = area();
  const steps = path.split('/');
  const last = steps.pop() ?? '';
  let at: Mutable = root;
  for (const step of steps) at = at[step as never] as Mutable;
  if (value === undefined) delete at[last as never];
  else (at as { [member: string]: unknown })[last] = value;
  return root as unknown as Json;
}

describe('a settings file', () => {
  it.each(FILES)('%s has no error', (file) => {
    expect(checkArea(parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Json)).toEqual([]);
  });

  it('without an error is one', () => {
    expect(checkArea(area() as unknown as Json)).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['kind', 'thing', "'/kind' is 'thing', which is not a fact kind such as windows.rdpListener"],
    ['target', 'windows', "'/target' must be one of"],
    ['titel', 'x', "'/titel' is not known here; did you mean 'title'?"],
    ['settings', {}, "'/settings' has no setting"],
    ['settings/mode/readd', [], "'/settings/mode/readd' is not known here; did you mean 'read'?"],
    ['settings/mode/risk', 'none', "'/settings/mode/risk' must be one of"],
    ['settings/mode/needs', ['restart'], "'/settings/mode/needs/0' is 'restart', which is not new-sessions, reboot, gpupdate or restart:SERVICE"],
    ['settings/mode/link', 'http://x', "'/settings/mode/link' is 'http://x', which is not an https address"],
    ['settings/mode/read/0/registry', 'SOFTWARE\\x', "'/settings/mode/read/0/registry' is"],
    ['settings/mode/write/0/cmdlet/name', 'calc; Set-Thing', "'/settings/mode/write/0/cmdlet/name' is"],
    ['path', 'things', "'/instances' is not needed: the path has no placeholder"],
    ['path', '{a}/{b}', "'/path' has more than one placeholder"],
    ['instances', undefined, "'/instances' is missing: the path has a placeholder"],
    ['instances/field', undefined, "'/instances/field' goes with rows"],
    ['instances', { fixed: ['a'], carry: { store: 'Store' } }, "'/instances/rows' is missing: only rows have columns"],
    ['instances/skip', { registry: 'HKLM\\{other}', name: 'x', values: [0] }, "'/instances/skip' has the placeholder '{other}'"],
    ['names/localKey/by', 'other', "'/names/localKey/by' is 'other', which is no name of an instance"],
    [
      'settings/host',
      { title: 'x', value: true, read: [{ source: 'default', value: 1 }], risk: 'safe', needs: [] },
      "'/settings/host' has the name of another member of the fact",
    ],
    ['settings/mode/title', 'Mode of {rule}', "'/settings/mode/title' has the placeholder '{rule}', which stands for nothing"],
    ['settings/mode/title', 'Mode {value}', "'/settings/mode/title' has the placeholder '{value}'"],
    ['settings/mode/read/0/name', '{other}', "'/settings/mode/read' has the placeholder '{other}'"],
    ['settings/mode/gpo/path', 'Computer Configuration\\Policies\\{other}', "'/settings/mode/gpo' has the placeholder '{other}'"],
    ['settings/mode/write/0/cmdlet/parameters', { Mode: '{raw}', Name: '{other}' }, "'/settings/mode/write' has the placeholder '{other}'"],
    ['settings/mode/value', { oneOf: [] }, "'/settings/mode/value' The keyword 'oneOf' is not part of the policy language."],
    ['settings/mode/map', { 1: 'on', 0: 'of' }, '\'/settings/mode/map/0\' gives "of", which the value does not allow'],
    ['settings/mode/map', { 1: 'on', 0: 'off', 2: 'on' }, "'/settings/mode/map/2' means the same as '1': a map is one-to-one"],
    ['settings/mode/value/enum', ['on', 'off', 'not-set', 'other'], '\'/settings/mode/value/enum\' allows "other", which no raw value gives'],
    ['settings/mode/forms', { Enabled: 7 }, "'/settings/mode/forms/Enabled' stands for '7', which no map and no flag knows"],
    ['settings/mode/read/1/map', { 1: 'on', 2: 'on' }, "'/settings/mode/read/1/map/2' means the same as '1'"],
    ['settings/mode/list', true, "'/settings/mode' has more than one of map or scale, flags and list"],
    ['settings/mode/trim', '*', "'/settings/mode/trim' means nothing without list"],
    ['settings/mode/read/2/since', undefined, "'/settings/mode/read/3' is never reached"],
    ['settings/mode/read/2/since', { '2022': 0, new: 1 }, "'/settings/mode/read/2/since' names 'new'"],
    ['settings/mode/read/3/value', 'maybe', '\'/settings/mode/read/3/value\' is "maybe", which the value does not allow'],
    ['settings/mode/read/3/written', true, "'/settings/mode/read/3/written' means nothing at a default"],
    ['settings/mode/read/3/for', { other: ['a'] }, "'/settings/mode/read/3/for' names 'other'"],
    ['settings/mode/read/0/rows', 'things', "'/settings/mode/read/0' must be a registry value, a column of rows, or a default"],
    ['settings/mode/read/0/name', undefined, "'/settings/mode/read/0/name' is missing"],
    ['settings/mode/read/1/field', undefined, "'/settings/mode/read/1/field' is missing"],
    ['settings/mode/read/0/value', 'on', "'/settings/mode/read/0/value' belongs to a default"],
    ['settings/mode/read/0/since', { 26100: 0 }, ''],
    ['settings/mode/read/0/product', 'client', ''],
    ['settings/mode/read/0/when', { field: 'Counts', values: [1] }, "'/settings/mode/read/0/when' names a column"],
    ['settings/mode/read/1/when', { field: 'Counts', values: [1] }, ''],
    ['settings/mode/read/3/when', { field: 'Counts', values: [1] }, "'/settings/mode/read/3/when' means nothing at a default"],
    ['settings/mode/read/0/product', 'phone', "'/settings/mode/read/0/product'"],
    ['settings/mode/read/0/since', { new: 1 }, "'/settings/mode/read/0/since' names 'new'"],
    ['settings/mode/read/0/numbered', true, "'/settings/mode/read/0/numbered' needs a list"],
    ['settings/list/read/0/numbered', undefined, ''],
    ['settings/mode/read/0/switched', true, "'/settings/mode/read/0/switched' needs numbered"],
    ['settings/mode/read/0/source', { field: 'Owner', map: {} }, "'/settings/mode/read/0/source' names a column"],
    ['settings/mode/read/1/beside', ['Sids'], "'/settings/mode/read/1/beside' needs a list in a column"],
    ['settings/list/read/0/beside', ['Sids'], "'/settings/list/read/0/beside' needs a list in a column"],
    ['settings/mode/gpo', undefined, "'/settings/mode/read/0' reads a Group Policy, and 'gpo' does not say which"],
    ['settings/mode/write', undefined, "'/settings/mode/write' is missing: a place is written, and nothing writes it"],
    ['settings/mode/read/1/written', undefined, "'/settings/mode/read' has no place that the writer changes"],
    ['settings/list/read/1', { source: 'default', value: ['x'] }, "'/settings/list/read' has numbered values and must end in the default []"],
    [
      'settings/list/read',
      [
        { source: 'local', registry: 'HKLM\\SOFTWARE\\x', name: 'List', numbered: true, switched: true, written: true },
        { source: 'default', value: ['x'] },
      ],
      '',
    ],
    ['settings/mode/write/0/cim', { namespace: 'root', class: 'X', method: 'Y', arguments: { a: '{raw}' } }, "'/settings/mode/write/0' must be one of"],
    ['settings/mode/write/0/input/where', undefined, "'/settings/mode/write/0/input' must say where"],
    ['settings/mode/write/0/cmdlet/parameters', { Mode: 1 }, "'/settings/mode/write/0' writes neither {raw} nor {value}"],
    ['settings/mode/write/0/cmdlet/parameters', { 'Mode; calc': '{raw}' }, "'/settings/mode/write/0/cmdlet' has the parameter 'Mode; calc', which is no name"],
    ['settings/mode/write', [{ userRight: { right: 'SeX', sids: '{value}' } }], "'/settings/mode/write/0' writes a list, and the setting is none"],
    ['settings/flags/flags', { 3: 'a', 2: 'b' }, "'/settings/flags/flags/3' is no bit"],
    ['settings/flags/flags', { 1: 'a', 2: 'a' }, "'/settings/flags/flags' gives one name to two bits"],
    ['settings/flags/flags', { 1: 'a', 2: 'c' }, "'/settings/flags/flags/2' gives 'c', which the value does not allow"],
  ])('with %s = %j is told so', (path, value, expected) => {
    const errors = checkArea(changed(path, value));
    if (expected === '') expect(errors).toEqual([]);
    else
      expect(
        errors.filter((error) => error.startsWith(expected)),
        errors.join('\n'),
      ).not.toEqual([]);
  });

  it.each<[Json]>([[null], ['x'], [[]], [{}]])('%j is none', (value) => {
    expect(checkArea(value)).not.toEqual([]);
  });
});

describe('the tables of a settings file', () => {
  it.each(FILES)('%s reads tables and columns that snapshots have', (file) => {
    expect(checkArea(parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Json, SECTIONS)).toEqual([]);
  });

  const sections: readonly SectionSpec[] = [
    {
      name: 'things',
      of: 'windows-host',
      title: 'Things',
      shape: 'rows',
      source: '',
      right: ORDINARY_USER,
      columns: { Name: {}, Store: {}, Mode: {}, Owner: {} },
    },
  ];
  it('are checked where sections are given', () => {
    expect(checkArea(area() as unknown as Json, sections)).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['instances/rows', 'others', "'/instances' reads 'others', which is no table of a windows-host snapshot"],
    ['instances/by', ['Group'], "'/instances' reads the column 'Group', which 'things' does not have"],
    ['instances/carry', { store: 'constructor' }, "'/instances' reads the column 'constructor', which 'things' does not have"],
    ['settings/mode/read/1/field', 'Mod', "'/settings/mode/read/1' reads the column 'Mod', which 'things' does not have"],
    [
      'settings/mode/read/1/source',
      { field: 'Source', map: { 0: 'local' } },
      "'/settings/mode/read/1' reads the column 'Source', which 'things' does not have",
    ],
    ['settings/mode/read/1/beside', ['Sids'], "'/settings/mode/read/1' reads the column 'Sids', which 'things' does not have"],
    ['settings/mode/read/1/where', { Id: '{thing}' }, "'/settings/mode/read/1' reads the column 'Id', which 'things' does not have"],
    ['target', 'endpoint', "'/instances' reads 'things', which is no table of a endpoint snapshot"],
    ['settings/mode/gpo/path', 'Computer Configuration\\…\\Mode', "'/settings/mode/gpo/path' is 'Computer Configuration\\…\\Mode', which is not the full path"],
  ])('with %s = %j is told so', (path, value, expected) => {
    const errors = checkArea(changed(path, value), sections);
    expect(
      errors.filter((error) => error.startsWith(expected)),
      errors.join('\n'),
    ).not.toEqual([]);
  });
});
