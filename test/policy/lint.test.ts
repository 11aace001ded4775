import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { factKindOf } from '../../src/lib/settings.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Policy } from '../../src/model/policy.ts';
import type { Area } from '../../src/model/setting.ts';
import { type LintContext, lintPolicy } from '../../src/policy/lint.ts';
import { readPolicyFolder } from '../../src/policy/library.ts';
import { lintFolders } from '../../src/policy/lint-files.ts';

const AREA: Area = {
  kind: 'windows.thing',
  target: 'windows-host',
  path: 'things/{thing}',
  title: 'Thing',
  settings: {
    mode: { title: 'Mode', value: { enum: ['safe', 'open'] }, read: [], write: [{ cmdlet: { name: 'Set-Thing', parameters: {} } }], risk: 'safe', needs: [] },
    ports: {
      title: 'Ports',
      value: { type: 'array', items: { type: 'integer', maximum: 65535 } },
      read: [],
      write: [{ cmdlet: { name: 'Set-Thing', parameters: {} } }],
      risk: 'safe',
      needs: [],
    },
    limit: { title: 'Limit', value: { anyOf: [{ const: 'never' }, { type: 'integer' }] }, read: [], risk: 'safe', needs: [] },
    rules: {
      title: 'Rules',
      value: { type: 'array', items: { type: 'object', properties: { rule: { type: 'string' }, scope: { enum: ['any', 'listed'] } } } },
      read: [],
      risk: 'safe',
      needs: [],
    },
  },
};
const CONTEXT: LintContext = { kinds: new Map([[AREA.kind, factKindOf(AREA).schema]]), areas: [AREA] };

const SOUND: Policy = {
  id: 'XX-001',
  name: 'ThingIsSafe',
  title: 'Require that things are safe',
  kind: 'windows.thing',
  severity: 7.5,
  assert: { properties: { mode: { const: 'safe' } } },
  message: "Thing '{thing}' on '{host}' is '{mode}', set by '{sources.mode}'; it should be 'safe'.",
  why: 'Because an open thing lets anybody in.',
  fix: [{ title: "Make '{thing}' safe", set: { setting: ['things', '{thing}', 'mode'], value: 'safe' } }],
  links: ['https://learn.microsoft.com/windows/things'],
  tags: ['things'],
};
const lint = (more: object): string[] => lintPolicy({ ...SOUND, ...more } as Policy, CONTEXT);
const fix = (more: object): object => ({ fix: [{ title: 'Do it', set: { setting: ['things', '{thing}', 'mode'], value: 'safe' }, ...more }] });
const set = (more: JsonObject): object => fix({ set: { setting: ['things', '{thing}', 'mode'], ...more } });

describe('a sound policy', () => {
  it.each<[string, object]>([
    ['as it is', {}],
    [
      'with a parameter',
      {
        params: { most: { type: 'integer', default: 3 } },
        assert: { properties: { ports: { type: 'array', maxItems: 1, items: { type: 'integer', maximum: { $param: 'most' } } } } },
      },
    ],
    ['with a parameter in its message only', { params: { most: { default: 3 } }, message: "Thing '{thing}' has more than '{params.most}' ports." }],
    [
      'a function finding',
      { severity: undefined, level: 'warning', tags: ['reliability'], grades: [{ when: { properties: { mode: { const: 'open' } } }, level: 'note' }] },
    ],
    ['with grades', { grades: [{ when: { properties: { mode: { const: 'open' } } }, severity: 5.5 }] }],
    ['not verified', { verified: false, severity: 3.9 }],
    ['each element', { fix: [{ title: "Close '{value}'", forEach: '/ports', set: { setting: ['things', '{thing}', 'ports'], without: ['{value}'] } }] }],
    [
      'elements with members',
      { fix: [{ title: "Close '{rule}'", forEach: '/rules', only: { properties: { scope: { const: 'any' } } }, edit: { at: 'x', remove: true } }] },
    ],
    ['the intent of the estate', set({ value: { $intent: 'adminNetworks' } })],
    ['a setting whose name the fact knows', fix({ set: { setting: ['things', '{thing}', '{mode}'], value: 'safe' } })],
    ['a command', { fix: [{ title: 'Do it', az: [['thing', 'delete', '--name', '{thing}', { $intent: 'x' }]] }] }],
    [
      'a control',
      {
        controls: [
          { framework: 'cwe', id: 'CWE-284' },
          { framework: 'custom-house', id: 'A 1' },
        ],
      },
    ],
  ])('%s', (_name, more) => {
    expect(lint(more)).toEqual([]);
  });
});

