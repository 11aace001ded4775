import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { root, skipped } from '../collectors/support.ts';
import { type Computer, computer, kit } from './support.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA rdposture@contoso.com';
const SSHD_CONFIG = [
  'Port 22',
  'AuthorizedKeysFile .ssh/authorized_keys',
  'Subsystem sftp sftp-server.exe',
  '',
  'Match Group administrators',
  '       AuthorizedKeysFile __PROGRAMDATA__/ssh/administrators_authorized_keys',
  '',
].join('\r\n');

const made: Computer[] = [];
function played(): Computer {
  const at = computer({
    'RDSH01\\rdposture': 'S-1-5-21-7-8-9-1001',
    'RDSH01\\existing': 'S-1-5-21-7-8-9-1002',
    'contoso\\svc-rdposture': 'S-1-5-21-1-2-3-1201',
    'CONTOSO\\RDS-Posture-Readers': 'S-1-5-21-1-2-3-1105',
    'CONTOSO\\RDS-Auditors': 'S-1-5-21-1-2-3-1106',
    'CONTOSO\\Domain Users': 'S-1-5-21-1-2-3-513',
    Everyone: 'S-1-1-0',
    'CONTOSO\\gmsa-rdposture$': 'S-1-5-21-1-2-3-1202',
  });
  made.push(at);
  return at;
}
afterEach(() => {
  for (const at of made.splice(0)) at.remove();
});
/** What resets the rights of something inside a folder, and the rest. */
const parted = (lines: readonly string[]): readonly [string[], string[]] => [
  lines.filter((line) => line.endsWith(' /reset /T /Q')),
  lines.filter((line) => !line.endsWith(' /reset /T /Q')),
];
const ok = { code: 0, stderr: '' };

