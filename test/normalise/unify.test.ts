import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import { ORDINARY_USER } from '../../src/model/sections/rights.ts';
import { SECTIONS } from '../../src/model/sections/index.ts';
import { isUnreadable, type Section, type SectionSpec } from '../../src/model/snapshot.ts';
import { parseSnapshot, unify } from '../../src/normalise/unify.ts';

const SPECS: readonly SectionSpec[] = [
  {
    name: 'table',
    of: 'windows-host',
    title: 'Table',
    shape: 'rows',
    source: 'https://learn.microsoft.com/table',
    right: ORDINARY_USER,
    columns: {
      Name: { type: 'string' },
      Size: { type: ['integer', 'string', 'null'] },
      List: { type: ['array', 'null'], items: { type: 'string' } },
      Bytes: { type: ['string', 'array', 'null'], items: { type: 'integer' } },
      Free: {},
    },
  },
  {
    name: 'thing',
    of: 'windows-host',
    title: 'Thing',
    shape: 'object',
    source: 'https://learn.microsoft.com/thing',
    right: ORDINARY_USER,
    columns: { build: { type: 'integer' } },
  },
  {
    name: 'registry',
    of: 'windows-host',
    title: 'Registry',
    shape: 'registry',
    source: 'https://learn.microsoft.com/registry',
    right: ORDINARY_USER,
    columns: {},
  },
];

const FILE = { schemaVersion: 1, target: { kind: 'windows-host', name: 'rdsh01.contoso.com' }, collectedAt: '2026-01-31T10:00:00Z', sections: {} };

function unified(sections: Readonly<Record<string, Section>>, specs = SPECS): ReturnType<typeof unify> {
  return unify({ schemaVersion: 1, target: { kind: 'windows-host', name: 'rdsh01.contoso.com' }, collectedAt: '2026-01-31T10:00:00.000Z', sections }, specs);
}

function tableOf({ snapshot }: ReturnType<typeof unify>): readonly { readonly [column: string]: Json }[] {
  const data = snapshot.sections['table']?.data;
  return Array.isArray(data) ? (data as readonly { readonly [column: string]: Json }[]) : [];
}

function cell(row: Json): Json | undefined {
  return tableOf(unified({ table: { status: 'ok', data: [row] } }))[0];
}

describe('the file format of a snapshot', () => {
  it('is accepted, its time in UTC', () => {
    expect(parseSnapshot({ ...FILE, collectedAt: '2026-01-31T12:00:00.5+02:00', sections: { a: { status: 'denied', error: 'no' } } })).toEqual({
      snapshot: { ...FILE, collectedAt: '2026-01-31T10:00:00.500Z', sections: { a: { status: 'denied', error: 'no' } } },
    });
  });

  it.each<[string, Json, string]>([
    ['no object', [], 'it is not an object.'],
    ['a newer version', { ...FILE, schemaVersion: 2 }, 'its schemaVersion is 2, which is newer than this rdposture reads (1).'],
    ['a version that is a text', { ...FILE, schemaVersion: '1' }, "its 'schemaVersion' must be 1."],
    ['no target', { ...FILE, target: null }, "its 'target.kind' must be one of windows-host, rds-deployment, endpoint."],
    ['another kind', { ...FILE, target: { kind: 'azure', name: 'x' } }, "its 'target.kind' must be"],
    ['no name', { ...FILE, target: { kind: 'windows-host', name: '' } }, "its 'target.name' must be"],
    ['a name with a control character', { ...FILE, target: { kind: 'windows-host', name: 'a\u001b[31m' } }, "its 'target.name' must be"],
    ['a name without end', { ...FILE, target: { kind: 'windows-host', name: 'a'.repeat(300) } }, "its 'target.name' must be"],
    ['no time', { ...FILE, collectedAt: 'yesterday' }, "its 'collectedAt' must be"],
    ['a time without zone', { ...FILE, collectedAt: '2026-01-31T10:00:00' }, "its 'collectedAt' must be"],
    ['a day that is none', { ...FILE, collectedAt: '2026-13-31T10:00:00Z' }, "its 'collectedAt' must be"],
    ['sections that are a list', { ...FILE, sections: [] }, "its 'sections' must be an object."],
    ['a section without a status', { ...FILE, sections: { os: {} } }, "its section 'os' must have a 'status'"],
    ['a status that is none', { ...FILE, sections: { os: { status: 'fine' } } }, "its section 'os' must have a 'status'"],
  ])('with %s is refused, and the member named', (_why, value, expected) => {
    const parsed = parseSnapshot(value);
    expect('error' in parsed ? parsed.error.startsWith(expected) : parsed).toBe(true);
  });

  it('may name a section like a member of every object', () => {
    const parsed = parseSnapshot(
      JSON.parse(
        '{"schemaVersion":1,"target":{"kind":"windows-host","name":"a"},"collectedAt":"2026-01-31T10:00:00Z","sections":{"__proto__":{"status":"ok","data":[]},"constructor":{"status":"ok"}}}',
      ) as Json,
    );
    expect('snapshot' in parsed && Object.keys(parsed.snapshot.sections)).toEqual(['__proto__', 'constructor']);
    if (!('snapshot' in parsed)) return;
    const { snapshot, problems } = unify(parsed.snapshot, SECTIONS);
    expect(Object.keys(snapshot.sections)).toEqual([]);
    expect(problems.map(({ code }) => code)).toEqual(['snapshot.unknown-member']);
  });
});

