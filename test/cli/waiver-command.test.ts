import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/waiver-command.ts';
import { readWaivers } from '../../src/gate/waivers.ts';
import { openDocument } from '../../src/lib/document.ts';
import { capture, type Captured, temporaryFolder } from './capture.ts';

const root = temporaryFolder(afterAll);
const NOW = '2026-12-01T10:00:00Z';
const REASON = 'accepted until the move';

interface Place {
  readonly folder: string;
  readonly file: string;
  readonly waiver: (...argv: string[]) => Promise<Captured>;
  readonly text: () => string;
}

function place(text?: string): Place {
  const folder = mkdtempSync(join(root, 'w-'));
  const file = join(folder, 'waivers.yaml');
  if (text !== undefined) writeFileSync(file, text);
  return { folder, file, waiver: (...argv) => capture(run, argv, folder), text: () => readFileSync(file, 'utf8') };
}

const add = (more: string[] = [], policy = 'FW-004', until = '2026-12-31'): string[] => [
  'add',
  policy,
  '--reason',
  REASON,
  '--owner',
  'ops',
  '--until',
  until,
  '--now',
  NOW,
  ...more,
];

describe('waiver add', () => {
  it('makes the file', async () => {
    const here = place();
    expect(await here.waiver(...add(['--target', 'rdsh01*', '--ticket', 'CHG-1', '--approver', 'sec']))).toMatchObject({
      code: 0,
      out: "waivers.yaml: the waiver 'fw-004-2026-12-31' counts until 2026-12-31.\n",
    });
    expect(here.text()).toBe(
      `version: 1\nwaivers:\n  - id: fw-004-2026-12-31\n    policy: FW-004\n    target: rdsh01*\n    reason: ${REASON}\n    owner: ops\n    until: 2026-12-31\n    ticket: CHG-1\n    approver: sec\n`,
    );
  });

  it.each<[string, string]>([
    [
      'a block list',
      '# ours\nversion: 1\nmaxDays: 400   # a year\nwaivers:\n  - id: old   # keep\n    policy: FW-001\n    reason: "long enough"\n    owner: me\n    until: 2026-12-24\n# the end\n',
    ],
    ['a flow list', '{ version: 1, waivers: [{ id: old, policy: FW-001, reason: long enough, owner: me, until: 2026-12-24 }] } # ours\n'],
    ['an empty list', '# ours\nversion: 1\nwaivers: []\n'],
    [
      'lines that end in CR LF',
      '# ours\r\nversion: 1\r\nwaivers:\r\n- id: old\r\n  policy: FW-001\r\n  reason: long enough\r\n  owner: me\r\n  until: 2026-12-24\r\n',
    ],
    ['a byte order mark', '\ufeff# ours\nversion: 1\nwaivers: []\n'],
  ])('adds to %s and leaves the rest as it is', async (_name, text) => {
    const here = place(text);
    expect((await here.waiver(...add(['--name', 'Public']))).code).toBe(0);
    const after = here.text();
    for (const line of text.split('\n')) if (!/\[|waivers/.test(line)) expect(after.split('\n')).toContain(line);
    expect(after).toContain('# ours');
    const read = readWaivers(openDocument(after, 'yaml').value, 'w', NOW);
    expect(read.problems).toEqual([]);
    expect(read.waivers.at(-1)).toMatchObject({ policies: ['FW-004'], names: ['Public'], reason: REASON });
  });

  it('takes several policies, targets and families', async () => {
    const here = place();
    expect(
      (
        await here.waiver(
          'add',
          'FW-*',
          'NET-001',
          '--target',
          'a',
          '--target',
          'b',
          '--reason',
          REASON,
          '--owner',
          'ops',
          '--until',
          '2026-12-31',
          '--now',
          NOW,
        )
      ).code,
    ).toBe(0);
    expect(readWaivers(openDocument(here.text(), 'yaml').value, 'w', NOW).waivers[0]).toMatchObject({
      id: 'fw-all-2026-12-31',
      policies: ['FW-*', 'NET-001'],
      targets: ['a', 'b'],
    });
  });

  it('keeps ids apart', async () => {
    const here = place();
    await here.waiver(...add(['--target', 'a']));
    await here.waiver(...add(['--target', 'b']));
    expect(readWaivers(openDocument(here.text(), 'yaml').value, 'w', NOW).waivers.map(({ id }) => id)).toEqual(['fw-004-2026-12-31', 'fw-004-2026-12-31-2']);
  });

  it.each([
    'a: b # c',
    '- x',
    '"quoted" and \'so\'',
    'two\nlines of it',
    'version: 2\nwaivers: []',
    '\u001b[31mred\u202e',
    '{{ }} & * ! | > %',
    'yes and 1234567890',
    '12345678901',
    '💻💻💻💻💻💻',
    'x'.repeat(5000),
  ])('keeps the hostile text %j what it is', async (text) => {
    const here = place('version: 1\nwaivers: []\n');
    const made = await here.waiver('add', 'FW-004', `--reason=${text} `.padEnd(30, '.'), `--owner=${text.slice(0, 40)}`, '--until', '2026-12-31', '--now', NOW);
    expect(made.error).toBeNull();
    const [first, ...more] = readWaivers(openDocument(here.text(), 'yaml').value, 'w', NOW).waivers;
    expect(first).toMatchObject({ reason: `--reason=${text} `.padEnd(30, '.').slice(9), owner: text.slice(0, 40) });
    expect(more).toEqual([]);
    const listed = await here.waiver('list', '--now', NOW);
    expect(listed.out).not.toMatch(/[^\P{C}\n]/u);
  });

  it.each<[string, string[], string]>([
    ['no policy', ['add', '--reason', REASON, '--owner', 'ops', '--until', '2026-12-31'], 'cli.waiver'],
    ['no reason', ['add', 'FW-004', '--owner', 'ops', '--until', '2026-12-31'], 'cli.waiver'],
    ['no owner', ['add', 'FW-004', '--reason', REASON, '--until', '2026-12-31'], 'cli.waiver'],
    ['no end', ['add', 'FW-004', '--reason', REASON, '--owner', 'ops'], 'cli.waiver'],
    ['a policy that there is not', add([], 'FW-999'), 'policy.unknown-id'],
    ['a family that there is not', add([], 'XX-*'), 'policy.unknown-id'],
    ['a policy of another form', add([], '../FW'), 'policy.unknown-id'],
    ['a reason that is too short', ['add', 'FW-004', '--reason', 'short', '--owner', 'ops', '--until', '2026-12-31', '--now', NOW], 'waiver.malformed'],
    ['a date that is none', add([], 'FW-004', '2026-02-30'), 'waiver.malformed'],
    ['a date of another form', add([], 'FW-004', '31.12.2026'), 'waiver.malformed'],
    ['a date in the past', add([], 'FW-004', '2026-11-30'), 'waiver.expired'],
    ['a date too far ahead', add([], 'FW-004', '2028-01-01'), 'waiver.malformed'],
    ['a time that is none', add(['--now', '2026-02-30']), 'cli.time'],
    ['an id with a blank', add(['--id', 'a b']), 'waiver.malformed'],
  ])('refuses %s, and writes nothing', async (_name, argv, code) => {
    const here = place();
    expect((await here.waiver(...argv)).error?.code).toBe(code);
    expect(existsSync(here.file)).toBe(false);
  });

  it('takes today, and not yesterday', async () => {
    expect((await place().waiver(...add([], 'FW-004', '2026-12-01'))).code).toBe(0);
    expect((await place().waiver(...add([], 'FW-004', '2026-11-30'))).error?.code).toBe('waiver.expired');
  });

  it('refuses what is there already, and what the file itself forbids', async () => {
    const text = `version: 1\nmaxDays: 20\nwaivers:\n  - { id: old, policy: FW-004, target: RDSH01, reason: ${REASON}, owner: me, until: 2026-12-10 }\n  - { id: gone, policy: FW-005, reason: ${REASON}, owner: me, until: 2026-11-10 }\n`;
    const here = place(text);
    const refused = async (argv: string[]): Promise<string | undefined> => (await here.waiver(...argv)).error?.code;
    expect(await refused(add(['--target', 'rdsh01'], 'FW-004', '2026-12-12'))).toBe('waiver.duplicate');
    expect(await refused(add(['--id', 'old'], 'FW-001', '2026-12-12'))).toBe('waiver.duplicate');
    expect(await refused(add([], 'FW-001', '2026-12-31'))).toBe('waiver.malformed');
    expect(here.text()).toBe(text);
    expect((await here.waiver(...add([], 'FW-005', '2026-12-12'))).code).toBe(0);
  });

  it.each<[string, string]>([
    ['no YAML', 'version: [\n'],
    ['no waivers', 'version: 1\n'],
    ['a fault', 'version: 1\nwaivers:\n  - { id: a, policy: x }\n'],
    ['nothing', ''],
    ['an alias in the list', 'version: 1\nx: &a []\nwaivers: *a\n'],
  ])('refuses a file with %s, and leaves it', async (_name, text) => {
    const here = place(text);
    expect((await here.waiver(...add())).error).not.toBeNull();
    expect(here.text()).toBe(text);
  });
});

const LISTED = `version: 1
waivers:
  - { id: near, policy: FW-004, target: [a, b], name: Public, reason: ${REASON}, owner: ops, until: 2026-12-31, ticket: CHG-1 }
  - { id: far, policy: FW-*, reason: ${REASON}, owner: ops, until: 2027-06-30 }
`;

describe('waiver list', () => {
  it.each([
    ['2026-12-01T00:00:00Z', 'near: valid until 2026-12-31, 30 days left', '2 valid, 0 expired.'],
    ['2026-12-30T23:00:00Z', 'near: valid until 2026-12-31, 1 day left', '2 valid, 0 expired.'],
    ['2026-12-31T23:59:59Z', 'near: valid, ends today (2026-12-31, UTC)', '2 valid, 0 expired.'],
    ['2027-01-01', 'near: expired on 2026-12-31, 1 day ago', '1 valid, 1 expired.'],
    ['2027-01-01T00:59:59+01:00', 'near: valid, ends today (2026-12-31, UTC)', '2 valid, 0 expired.'],
    ['2027-02-09', 'near: expired on 2026-12-31, 40 days ago', '1 valid, 1 expired.'],
  ])('at %s', async (now, state, total) => {
    const { code, out } = await place(LISTED).waiver('list', '--now', now);
    expect(code).toBe(0);
    expect(out).toContain(`${state}\n`);
    expect(out.endsWith(`${total}\n`)).toBe(true);
  });

  it('as JSON', async () => {
    const rows = JSON.parse((await place(LISTED).waiver('list', '--json', '--now', '2027-01-01')).out) as object[];
    expect(rows).toMatchObject([
      { id: 'near', state: 'expired', daysLeft: -1 },
      { id: 'far', state: 'valid', daysLeft: 180 },
    ]);
  });

  it('says on standard error what does not count, and that the user must act', async () => {
    const { code, out, err } = await place(LISTED.replace('2027-06-30', '2037-06-30')).waiver('list', '--now', NOW);
    expect(code).toBe(2);
    expect(out).toContain('1 valid, 0 expired.');
    expect(err).toContain("'far' ends on 2037-06-30, more than 366 days from now");
  });

  it('names a file that is not there', async () => {
    expect((await place().waiver('list')).error?.code).toBe('waiver.missing');
    expect((await place().waiver('list', '--waivers', 'x.yaml')).error?.message).toContain('x.yaml');
  });
});

describe('waiver lint', () => {
  it.each<[string, string, number, RegExp]>([
    ['a sound file', LISTED, 0, /^0 faults, 0 warnings\.\n$/],
    ['an expired waiver', LISTED.replace('2026-12-31', '2026-11-30'), 0, /^warning: .*'near' of ops expired on 2026-11-30\.\n0 faults, 1 warning\.\n$/],
    ['a policy that there is not', LISTED.replace('FW-004', 'FW-999'), 1, /^error: .*'FW-999', which there is not\.\n1 fault, 0 warnings\.\n$/],
    ['an id twice', LISTED.replace('id: far', 'id: near'), 1, /'near' is used twice/],
    ['a date that is none', LISTED.replace('2026-12-31', '2026-02-30'), 1, /which is no date/],
    ['an unknown key', LISTED.replace('ticket', 'tiket'), 1, /did you mean 'ticket'/],
    ['a date too far ahead', LISTED.replace('2027-06-30', '2029-06-30'), 1, /more than 366 days/],
  ])('%s', async (_name, text, code, expected) => {
    const linted = await place(text).waiver('lint', '--now', NOW);
    expect(linted.out).toMatch(expected);
    expect(linted.code).toBe(code);
  });
});

it('takes its file from the configuration, and no key of another command amiss', async () => {
  const here = place();
  writeFileSync(join(here.folder, 'risks.yaml'), LISTED);
  writeFileSync(join(here.folder, 'rdposture.yaml'), 'waivers: risks.yaml\nfail-on: high\n');
  expect((await here.waiver('lint', '--now', NOW)).code).toBe(0);
});

it.each([['--help'], ['add', '--help']])('help: %s %s', async (...argv) => {
  const { code, out } = await place().waiver(...argv.filter((text) => text !== undefined));
  expect(code).toBe(0);
  expect(out).toContain('--until DATE');
});