describe('a fault', () => {
  it.each<[string, object, RegExp]>([
    ['a title that says no deed', { title: 'Things should be safe' }, /verb phrase/],
    ['a title with a full stop', { title: 'Require that things are safe.' }, /full stop/],
    ['a reason without an end', { why: 'Because an open thing lets anybody in' }, /'why'/],
    ['a name that repeats the id', { name: 'Xx001' }, /repeats the id/],
    ['a message without an end', { message: "Thing '{thing}' is open" }, /full sentence/],
    ['a message that begins small', { message: "thing '{thing}' is open." }, /full sentence/],
    ['a placeholder outside of quotes', { message: "Thing {thing} is '{mode}'." }, /outside of single quotes/],
    ['a placeholder that the kind lacks', { message: "Thing '{thimg}' is open." }, /no 'thimg'/],
    ['a placeholder below a value', { message: "Thing '{mode.deep}' is open." }, /no 'mode.deep'/],
    ['a message that is always the same', { message: 'Some thing is open somewhere.' }, /names nothing/],
    ['an unknown kind', { kind: 'windows.thimg' }, /did you mean 'windows.thing'/],
    ['a member that the kind lacks', { assert: { properties: { mod: { const: 'safe' } } } }, /assert: facts of the kind have no '\/mod'/],
    ['a required member that the kind lacks', { when: { required: ['mod'] } }, /when: facts of the kind have no '\/mod'/],
    [
      'a member inside of a branch',
      { assert: { anyOf: [{ properties: { mode: { const: 'safe' } } }, { not: { properties: { x: { const: 1 } } } }] } },
      /'\/x'/,
    ],
    [
      'a member of an element',
      { assert: { properties: { rules: { type: 'array', items: { properties: { scop: { const: 'any' } } } } } } },
      /'\/rules\/\*\/scop'/,
    ],
    ['a value that never occurs', { assert: { properties: { mode: { const: 'save' } } } }, /"save" never occurs/],
    ['one of several that never occurs', { assert: { properties: { mode: { enum: ['safe', 'opened'] } } } }, /"opened" never occurs/],
    ['a grade that never matches', { grades: [{ when: { properties: { mode: { const: 'shut' } } }, severity: 4 }] }, /grade 1 at '\/mode'/],
    ['a limit that a text would pass', { assert: { properties: { limit: { minimum: 1 } } } }, /name the 'type'/],
    ['oneOf', { assert: { oneOf: [{ properties: { mode: { const: 'safe' } } }] } }, /'oneOf' is not part/],
    ['uniqueItems', { assert: { properties: { ports: { type: 'array', uniqueItems: true } } } }, /'uniqueItems' is not part/],
    ['a slip in a keyword', { assert: { propertees: {} } }, /'propertees' is not part/],
    ['an assert that looks at nothing', { assert: {} }, /looks at nothing/],
    ['an argument of the wrong form', { assert: { properties: { mode: { type: 'text' } } } }, /not a JSON type/],
    ['a parameter that is not declared', { assert: { properties: { mode: { const: { $param: 'm' } } } } }, /'m' is not declared/],
    ['a parameter that nothing uses', { params: { most: { default: 3 } } }, /never used/],
    ['a parameter where none may stand', { params: { p: { default: ['mode'] } }, assert: { required: { $param: 'p' } } }, /cannot stand as 'required'/],
    ['neither severity nor level', { severity: undefined }, /either 'severity'/],
    ['both', { level: 'error', tags: ['reliability'] }, /either 'severity'/],
    ['a function finding without its tag', { severity: undefined, level: 'error' }, /'reliability'/],
    ['9.0', { severity: 9 }, /write 9.1/],
    ['9.0 in a grade', { severity: 9.5, grades: [{ when: { properties: { mode: { const: 'open' } } }, severity: 9 }] }, /grade 1 is 9.0/],
    ['two decimals', { severity: 7.25 }, /one decimal/],
    ['a grade that raises', { grades: [{ when: { properties: { mode: { const: 'open' } } }, severity: 8 }] }, /only lowers/],
    ['a grade that says nothing', { grades: [{ when: { properties: { mode: { const: 'open' } } } }] }, /Grade 1 has either/],
    ['a severity that is not verified', { verified: false, severity: 4 }, /at most 3.9/],
    ['a function finding that is not verified', { verified: false, severity: undefined, level: 'error', tags: ['reliability'] }, /level 'note'/],
    ['a link without https', { links: ['http://learn.microsoft.com/x'] }, /no https/],
    ['a link that is none', { links: ['https://'] }, /no https/],
    ['a link in a language', { links: ['https://learn.microsoft.com/en-us/windows/x'] }, /names a language/],
    ['a link twice', { links: ['https://learn.microsoft.com/x', 'https://learn.microsoft.com/x'] }, /twice/],
    ['an unknown framework', { controls: [{ framework: 'cis-windows-server-2022-4.0.1', id: '1.1' }] }, /is not known/],
    ['an id of another form', { controls: [{ framework: 'cwe', id: '284' }] }, /has not the form/],
    ['a left-over of another form', { tags: ['left-1'] }, /left-NNN/],
    ['a setting that there is not', set({ setting: ['things', '{thing}', 'mood'], value: 'safe' }), /has no 'things\/\{thing\}\/mood'/],
    ['a setting that cannot be set', set({ setting: ['things', '{thing}', 'limit'], value: 1 }), /read but not set/],
    ['a value that the setting does not allow', set({ value: 'shut' }), /must be one of/],
    ['a parameter that the setting does not allow', { params: { m: { default: 'shut' } }, ...set({ value: { $param: 'm' } }) }, /"shut" of 'mode'/],
    ['an element that the list does not allow', set({ setting: ['things', '{thing}', 'ports'], with: [70_000] }), /out of range/],
    [
      'whenEmpty that is wrong',
      set({ setting: ['things', '{thing}', 'ports'], without: [1], whenEmpty: { setting: ['things', 'x', 'mode'], value: 'shut' } }),
      /whenEmpty: the value "shut"/,
    ],
    ['a value and a change of the list', set({ value: 'safe', with: ['safe'] }), /either 'value'/],
    ['set and edit', fix({ edit: { at: 'x', value: 1 } }), /both 'set' and 'edit'/],
    ['no change at all', { fix: [{ title: 'Do it' }] }, /changes nothing/],
    ['an edit that does two things', { fix: [{ title: 'Do it', edit: { at: 'x', value: 1, remove: true } }] }, /one of 'value'/],
    ['a list that is none', fix({ forEach: '/mode' }), /no list/],
    ['a list that there is not', fix({ forEach: '/moods' }), /no list/],
    ['only without a list', fix({ only: { properties: { mode: { const: 'safe' } } } }), /needs 'forEach'/],
    ['a placeholder in a title', fix({ title: "Do '{it}'" }), /fix 1 title/],
    ['a placeholder in on', fix({ on: '{hosst}' }), /fix 1 on/],
    ['a placeholder in a command', { fix: [{ title: 'Do it', az: [['--name', '{nam}']] }] }, /fix 1 az/],
    ['a condition of a fix', fix({ when: { properties: { mod: { const: 'safe' } } } }), /fix 1 when/],
    [
      'a condition of an element',
      { fix: [{ title: 'Do it', forEach: '/rules', only: { properties: { scope: { const: 'some' } } }, edit: { at: '', remove: true } }] },
      /"some" never occurs/,
    ],
    ['a title of a fix with a full stop', fix({ title: 'Do it.' }), /full stop/],
  ])('%s', (_name, more, expected) => {
    const faults = lint(more);
    expect(faults.join('\n')).toMatch(expected);
    for (const fault of faults) expect(fault).toMatch(/\.$/);
  });

  it('is found below names that objects inherit', () => {
    expect(lint({ assert: JSON.parse('{"properties":{"__proto__":{"const":1},"constructor":{"const":1}}}') as Json })).toEqual(
      expect.arrayContaining([expect.stringContaining("'/__proto__'"), expect.stringContaining("'/constructor'")]),
    );
  });
});

