import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/policy-command.ts';
import { readPolicyFolder } from '../../src/policy/library.ts';
import { capture, type Captured, temporaryFolder } from './capture.ts';

const folder = temporaryFolder(afterAll);
const policy = (...argv: string[]): Promise<Captured> => capture(run, argv, folder);
const count = readPolicyFolder('policies').policies.length;

describe('policy list', () => {
  it('shows every policy in 80 columns', async () => {
    const { code, out } = await policy('list');
    expect(code).toBe(0);
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(out.match(/^[A-Z]+-\d{3}/gm)).toHaveLength(count);
    expect(out).toMatch(/^FW-004 {6}high 8\.8 +Disallow Remote Desktop on the Public firewall/m);
    expect(out).toMatch(/^FW-003 {6}warning {2}/m);
    expect(out).toContain(`${count} policies.`);
  });

  it('as JSON, of a pack', async () => {
    const rows = JSON.parse((await policy('list', '--pack', 'cis-windows-server-2022', '--json')).out) as {
      id: string;
      packs: string[];
      band: string;
      severity: number | null;
    }[];
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.every((row) => row.packs.includes('cis-windows-server-2022'))).toBe(true);
    expect(rows.find((row) => row.id === 'FW-004')).toMatchObject({
      band: 'high',
      severity: 8.8,
      kind: 'windows.rdpReachability',
      level: 'error',
      verified: true,
    });
  });

  it.each<[string[], string, RegExp]>([
    [['list', '--pack', 'none'], 'pack.unknown', /rds-essentials/],
    [['list', 'FW-004'], 'cli.argument', /--help/],
    [['lst'], 'cli.unknown-action', /list, test, lint, new/],
    [[], 'cli.unknown-action', /list, test, lint, new/],
    [['list', '--jsn'], 'cli.unknown-option', /json/],
    [['constructor'], 'cli.unknown-action', /list/],
  ])('%j is the user’s error', async (argv, code, hint) => {
    const { error } = await policy(...argv);
    expect(error?.code).toBe(code);
    expect(error?.hint).toMatch(hint);
  });
});

describe('policy test', () => {
  it('runs the cases of one', async () => {
    expect(await policy('test', '--only', 'FW-004')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^1 policies, \d+ cases, 0 policies failed\.\n$/) as string,
    });
  });

  it('refuses an id that there is not', async () => {
    expect((await policy('test', '--only', 'FW-04')).error).toMatchObject({ code: 'policy.unknown-id', hint: "Did you mean 'FW-004'?" });
  });

  it('names each policy whose cases do not hold, made safe', async () => {
    const own = join(folder, 'own', 'xx', 'xx-001');
    mkdirSync(own, { recursive: true });
    writeFileSync(
      join(own, 'policy.yaml'),
      "id: XX-001\nname: Xxx\ntitle: Require a thing\nkind: estate.section\nseverity: 5\nassert: { properties: { status: { const: ok } } }\nmessage: \"Section '{section}' is '{status}'.\"\nwhy: Because it has to be so.\nlinks: [https://learn.microsoft.com/x]\n",
    );
    writeFileSync(
      join(own, 'cases.yaml'),
      '- { name: "a\\e[31m", data: { status: ok }, expect: fail }\n- { name: b, data: { status: error }, expect: fail }\n',
    );
    const { code, out } = await policy('test', '--only', 'XX-001', '--policy', 'own');
    expect(code).toBe(1);
    expect(out).toContain("XX-001: 2 of its expectations do not hold.\n  Case 'a\\u001b[31m' should be 'fail' and is 'pass'.");
    expect(out).toContain('1 policies failed.');
  });
});

