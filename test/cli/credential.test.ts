import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contactsOf } from '../../src/cli/contacts.ts';
import { credentialOf } from '../../src/cli/credential.ts';
import type { ParsedOptions } from '../../src/config/options.ts';
import { loadEstate } from '../../src/scan/plan.ts';
import { folderOf } from '../scan/support.ts';
import { BIN, cleanEnvironment, run } from './support.ts';

const NO_FLAGS: ParsedOptions = { values: {}, positionals: [] };
const WINRM = [{ over: 'winrm' as const }];

describe('a credential', () => {
  it.each([
    ['is who runs this when nothing is given', {}, WINRM, null],
    ['is the account of the environment', { RDPOSTURE_USER: 'CONTOSO\\reader', RDPOSTURE_PASSWORD: 'x' }, WINRM, { user: 'CONTOSO\\reader', password: 'x' }],
    ['may leave the user to the estate', { RDPOSTURE_PASSWORD: 'x' }, WINRM, { user: null, password: 'x' }],
    ['is none without a password', { RDPOSTURE_USER: 'reader', RDPOSTURE_PASSWORD: '' }, WINRM, null],
    [
      'is not taken out for hosts that need none',
      { RDPOSTURE_USER: 'reader', RDPOSTURE_PASSWORD: 'x' },
      [{ over: 'ssh' as const }, { over: 'local' as const }],
      null,
    ],
  ])('%s', (_, environment, targets, credential) => {
    expect(credentialOf(NO_FLAGS, targets, environment)).toEqual(credential);
  });
});

const estate = (connect: string, more = ''): string => `version: 1\nname: contoso\nhosts:\n  - { name: rdsh01.contoso.com, connect: ${connect}${more} }\n`;

describe('hosts over WinRM', () => {
  it.skipIf(process.platform === 'win32')('are a problem where there is no WS-Management, and nobody sees the password', () => {
    const folder = folderOf({ 'estate.yaml': estate('{ over: winrm, ssl: true, authentication: kerberos, configurationName: Rdposture }') });
    const environment = { RDPOSTURE_USER: 'CONTOSO\\reader', RDPOSTURE_PASSWORD: 'geheim-1' };
    const ran = run(['collect'], { cwd: folder, env: environment });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toMatch(/'rdsh01\.contoso\.com' connects in a way that cannot be used here: remoting over WS-Management exists only on Windows\./);
    expect(ran.stderr).toMatch(/Use `connect: \{ over: ssh \}`/);
    expect(ran.stderr + ran.stdout).not.toContain('geheim');
    const scanned = run(['scan', '--show-config'], { cwd: folder, env: environment });
    expect(scanned.stderr + scanned.stdout).not.toContain('geheim');
  });

  it('take a password from standard input, if there is one', () => {
    const folder = folderOf({ 'estate.yaml': estate('{ over: winrm }') });
    const asked = (input: string): ReturnType<typeof spawnSync> =>
      spawnSync(process.execPath, [BIN, 'collect', '--password-stdin'], { cwd: folder, env: cleanEnvironment(), input, encoding: 'utf8' });
    expect(asked('\n')).toMatchObject({ status: 2, stderr: expect.stringMatching(/no password on standard input/) });
    expect(asked('geheim-1\n')).toMatchObject({ status: 3, stderr: expect.not.stringMatching(/geheim/) });
  });

  it.each([
    ['{ over: winrm, ssl: perhaps }', /ssl/],
    ['{ over: winrm, authentication: credssp }', /'kerberos', 'negotiate', 'basic'/],
    ['{ over: winrm, configurationName: "a b" }', /configurationName/],
    ['{ over: winrm, password: x }', /password/],
  ])('refuse %s', (connect, says) => {
    const ran = run(['collect'], { cwd: folderOf({ 'estate.yaml': estate(connect) }) });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(says);
  });

  it('are those of the trusted estate, as that one connects to them', () => {
    const folder = folderOf({
      'pr/estate.yaml': estate('{ over: winrm, authentication: basic, port: 80 }, address: 192.0.2.66'),
      'base/estate.yaml': estate('{ over: winrm, ssl: true, configurationName: Rdposture }, address: 192.0.2.1'),
    });
    const file = join(folder, 'pr/estate.yaml');
    const { targets } = contactsOf(loadEstate(file, join(folder, 'pr'), []).estate, file, { folder: join(folder, 'base'), sourceRoot: join(folder, 'pr') }, []);
    expect(targets).toMatchObject([{ address: '192.0.2.1', port: null, winrm: { ssl: true, authentication: null, configurationName: 'Rdposture' } }]);
  });
});
