import { describe, expect, it } from 'vitest';
import { openDocument, type DocumentChange } from '../../src/lib/document.ts';
import { applyReplacements } from '../../src/lib/text-edit.ts';

function edited(text: string, format: 'json' | 'yaml', changes: readonly DocumentChange[]): string {
  const result = openDocument(text, format).edit(changes);
  return 'refused' in result ? `refused: ${result.refused}` : applyReplacements(text, result.replacements);
}

const ESTATE = `# The estate.
hosts:
  - name: rdsh01.corp.contoso.com     # no settings of its own
    roles: [session-host]

  - { name: rdsh02.corp.contoso.com, settings: {} }   # flow style
deployments:
  - broker: rdcb01.corp.contoso.com
    settings:
      # nothing yet
# the end
`;

describe('YAML', () => {
  it('merges what needs the same missing parents into one insertion at the end of the line above', () => {
    const result = openDocument(ESTATE, 'yaml').edit([
      { pointer: '/hosts/0/settings/rdp/RDP-Tcp/userAuthentication', set: 'required' },
      { pointer: '/hosts/0/settings/firewall/enabled', set: true },
      { pointer: '/hosts/0/settings/rdp/RDP-Tcp/idleLimit', set: 900000 },
    ]);
    expect(result).toMatchObject({
      replacements: [
        {
          region: { startLine: 4, startColumn: 26, endLine: 4, endColumn: 26 },
          text: '\n    settings:\n      rdp:\n        RDP-Tcp:\n          userAuthentication: required\n          idleLimit: 900000\n      firewall:\n        enabled: true',
        },
      ],
    });
  });

  it.each<[string, string, DocumentChange[], string]>([
    ['a scalar, beside its comment', 'a: 1 # one\nb: 2\n', [{ pointer: '/a', set: 3 }], 'a: 3 # one\nb: 2\n'],
    ['nothing when it is so already', 'a:   [ 1,2 ] # x\n', [{ pointer: '/a', set: [1, 2] }], 'a:   [ 1,2 ] # x\n'],
    [
      'a text in its quotes',
      `a: 'x'\nb: "y"\nc: z\n`,
      [
        { pointer: '/a', set: "it's" },
        { pointer: '/b', set: 'q' },
        { pointer: '/c', set: 'yes' },
      ],
      `a: 'it''s'\nb: "q"\nc: "yes"\n`,
    ],
    [
      'a flow mapping in a flow mapping',
      ESTATE.split('\n')[5] ?? '',
      [{ pointer: '/0/settings/rdp/on', set: true }],
      `  - { name: rdsh02.corp.contoso.com, settings: { rdp: { "on": true } } }   # flow style`,
    ],
    ['below an empty value with a comment', 's:   # c\n  # d\n', [{ pointer: '/s/a/b', set: 1 }], 's:   # c\n  a:\n    b: 1\n  # d\n'],
    ['below empty braces', 'x:\n    y: 1\ns: {}\n', [{ pointer: '/s/a/b', set: 1 }], 'x:\n    y: 1\ns:\n    a:\n        b: 1\n'],
    ['in braces when a comment follows', 's: {} # c\n', [{ pointer: '/s/a', set: { b: 1 } }], 's: { a: { b: 1 } } # c\n'],
    ['after a block scalar', 'a:\n  t: |\n    one\n\n    two\n\nb: 1\n', [{ pointer: '/a/u', set: 1 }], 'a:\n  t: |\n    one\n\n    two\n  u: 1\n\nb: 1\n'],
    ['CR LF', 'a:\r\n  b: 1\r\nc: 2\r\n', [{ pointer: '/a/x', set: { v: [{ z: 1 }] } }], 'a:\r\n  b: 1\r\n  x:\r\n    v:\r\n      - z: 1\r\nc: 2\r\n'],
    [
      'a blank line between all',
      'l:\n  - a: 1\n\n  # two\n  - a: 2\nm: 1\n',
      [{ pointer: '/l/-', set: { a: 3 } }],
      'l:\n  - a: 1\n\n  # two\n  - a: 2\n\n  - a: 3\nm: 1\n',
    ],
    ['a blank line between some', 'l:\n  - 1\n\n  - 2\n  - 3\n', [{ pointer: '/l/-', set: 4 }], 'l:\n  - 1\n\n  - 2\n  - 3\n  - 4\n'],
    [
      'blank lines between names, CR LF',
      'a: 1\r\n \r\nb: 2 # two\r\n',
      [
        { pointer: '/c', set: 3 },
        { pointer: '/d', set: 4 },
      ],
      'a: 1\r\n \r\nb: 2 # two\r\n\r\nc: 3\r\n\r\nd: 4\r\n',
    ],
    ['a block scalar that keeps blank lines', 'a: 1\n\nb:\n  - |2+\n    x\n', [{ pointer: '/c', set: 3 }], 'a: 1\n\nb:\n  - |2+\n    x\nc: 3\n'],
    ['no final line break', 'a:\n- b', [{ pointer: '/a/-', set: 'c' }], 'a:\n- b\n- c'],
    ['an empty file', '', [{ pointer: '/a/b', set: 1 }], 'a:\n  b: 1\n'],
    ['a file of comments', '# c', [{ pointer: '/a', set: 1 }], '# c\na: 1\n'],
    [
      'a list, in order',
      'l: [a]\nm:\n  - a # x\n  # y\n',
      [
        { pointer: '/l/-', set: 'b' },
        { pointer: '/l/-', set: 'c' },
        { pointer: '/m/1', set: { m: 1, o: 2 } },
      ],
      'l: [a, b, c]\nm:\n  - a # x\n  - m: 1\n    o: 2\n  # y\n',
    ],
    [
      'one element out of many, comments kept',
      'p:\n  - Domain # keep\n  - Public # go\n  - Private\n',
      [{ pointer: '/p', set: ['Domain', 'Private'] }],
      'p:\n  - Domain # keep\n  - Private\n',
    ],
    ['one element of a flow list', 'p: [Domain, Public, Private]\n', [{ pointer: '/p/1', remove: true }], 'p: [Domain, Private]\n'],
    ['the last element of a flow list', 'p: [\n  a, # one\n  b # two\n]\n', [{ pointer: '/p/1', remove: true }], 'p: [\n  a # one\n]\n'],
    ['a member with its lines', 'a: 1 # a\n# about b\nb:\n  c: 1 # c\n  # d\ne: 1\n', [{ pointer: '/b', remove: true }], 'a: 1 # a\n# about b\n  # d\ne: 1\n'],
    ['the first member of a list element', '- a: 1 # x\n  b: 2\n', [{ pointer: '/0/a', remove: true }], '- b: 2\n'],
    ['a list element', 'l:\n  - a: 1\n    b: 2 # x\n  - c: 3\n', [{ pointer: '/l/0', remove: true }], 'l:\n  - c: 3\n'],
    ['the only member', 'a:\n  b: 1\nc: 2\n', [{ pointer: '/a/b', remove: true }], 'a: {}\nc: 2\n'],
    ['the first line of the file', 'a: 1\nb: 2\n', [{ pointer: '/a', remove: true }], 'b: 2\n'],
    [
      'last member out, another in',
      'a: 1\nb: 2\n',
      [
        { pointer: '/b', remove: true },
        { pointer: '/c', set: 3 },
      ],
      'a: 1\nc: 3\n',
    ],
    [
      'flow mappings over several lines',
      'm: {\n  a: 1, # one\n  b: 2 # two\n}\n',
      [{ pointer: '/m/c', set: 3 }],
      'm: {\n  a: 1, # one\n  b: 2, # two\n  c: 3\n}\n',
    ],
    ['a comma at the end', 'm: {\n  a: 1,\n}\n', [{ pointer: '/m/c', set: 3 }], 'm: {\n  a: 1,\n  c: 3,\n}\n'],
    ['JSON in YAML', '{"a": {"b": "x"}}\n', [{ pointer: '/a/c', set: 'y' }], '{"a": {"b": "x", "c": "y"}}\n'],
    [
      'a name without a value in a flow mapping',
      'm: {a, b: }\n',
      [
        { pointer: '/m/a', set: 1 },
        { pointer: '/m/b', set: 2 },
      ],
      'm: {a: 1, b: 2 }\n',
    ],
    ['beside a merge key', 'b: &b { x: 1 }\nm:\n  <<: *b\n  y: 2\n', [{ pointer: '/m/z', set: 3 }], 'b: &b { x: 1 }\nm:\n  <<: *b\n  y: 2\n  z: 3\n'],
  ])('edits %s', (_name, text, changes, expected) => {
    expect(edited(text, 'yaml', changes)).toBe(expected);
  });

  it.each<[string, string, DocumentChange, RegExp]>([
    ['an alias', 'a: &x { b: 1 }\nc: *x\n', { pointer: '/c', set: 1 }, /alias/],
    ['inside of an alias', 'a: &x { b: 1 }\nc: *x\n', { pointer: '/c/b', set: 2 }, /alias/],
    ['inside of an anchor', 'a: &x { b: 1 }\nc: *x\n', { pointer: '/a/b', set: 2 }, /anchor/],
    ['an anchor that is used', 'a: &x 1\nc: *x\n', { pointer: '/a', remove: true }, /anchor/],
    ['what a merge key brings', 'b: &b { x: 1 }\nm: { <<: *b }\n', { pointer: '/m/x', set: 2 }, /merge key/],
    ['a tagged value', 'a: !!str 5\n', { pointer: '/a', set: 6 }, /tag/],
    ['an explicit key', '? a\n: 1\n', { pointer: '/a', set: 2 }, /its name/],
    ['a pair in a list', 'l: [a: 1]\n', { pointer: '/l/0/a', set: 2 }, /pair/],
    ['a member of a text', 'a: x\n', { pointer: '/a/b', set: 2 }, /neither an object nor a list/],
    ['a name in a list', 'a: [x]\n', { pointer: '/a/b', set: 2 }, /has no 'b'/],
    ['a gap in a list', 'a: [x]\n', { pointer: '/a/3', set: 2 }, /no element 1/],
    ['what is not there', 'a: 1\n', { pointer: '/b', remove: true }, /no '\/b'/],
    ['the comment of a block scalar', 'a: | # c\n  x\n', { pointer: '/a', set: 2 }, /comment/],
  ])('refuses to edit %s', (_name, text, change, reason) => {
    expect(edited(text, 'yaml', [change])).toMatch(new RegExp(`^refused: .*${reason.source}`));
  });

  it('names the change that is to blame', () => {
    expect(
      openDocument('a: 1\nb: &x 2\n', 'yaml').edit([
        { pointer: '/a', set: 2 },
        { pointer: '/b', set: 3 },
      ]),
    ).toMatchObject({ pointer: '/b' });
    expect(
      openDocument('a: 1\n', 'yaml').edit([
        { pointer: '/a', set: 2 },
        { pointer: '/a', set: 3 },
      ]),
    ).toMatchObject({ refused: expect.stringContaining('disagree'), pointer: '/a' });
  });

  it('takes two equal changes for one', () => {
    expect(
      edited('a: 1\n', 'yaml', [
        { pointer: '/b/c', set: 2 },
        { pointer: '/b/c', set: 2 },
      ]),
    ).toBe('a: 1\nb:\n  c: 2\n');
  });
});