describe.skipIf(skipped)('the endpoint', () => {
  const install = 'jea/Install-RdsPostureEndpoint.ps1';
  const readers = ['-Group', 'CONTOSO\\RDS-Posture-Readers'];
  const module = (at: Computer, ...more: readonly string[]): string => at.at('Program Files/WindowsPowerShell/Modules/RdsPosture', ...more);
  const icacls = (folder: string, ...grants: readonly string[]): string[] => [
    `icacls ${folder} /setowner *S-1-5-32-544 /T /Q`,
    `icacls ${folder} /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F ${grants.map((grant) => `${grant} `).join('')}/Q`,
  ];
  const MODULES = '/Program Files/WindowsPowerShell/Modules/RdsPosture';
  const TRANSCRIPTS = '/Program Files/RdsPosture/Transcripts';

  it('is installed once, and left alone the second time', () => {
    const at = played();
    expect(at.install(install, readers)).toMatchObject({ ...ok, stdout: expect.stringContaining('Registered the endpoint RdsPosture') });
    const [resets, changes] = parted(at.changes());
    // Each file and folder below gets what the folder hands down.
    expect(resets).toHaveLength(7);
    expect(changes).toEqual([...icacls(MODULES, '*S-1-5-32-545:(OI)(CI)RX'), ...icacls(TRANSCRIPTS), 'Register-PSSessionConfiguration RdsPosture']);
    expect(readdirSync(module(at)).toSorted()).toEqual([
      'Collect-RdsDeployment.ps1',
      'Collect-RdsHost.ps1',
      'Invoke-GuardedCollector.ps1',
      'RdsPosture.psd1',
      'RdsPosture.psm1',
      'RdsPosture.pssc',
      'RoleCapabilities',
      'request.json',
    ]);
    expect(readFileSync(module(at, 'Collect-RdsHost.ps1'))).toEqual(readFileSync(join(root, 'collectors', 'Collect-RdsHost.ps1')));
    const configuration = readFileSync(module(at, 'RdsPosture.pssc'), 'utf8');
    expect(configuration).toContain("'CONTOSO\\RDS-Posture-Readers' = @{ RoleCapabilities");
    expect(configuration).toContain(`TranscriptDirectory = '${at.folder}${TRANSCRIPTS}'`);
    expect(configuration).toContain('RunAsVirtualAccount = $true');

    expect(at.install(install, readers)).toMatchObject({ ...ok, stdout: 'The endpoint RdsPosture is registered as it should be.\n' });
    expect(at.changes().filter((line) => !line.startsWith('icacls'))).toEqual([]);
    // Another group, another registration.
    expect(at.install(install, ['-Group', 'CONTOSO\\RDS-Auditors'])).toMatchObject(ok);
    expect(at.changes().filter((line) => !line.startsWith('icacls'))).toEqual([
      'Unregister-PSSessionConfiguration RdsPosture',
      'Register-PSSessionConfiguration RdsPosture',
    ]);
    expect(readFileSync(module(at, 'RdsPosture.pssc'), 'utf8')).not.toContain('Readers');
    at.install(install, readers);
    // An update of the collectors needs no new registration.
    writeFileSync(module(at, 'Collect-RdsHost.ps1'), 'old');
    expect(at.install(install, readers).stdout).toBe('Wrote Collect-RdsHost.ps1.\nThe endpoint RdsPosture is registered as it should be.\n');
  });

  it('runs as a managed account', () => {
    const at = played();
    expect(at.install(install, [...readers, '-GroupManagedServiceAccount', 'CONTOSO\\gmsa-rdposture$', '-RestartWinRm'], { KIT_ROLE: '5' })).toMatchObject(ok);
    expect(at.changes().slice(-4)).toEqual([
      ...icacls(TRANSCRIPTS, '*S-1-5-21-1-2-3-1202:(OI)(CI)M'),
      'Register-PSSessionConfiguration RdsPosture',
      'Restart-Service WinRM',
    ]);
    const configuration = readFileSync(module(at, 'RdsPosture.pssc'), 'utf8');
    expect(configuration).toContain("GroupManagedServiceAccount = 'CONTOSO\\gmsa-rdposture$'");
    expect(configuration).not.toContain('RunAsVirtualAccount =');
  });

  it.each([
    ['Everyone', {}, /nearly everybody/],
    ['CONTOSO\\Domain Users', {}, /nearly everybody/],
    ['CONTOSO\\Nobody', {}, /There is no account or group/],
    ['CONTOSO\\RDS-Posture-Readers', { KIT_ROLE: '5' }, /domain controller/],
    ['CONTOSO\\RDS-Posture-Readers', { KIT_ICACLS: '5' }, /icacls ended with 5/],
  ])('is not registered for %s %j', (group, environment, says) => {
    const at = played();
    const { code, stderr, stdout } = at.install(install, ['-Group', group], environment);
    expect(code).toBe(1);
    expect(`${stdout}${stderr}`.replaceAll(/\s+\|?\s*/g, ' ')).toMatch(says);
    expect(at.changes()).not.toContain('Register-PSSessionConfiguration RdsPosture');
  });

  it('is registered by the next run when it failed', () => {
    const at = played();
    expect(at.install(install, readers, { KIT_FAIL: 'Register-PSSessionConfiguration' }).code).toBe(1);
    expect(at.install(install, readers)).toMatchObject(ok);
    expect(at.changes()).toContain('Register-PSSessionConfiguration RdsPosture');
  });

  it('changes nothing with -WhatIf, and goes away as a whole', () => {
    const at = played();
    expect(at.install(install, [...readers, '-WhatIf']).code).toBe(0);
    expect(at.changes()).toEqual([]);
    expect(readdirSync(at.at('Program Files'))).toEqual([]);
    at.install(install, readers);
    expect(at.install('jea/Uninstall-RdsPostureEndpoint.ps1', ['-Confirm:$false', '-RemoveTranscripts'])).toMatchObject(ok);
    expect(at.changes().at(-1)).toBe('Unregister-PSSessionConfiguration RdsPosture');
    expect(existsSync(module(at))).toBe(false);
    expect(existsSync(at.at('Program Files/RdsPosture/Transcripts'))).toBe(false);
    expect(at.install('jea/Uninstall-RdsPostureEndpoint.ps1', ['-Confirm:$false'])).toMatchObject({ ...ok, stdout: '' });
  });
});