describe('policy lint', () => {
  it('finds nothing in what is shipped', async () => {
    const { code, out } = await policy('lint');
    expect(out).toMatch(/: 0 faults\.\n$/);
    expect(code).toBe(0);
  });

  it('says a line for each fault, with the file', async () => {
    const own = join(folder, 'bad', 'yy');
    mkdirSync(own, { recursive: true });
    writeFileSync(
      join(own, 'policy.yaml'),
      'id: YY-001\nname: Yyy\ntitle: Things\u001b should be\nkind: estate.section\nseverity: 9.0\nassert: { properties: { state: { const: ok } } }\nmessage: "Section \'{section}\' is bad."\nwhy: Because it has to be so.\nlinks: [https://learn.microsoft.com/x]\n'.replace(
        '\u001b',
        '',
      ),
    );
    const { code, out } = await policy('lint', '--policy', 'bad', '--only', 'YY-001');
    expect(code).toBe(1);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/^bad\/yy\/policy\.yaml: YY-001: .+\.$/);
    expect(lines.at(-1)).toMatch(/: 4 faults\.$/);
  });

  it.each([
    ['says only its id', 'id: ZZ-001\n', 6],
    ['is no YAML', 'broken: [', 1],
    ['does not say its id', 'severity: 99\n', 9],
  ])('picks what is asked for also where it %s', async (_name, text, least) => {
    mkdirSync(join(folder, 'zz', 'z'), { recursive: true });
    writeFileSync(join(folder, 'zz', 'z', 'policy.yaml'), text);
    const { code, out } = await policy('lint', '--policy', 'zz', '--only', 'ZZ-001');
    expect(code).toBe(1);
    expect(Number(/: (\d+) faults?\.\n$/.exec(out)?.[1])).toBeGreaterThanOrEqual(least);
  });

  it('refuses a folder that there is not, what is none, and an id that there is not', async () => {
    writeFileSync(join(folder, 'file'), '');
    for (const name of ['nowhere', 'file']) expect((await policy('lint', '--policy', name)).error?.code).toBe('policy.folder-missing');
    expect((await policy('lint', '--only', 'NOPE-001')).error?.code).toBe('policy.unknown-id');
  });
});

describe('policy new', () => {
  it('writes what test and lint accept as it is', async () => {
    const made = await policy('new', 'NEW-001', '--kind', 'windows.rdpListener', '--policy', 'mine');
    expect(made.code).toBe(0);
    expect(made.out).toContain('mine/new/new-001/policy.yaml\nmine/new/new-001/cases.yaml\n');
    expect(made.out).toContain('--policy mine');
    expect((await policy('test', '--only', 'NEW-001', '--policy', 'mine')).out).toBe('1 policies, 3 cases, 0 policies failed.\n');
    expect((await policy('lint', '--policy', 'mine')).code).toBe(0);
    expect((await policy('new', 'NEW-001', '--kind', 'windows.rdpListener', '--policy', 'mine')).error?.code).toBe('policy.id-taken');
  });

  it.each<[string[], string]>([
    [['new', '--kind', 'windows.rdpListener'], 'cli.policy-new'],
    [['new', 'NEW-002'], 'cli.policy-new'],
    [['new', 'new-2', '--kind', 'windows.rdpListener'], 'cli.policy-new'],
    [['new', '../NEW-002', '--kind', 'windows.rdpListener'], 'cli.policy-new'],
    [['new', 'NEW-002', 'NEW-003', '--kind', 'windows.rdpListener'], 'cli.policy-new'],
    [['new', 'NEW-002', '--kind', 'windows.nothing'], 'policy.unknown-kind'],
    [['new', 'FW-004', '--kind', 'windows.rdpListener', '--policy', 'other'], 'policy.id-taken'],
  ])('%j is the user’s error, and writes nothing', async (argv, code) => {
    expect((await policy(...argv)).error?.code).toBe(code);
    expect(existsSync(join(folder, 'policies'))).toBe(false);
    expect(existsSync(join(folder, 'other'))).toBe(false);
  });
});

it.each([['--help'], ['list', '--help'], ['new', '-h']])('help: %s %s', async (...argv) => {
  const { code, out } = await policy(...argv.filter((text) => text !== undefined));
  expect(code).toBe(0);
  expect(out).toMatch(/^rdposture policy /);
  expect(out).toContain('--help');
});