describe('JSON', () => {
  const pretty = '{\n    "a": {\n        "b": "x",\n        "c": [\n            1,\n            2\n        ]\n    },\n    "d": {}\n}\n';
  it.each<[string, string, DocumentChange[], string]>([
    ['a value', pretty, [{ pointer: '/a/b', set: 'y' }], pretty.replace('"x"', '"y"')],
    [
      'a new member, indented as its siblings',
      pretty,
      [{ pointer: '/a/e/f', set: 1 }],
      pretty.replace('        ]\n', '        ],\n        "e": {\n            "f": 1\n        }\n'),
    ],
    ['a member of an empty object', pretty, [{ pointer: '/d/e', set: 1 }], pretty.replace('{}', '{\n        "e": 1\n    }')],
    ['the last member out', pretty, [{ pointer: '/a/c', remove: true }], pretty.replace(/,\n {8}"c"[^]*?\]/, '')],
    ['the first member out', pretty, [{ pointer: '/a/b', remove: true }], pretty.replace('"b": "x",\n        ', '')],
    [
      'one of a list out, one in',
      pretty,
      [
        { pointer: '/a/c/0', remove: true },
        { pointer: '/a/c/-', set: 3 },
      ],
      pretty.replace('1,\n            2', '2,\n            3'),
    ],
    ['everything out', pretty, [{ pointer: '/a/c', set: [] }], pretty.replace(/\[[^]*?\]/, '[]')],
    [
      'one line stays one line',
      '{"a":{"b":[1,2]},"c":{}}',
      [
        { pointer: '/a/d', set: { e: [1, { f: 2 }] } },
        { pointer: '/c/x', set: 1 },
        { pointer: '/a/b/-', set: 3 },
      ],
      '{"a":{"b":[1,2,3],"d":{"e":[1,{"f":2}]}},"c":{"x":1}}',
    ],
    ['an inline object in an indented document', '{\n  "a": { "b": 1 }\n}', [{ pointer: '/a/c', set: { d: 1 } }], '{\n  "a": { "b": 1, "c": {"d": 1} }\n}'],
    ['tabs and CR LF', '{\r\n\t"a": 1\r\n}\r\n', [{ pointer: '/b/c', set: 2 }], '{\r\n\t"a": 1,\r\n\t"b": {\r\n\t\t"c": 2\r\n\t}\r\n}\r\n'],
    ['null as a missing parent', '{"a":null}', [{ pointer: '/a/b', set: 1 }], '{"a":{"b":1}}'],
    ['names with / and ~', '{"a/b":{"c~d":1}}', [{ pointer: '/a~1b/c~0d', set: 2 }], '{"a/b":{"c~d":2}}'],
    ['__proto__', '{"a":1}', [{ pointer: '/__proto__/x', set: 1 }], '{"a":1,"__proto__":{"x":1}}'],
    ['the last of equal names', '{"a":1,"a":2}', [{ pointer: '/a', set: 3 }], '{"a":1,"a":3}'],
  ])('edits %s', (_name, text, changes, expected) => {
    expect(edited(text, 'json', changes)).toBe(expected);
  });

  it('refuses to take away one of two equal names, which would uncover the other', () => {
    expect(edited('{"a":1,"b":0,"a":2}', 'json', [{ pointer: '/a', remove: true }])).toMatch(/^refused/);
  });

  it('leaves a byte order mark alone', () => {
    expect(edited('\ufeff{"a":1}', 'json', [{ pointer: '/a', set: 2 }])).toBe('\ufeff{"a":2}');
  });

  it('proves edits of large documents by the parts that they touch', () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => ({ name: `rule-${index}`, access: 'Allow', ports: ['3389'] }));
    const text = JSON.stringify({ resources: rows });
    const changes = [3, 19_999, 7].map((index) => ({ pointer: `/resources/${index}/access`, set: 'Deny' }));
    const result = edited(text, 'json', [...changes, { pointer: '/resources/8', remove: true }]);
    const wanted = rows.map((row, index) => ([3, 19_999, 7].includes(index) ? { ...row, access: 'Deny' } : row)).filter((_, index) => index !== 8);
    expect(result === JSON.stringify({ resources: wanted })).toBe(true);
  });

  it('gives the edited value, sharing what did not change', () => {
    const document = openDocument('{"a":{"b":1},"c":{"d":2}}', 'json');
    const result = document.edit([{ pointer: '/a/b', set: 2 }]);
    expect(result).toMatchObject({ value: { a: { b: 2 }, c: { d: 2 } } });
    expect(document.value).toEqual({ a: { b: 1 }, c: { d: 2 } });
  });
});