describe.skipIf(skipped)('the account', () => {
  const install = 'ssh/Install-RdsPostureSshAccount.ps1';
  const withServer = (text = SSHD_CONFIG): Computer => {
    const at = played();
    writeFileSync(at.at('ProgramData/ssh/sshd_config'), text);
    return at;
  };
  const config = (at: Computer): string => readFileSync(at.at('ProgramData/ssh/sshd_config'), 'utf8').replaceAll(at.folder, '');
  const FORCED =
    '/Windows/System32/WindowsPowerShell/v1.0/powershell.exe -NoLogo -NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -InputFormat None -OutputFormat Text -File /ProgramData/ssh/rdposture/Invoke-ForcedCollector.ps1';

  it('is installed once, and left alone the second time', () => {
    const at = withServer();
    expect(at.install(install, ['-PublicKey', KEY, '-From', '10.20.0.0/24', '-RestartService'])).toMatchObject(ok);
    const [resets, changes] = parted(at.changes());
    expect(resets).toHaveLength(6);
    expect(changes).toEqual([
      'New-LocalUser rdposture',
      'Add-LocalGroupMember S-1-5-32-573 rdposture',
      'icacls /ProgramData/ssh/rdposture /setowner *S-1-5-32-544 /T /Q',
      'icacls /ProgramData/ssh/rdposture /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F *S-1-5-21-7-8-9-1001:(OI)(CI)RX /Q',
      'Restart-Service sshd',
    ]);
    expect(readFileSync(at.at('ProgramData/ssh/rdposture/authorized_keys'), 'utf8').replaceAll(at.folder, '')).toBe(
      `restrict,from="10.20.0.0/24",command="${FORCED}" ${KEY}\n`,
    );
    const lines = config(at).split('\r\n');
    expect(lines.indexOf('# rdposture end')).toBe(lines.indexOf('Match Group administrators') - 1);
    expect(lines.slice(0, 4)).toEqual(SSHD_CONFIG.split('\r\n').slice(0, 4));
    expect(lines).toContain('Match User rdposture');
    expect(lines).toContain(`    ForceCommand ${FORCED}`);
    for (const line of ['PermitTTY no', 'PasswordAuthentication no', 'AllowTcpForwarding no', 'AuthenticationMethods publickey'])
      expect(lines).toContain(`    ${line}`);

    const before = config(at);
    expect(at.install(install, ['-PublicKey', KEY, '-From', '10.20.0.0/24', '-RestartService'])).toMatchObject({
      ...ok,
      stdout: 'sshd_config is as it should be.\n',
    });
    expect(at.changes().filter((line) => !line.startsWith('icacls'))).toEqual([]);
    expect(config(at)).toBe(before);

    expect(at.install('ssh/Uninstall-RdsPostureSshAccount.ps1', ['-Confirm:$false'])).toMatchObject(ok);
    expect(config(at)).toBe(SSHD_CONFIG);
    expect(at.changes()).toEqual(['Remove-LocalUser rdposture']);
    expect(existsSync(at.at('ProgramData/ssh/rdposture'))).toBe(false);
  });

  it.each([
    ['an administrator', ['-Administrator'], 'Add-LocalGroupMember S-1-5-32-544 rdposture', 'rdposture'],
    ["the domain's", ['-UserName', 'contoso\\svc-rdposture'], 'Add-LocalGroupMember S-1-5-32-573 contoso\\svc-rdposture', 'contoso\\svc-rdposture'],
    ["somebody's", ['-UserName', 'existing', '-UseExisting'], 'Add-LocalGroupMember S-1-5-32-573 existing', 'existing'],
  ])('may be %s', (_, parameters, change, user) => {
    const at = withServer('Port 22\r\n');
    expect(at.install(install, ['-PublicKey', KEY, ...parameters])).toMatchObject(ok);
    expect(at.changes()).toContain(change);
    expect(config(at)).toMatch(new RegExp(`^Port 22\r\n# rdposture begin\r\nMatch User ${user.replaceAll('\\', '\\\\')}\r\n`));
    expect(config(at).endsWith('Match All\r\n# rdposture end\r\n')).toBe(true);
  });

  it.each([
    ['a key with options before it', ['-PublicKey', `command="cmd.exe" ${KEY}`], /not the line of a public key/],
    ['two keys', ['-PublicKey', `${KEY}\n${KEY}`], /not the line of a public key/],
    ['networks that are more', ['-PublicKey', KEY, '-From', '10.0.0.0/8",command="cmd'], /From/],
    ['a name that is a pattern', ['-PublicKey', KEY, '-UserName', '*'], /UserName/],
    ["somebody's account", ['-PublicKey', KEY, '-UserName', 'existing'], /not of this script's making/],
  ])('is not made of %s', (_, parameters, says) => {
    const at = withServer();
    const { code, stderr, stdout } = at.install(install, parameters);
    expect(code).toBe(1);
    expect(`${stdout}${stderr}`.replaceAll(/\s+\|?\s*/g, ' ')).toMatch(says);
    expect(config(at)).toBe(SSHD_CONFIG);
    expect(at.changes()).toEqual([]);
  });

  it('leaves a configuration alone that sshd would not start with', () => {
    const at = withServer(`# broken\r\n${SSHD_CONFIG}`);
    const { code, stdout, stderr } = at.install(install, ['-PublicKey', KEY]);
    expect(code).toBe(1);
    expect(`${stdout}${stderr}`.replaceAll(/\s+\|?\s*/g, ' ')).toMatch(/does not take the new configuration/);
    expect(config(at)).toBe(`# broken\r\n${SSHD_CONFIG}`);
    expect(readdirSync(at.at('ProgramData/ssh')).toSorted()).toEqual(['rdposture', 'sshd_config']);
  });

  it('says what is missing without a server, and changes nothing with -WhatIf', () => {
    const none = played();
    expect(none.install(install, ['-PublicKey', KEY])).toMatchObject({ code: 1, stderr: expect.stringContaining('sshd_config') });
    const at = withServer();
    expect(at.install(install, ['-PublicKey', KEY, '-WhatIf']).code).toBe(0);
    expect(at.changes()).toEqual([]);
    expect(readdirSync(at.at('ProgramData/ssh'))).toEqual(['sshd_config']);
    expect(config(at)).toBe(SSHD_CONFIG);
  });
});

describe.skipIf(skipped)('the task', () => {
  const install = 'scheduled-task/Register-RdsPostureTask.ps1';
  const share = ['-Share', '\\\\files.contoso.com\\RdsPosture$'];
  const task = (at: Computer): string => readFileSync(at.at('Program Files/RdsPosture/Collector/RdsPosture.xml'), 'utf8').replaceAll(at.folder, '');
  const argumentsOf = (text: string): string[] => [...text.matchAll(/<Arguments>(.*?)<\/Arguments>/g)].map(([, found = '']) => found);

  it('is registered once, and left alone the second time', () => {
    const at = played();
    expect(at.install(install, share)).toMatchObject({ ...ok, stdout: expect.stringContaining('Registered the task RdsPosture.') });
    expect(at.changes().filter((line) => !line.startsWith('icacls'))).toEqual(['Register-ScheduledTask RdsPosture']);
    const folder = '/Program Files/RdsPosture/Collector';
    const options = '-NoLogo -NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File';
    const host = `${options} "${folder}/Invoke-ScheduledCollector.ps1" -Kind host -Share "\\\\files.contoso.com\\RdsPosture$"`;
    expect(argumentsOf(task(at))).toEqual([host]);
    expect(at.install(install, share)).toMatchObject({ ...ok, stdout: 'The task RdsPosture is registered as it should be.\n' });
    expect(at.changes().filter((line) => !line.startsWith('icacls'))).toEqual([]);
    // The same computer becomes a broker, and the task is that of a managed account.
    expect(at.install(install, [...share, '-Deployment', '-Account', 'CONTOSO\\gmsa-rdposture$'])).toMatchObject(ok);
    expect(argumentsOf(task(at))).toEqual([host, host.replace('-Kind host', '-Kind deployment')]);
    expect(task(at)).toContain('<UserId>CONTOSO\\gmsa-rdposture$</UserId><LogonType>Password</LogonType>');
    expect(at.changes().at(-1)).toBe('Register-ScheduledTask RdsPosture');
    expect(at.install('scheduled-task/Unregister-RdsPostureTask.ps1', [])).toMatchObject(ok);
    expect(at.changes()).toEqual(['Unregister-ScheduledTask RdsPosture']);
    expect(existsSync(at.at(folder))).toBe(false);
  });

  it.each(['C:\\x', '\\\\files\\x" -File "y', '\\\\files\\x<y>'])('does not take %s for a share', (name) => {
    const at = played();
    expect(at.install(install, ['-Share', name]).code).toBe(1);
    expect(at.changes()).toEqual([]);
  });

  it('is a file of the kit that names nothing else', () => {
    expect(readdirSync(join(kit, 'scheduled-task')).toSorted()).toEqual([
      'GroupPolicyPreference.xml',
      'Invoke-ScheduledCollector.ps1',
      'RdsPosture.xml',
      'Receive-RdsPostureSnapshots.ps1',
      'Register-RdsPostureTask.ps1',
      'Unregister-RdsPostureTask.ps1',
    ]);
  });
});