const folder = mkdtempSync(join(tmpdir(), 'rdposture-lint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const ROWS: Area = {
  kind: 'windows.other',
  target: 'windows-host',
  path: 'others/{other}',
  title: 'Other',
  instances: { rows: 'services', field: 'Name' },
  settings: {
    mode: { title: 'Mode', value: { type: 'integer' }, read: [{ rows: 'services', where: { Name: '{other}' }, field: 'StartTyp' }], risk: 'safe', needs: [] },
  },
};

describe('policy folders', () => {
  it('are read whole, however broken their files are', () => {
    const policy = {
      ...SOUND,
      kind: 'estate.section',
      assert: { properties: { status: { const: 'ok' } } },
      message: "Section '{section}' is '{status}'.",
      fix: [],
    };
    write('a/policy.yaml', stringify(policy));
    write('b/policy.yaml', stringify({ ...policy, name: 'Other' }));
    write('b/cases.yaml', '[]');
    write('c/policy.yaml', 'id: [');
    write('d/policy.yaml', 'id: 1\nnam: x\n');
    write('e/policy.yaml', '- a\n');
    write('settings/x.yaml', 'kind: 1\n');
    write('settings/y.yaml', stringify(ROWS));
    write(
      'packs/p.yaml',
      stringify({ id: 'p', title: 'P', policies: ['XX-001', 'XX-001', 'YY-*'], overrides: { 'XX-001': { params: { none: 1 } }, 'ZZ-009': {} } }),
    );
    const { faults, policies } = lintFolders([folder]);
    const text = faults.map((fault) => `${fault.file.slice(folder.length + 1)}: ${fault.message}`);
    expect(policies).toBe(2);
    expect(text).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^a\/policy.yaml: XX-001: There is no cases.yaml/),
        expect.stringMatching(/^b\/policy.yaml: XX-001: 'XX-001' is taken by/),
        expect.stringMatching(/^c\/policy.yaml: .*could not be read as YAML/),
        expect.stringMatching(/^d\/policy.yaml: '\/id' must be a text/),
        expect.stringMatching(/^d\/policy.yaml: '\/nam' is not known here; did you mean 'name'/),
        expect.stringMatching(/^e\/policy.yaml: '\/' must be a map/),
        expect.stringMatching(/^settings\/x.yaml: /),
        "settings/y.yaml: '/settings/mode/read/0' reads the column 'StartTyp', which 'services' does not have.",
        expect.stringMatching(/^packs\/p.yaml: There is no policy 'YY-\*'/),
        expect.stringMatching(/^packs\/p.yaml: The policy 'XX-001' stands there twice/),
        expect.stringMatching(/^packs\/p.yaml: The policy 'XX-001' does not allow 1 for 'none'/),
        expect.stringMatching(/^packs\/p.yaml: It overrides 'ZZ-009'/),
      ]),
    );
  });

  it('are refused where a settings file names a table or a column that no snapshot has', () => {
    const own = mkdtempSync(join(folder, 'own-'));
    const file = (area: unknown): void => {
      mkdirSync(join(own, 'settings'), { recursive: true });
      writeFileSync(join(own, 'settings', 'y.yaml'), stringify(area));
    };
    file(ROWS);
    expect(() => readPolicyFolder(own)).toThrow("'/settings/mode/read/0' reads the column 'StartTyp', which 'services' does not have");
    file({ ...ROWS, instances: { rows: 'servces', field: 'Name' } });
    expect(() => readPolicyFolder(own)).toThrow("'/instances' reads 'servces', which is no table of a windows-host snapshot");
    file(JSON.parse(JSON.stringify(ROWS).replace('StartTyp', 'StartType')));
    expect(readPolicyFolder(own).areas).toHaveLength(1);
  });

  it('that are shipped have no fault', () => {
    expect(lintFolders(['policies']).faults).toEqual([]);
  });
});