describe('values', () => {
  it.each<[string, Json, Json]>([
    ['stay as they are', { Name: 'a', Size: 3, List: ['x'] }, { Name: 'a', Size: 3, List: ['x'] }],
    ['lose their wrappers', { Name: { value: 'a' }, Size: { Value: { value: 3 } } }, { Name: 'a', Size: 3 }],
    ['of a list of one are restored', { List: 'x' }, { List: ['x'] }],
    ['of a wrapped list are unwrapped', { List: { value: ['x', { Value: 'y' }], Count: 2 } }, { List: ['x', 'y'] }],
    ['of an empty list are none', { List: '' }, { List: [] }],
    ['that are nothing stay nothing', { Size: null, List: null }, { Size: null, List: null }],
    ['that came as a list of one are that one', { Size: [3] }, { Size: 3 }],
    ['that are bytes or a text for them stay so', { Bytes: [1, 2] }, { Bytes: [1, 2] }],
    ['that are a text for bytes stay one', { Bytes: 'MII=' }, { Bytes: 'MII=' }],
    ['of a SID object are its text', { Name: { BinaryLength: 16, AccountDomainSid: null, Value: 'S-1-5-32-544' } }, { Name: 'S-1-5-32-544' }],
    ['of a column that takes everything stay', { Free: { a: 1 } }, { Free: { a: 1 } }],
  ])('%s', (_what, row, expected) => {
    expect(cell(row)).toEqual(expected);
  });

  it('of a type that their column does not have could not be read, with one warning', () => {
    const result = unified({
      table: { status: 'ok', data: [{ Name: 'a', Size: { x: 1 } }, { Name: { y: 2 } }] },
      thing: { status: 'ok', data: { build: { major: 10 } } },
    });
    const { problems } = result;
    const [first, second] = tableOf(result);
    expect(isUnreadable(first?.['Size'])).toBe(true);
    expect(first?.['Name']).toBe('a');
    expect(isUnreadable(second?.['Name'])).toBe(true);
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['snapshot.malformed-value', "Values of 'rdsh01.contoso.com' have a type that their column does not have: 'table.Size', 'table.Name', 'thing.build'."],
    ]);
  });
});

describe('sections', () => {
  it.each<[string, Json, Json]>([
    ['a row stands for a list of one', { Name: 'a' }, [{ Name: 'a' }]],
    ['nothing is an empty table', null, []],
    ['an empty text is an empty table', '', []],
    ['a text is no table', 'denied', 'error'],
    ['a row that is no object spoils the table', [{ Name: 'a' }, 3], 'error'],
    ['a table has an end', Array.from({ length: 100_001 }, () => ({})), 'error'],
  ])('%s', (_what, data, expected) => {
    const { snapshot, problems } = unified({ table: { status: 'ok', data } });
    const section = snapshot.sections['table'];
    expect(section?.status === 'ok' ? section.data : section?.status).toEqual(expected);
    expect(problems.map(({ code }) => code)).toEqual(expected === 'error' ? ['snapshot.malformed-section'] : []);
  });

  it('of another status keep it, and lose their data', () => {
    expect(unified({ table: { status: 'denied', error: 'Access is denied.', data: [{ Name: 'a' }] } }).snapshot.sections['table']).toEqual({
      status: 'denied',
      error: 'Access is denied.',
    });
  });

  it('of the registry keep what is well formed of them', () => {
    const { snapshot } = unified({
      registry: {
        status: 'ok',
        data: {
          a: { status: 'ok', values: { x: 1, y: { value: 'z' } } },
          b: { status: 'absent' },
          c: { status: 'denied', values: { x: 1 } },
          d: 'x',
          e: { status: 'ok', values: [1] },
        },
      },
    });
    expect(snapshot.sections['registry']?.data).toEqual({
      a: { status: 'ok', values: { x: 1, y: 'z' } },
      b: { status: 'absent' },
      c: { status: 'denied' },
      d: { status: 'error' },
      e: { status: 'error' },
    });
  });

  it('and columns that no spec knows are kept out, with one warning that names ten', () => {
    const columns = Object.fromEntries(Array.from({ length: 12 }, (_unused, index) => [`Column${index}`, 1]));
    const { snapshot, problems } = unified({ table: { status: 'ok', data: [{ ...columns, Name: 'a' }, { ...columns }] }, tabel: { status: 'ok', data: [] } });
    expect(snapshot.sections).toEqual({ table: { status: 'ok', data: [{ Name: 'a' }, {}] } });
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toMatch(/'table\.Column0'.*'table\.Column9' and 3 more\.$/);
  });

  it('are never changed in place', () => {
    const sections = { table: { status: 'ok', data: [{ Name: { value: 'a' }, List: 'x' }] } } as const;
    const before = JSON.stringify(sections);
    unified(sections);
    expect(JSON.stringify(sections)).toBe(before);
  });
});
