import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/explain-command.ts';
import { readPolicyFolder } from '../../src/policy/library.ts';
import { capture, type Captured, temporaryFolder } from './capture.ts';

const folder = temporaryFolder(afterAll);
const explain = (...argv: string[]): Promise<Captured> => capture(run, argv, folder);
const ids = readPolicyFolder('policies').policies.map((policy) => policy.id);

describe('a policy', () => {
  it('says why, what is judged, what to do, and who states it', async () => {
    const { code, out } = await explain('AUTH-001');
    expect(code).toBe(0);
    expect(out).toMatch(/^AUTH-001 Require Network Level Authentication on every RDP listener\n/);
    for (const text of [
      'severity  high 8.1',
      'judges    windows.rdpListener',
      'rds-essentials',
      '\nWhy\n',
      'userAuthentication',
      'rdp/{listener}/userAuthentication to "required"',
      'risk safe, needs new-sessions',
      'Group Policy: Computer Configuration',
      'CWE-306',
      '\nLinks\n  https://learn.microsoft.com/',
    ]) {
      expect(out).toContain(text);
    }
  });

  it.each([['auth-001'], ['NlaOnEveryListener'], ['nlaoneverylistener']])('by %s too', async (name) => {
    expect((await explain(name)).out).toContain('AUTH-001');
  });

  it('shows parameters, grades and what is not verified', async () => {
    expect((await explain('CERT-001')).out).toMatch(/\nParameters\n {2}\w+ +[\s\S]*Default [\s\S]*--var[\s]+CERT-001\./);
    expect((await explain('FW-004')).out).toContain('lower where less is at stake');
    expect((await explain('COL-010')).out).toContain('verified  no');
  });

  it('any of them, in 80 columns but for addresses and commands', async () => {
    for (const id of ids) {
      const { code, out } = await explain(id);
      expect(code).toBe(0);
      expect(out).not.toMatch(/undefined|\[object/);
      const by = out.indexOf('\nBy hand\n');
      const prose = out.split('\n').filter((line) => line.length > 80 && !/https:\/\/|^ {6}az /.test(line) && (by < 0 || out.indexOf(line) < by));
      expect(prose, id).toEqual([]);
    }
  });
});

describe('a disconnect code', () => {
  it('0x3/0x7: what it is, what it is not, what may only be inferred', async () => {
    const { code, out } = await explain('0x3/0x7');
    expect(code).toBe(0);
    expect(out).toMatch(/^Disconnect code 0x3\/0x7\n/);
    const order = [
      'What it says',
      'exDiscReasonServerDeniedConnection',
      'ERRINFO_SERVER_DENIED_CONNECTION',
      'How far the connection had come',
      'What it does not mean',
      '0x904 (socket closed)',
      'ext 9',
      'inference, no page says so',
      'Where to look',
      'Policies that bear on it',
      'Insecure remedies that circulate',
      'AUTH-001',
    ];
    const places = order.map((text) => out.indexOf(text));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(out.split('\n').filter((line) => line.length > 80 && !line.includes('https://'))).toEqual([]);
  });

  it.each<[string[], string]>([
    [['3/7'], '0x3/0x7'],
    [['3', '7'], '0x3/0x7'],
    [['0x904'], 'disconnectReasonAtClientWinsockFDCLOSE'],
    [['2308'], 'disconnectReasonAtClientWinsockFDCLOSE'],
    [['ext', '9'], 'exDiscReasonServerInsufficientPrivileges'],
    [['9'], 'exDiscReasonServerInsufficientPrivileges'],
    [['260'], "Write 'ext 260'"],
    [['ext 260'], 'exDiscReasonLicenseHwidDoesntMatchLicense'],
    [['3/0x408'], 'ERRINFO_CB_DESTINATION_POOL_NOT_FREE'],
    [['3/0x10cb'], 'exDiscReasonProtocolRange'],
    [['99/7'], 'no page documents it'],
    [['reason', '5'], 'exDiscReasonReplacedByOtherConnection'],
    [['Error code: 0x3', 'Extended error code: 0x7'], '0x3/0x7'],
  ])('%j', async (argv, expected) => {
    const { code, out } = await explain(...argv);
    expect(code).toBe(0);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(expected);
  });

  it('names only families that there are', async () => {
    const { out } = await explain('0x904');
    expect(out).toContain('FW-*');
    for (const [, family] of out.matchAll(/^ {2}([A-Z]+)-\*/gm)) expect(ids.some((id) => id.startsWith(`${family ?? ''}-`))).toBe(true);
  });
});

describe('what is neither', () => {
  it.each<[string[], RegExp, RegExp]>([
    [['123456'], /No page documents the disconnect code '0x1e240'/, /0x3\/0x7/],
    [['0x80070005'], /No page documents/, /HRESULT/],
    [['-2147024891'], /neither/, /HRESULT/],
    [['b07'], /neither/, /'0xb07'/],
    [['FW-04'], /There is no policy/, /'FW-004'/],
    [['FW-999'], /There is no policy/, /Did you mean/],
    [['XXXXXX-999'], /neither/, /0x3\/0x7/],
    [['__proto__'], /neither/, /0x904/],
    [['\u001b[31m3/7\u202e'], /neither/, /0x904/],
    [['A'.repeat(100_000)], /^'A{79}…' is neither/, /0x904/],
    [[], /Name a policy/, /FW-004/],
    [['   '], /Name a policy/, /FW-004/],
  ])('%j', async (argv, message, hint) => {
    const { code, error } = await explain(
      ...argv.map((text) => (text.startsWith('-') ? text : text)).flatMap((text) => (text.startsWith('-') ? ['--', text] : [text])),
    );
    expect(code).toBe(2);
    expect(error?.message).toMatch(message);
    expect(error?.hint).toMatch(hint);
  });
});

it('help', async () => {
  const { code, out } = await explain('--help');
  expect(code).toBe(0);
  expect(out).toMatch(/^rdposture explain ID\|CODE/);
});
