import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOST_FILES, hostFixture } from './host-fixture.ts';
import { dataOf, framesOf, HOST_SCRIPT, type Machine, machine, pwsh, readSnapshot, request, run, skipped, windowsPowerShell } from './support.ts';

const encoded = (text: string): string => Buffer.from(text, 'utf16le').toString('base64');

// The program that plays PowerShell: what the other tests rely on.
describe.skipIf(skipped)('the played PowerShell', () => {
  let at: Machine;
  beforeAll(() => {
    at = machine(hostFixture(), HOST_FILES);
  });
  afterAll(() => at.remove());

  it.each<readonly [string, readonly string[], string, number, string]>([
    ['a command', ['-NoProfile', '-Command', '1 + 1'], '', 0, '2\n'],
    ['exit of an encoded command', ['-NoLogo', '-NonInteractive', '-EncodedCommand', encoded("'ü'; exit 4")], '', 4, 'ü\n'],
    ['an exception', ['-Command', "throw 'x'"], '', 1, ''],
    ['text that does not parse', ['-Command', 'if ('], '', 1, ''],
    ['lines of standard input', ['-Command', '-'], 'if (1) {\n2\n}\n\n3\n', 0, '2\n3\n'],
    ['standard input of a command', ['-Command', '[Console]::In.ReadToEnd().Length'], 'abc', 0, '3\n'],
    ['an exit in a function of a file', ['-File', 'exit.ps1', '-Code', '5'], '', 5, '5\n'],
    ['a missing file', ['-File', 'none.ps1'], '', 64, ''],
  ])('does %s', (_, parameters, input, code, stdout) => {
    writeFileSync(join(at.folder, 'exit.ps1'), 'param([int]$Code) function f { $Code; exit $Code } f; 6');
    expect(run(pwsh, parameters, at, input)).toMatchObject({ code, stdout });
  });

  it('says which PowerShell it plays', () => {
    const ask = ['-Command', '"$($PSVersionTable.PSVersion.Major) $($PSVersionTable.PSEdition)"'];
    expect(run(windowsPowerShell, ask, at).stdout).toBe('5 Desktop\n');
    expect(run(pwsh, ask, at).stdout).toBe('7 Core\n');
  });

  it('serves sessions, in which a collector sends its frames as objects', () => {
    // What the engine starts for a session, with the server on this machine.
    const bin = join(at.folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'ssh'), `#!/bin/sh\nexec '${pwsh}' -sshs -NoLogo\n`);
    chmodSync(join(bin, 'ssh'), 0o755);
    writeFileSync(join(at.folder, 'request.json'), JSON.stringify(request('windows-host', { sections: ['firewall.rules'] })));
    writeFileSync(
      join(at.folder, 'fan.ps1'),
      `$session = New-PSSession -HostName host -UserName user -ConnectingTimeout 60000
$answer = Invoke-Command -Session $session -ScriptBlock { param($Text, $Asked) & ([scriptblock]::Create($Text)) -Request $Asked } -ArgumentList ([IO.File]::ReadAllText('${HOST_SCRIPT}')), ([IO.File]::ReadAllText('request.json'))
foreach ($line in $answer) { [Console]::Out.WriteLine($line) }
[Console]::Out.Flush(); [Environment]::Exit(0)`,
    );
    const answer = run('/usr/bin/env', [`PATH=${bin}:${process.env['PATH'] ?? ''}`, pwsh, '-File', 'fan.ps1'], at);
    const { snapshot } = readSnapshot(framesOf(answer).bytes);
    expect(dataOf(snapshot, 'firewall.rules')).toHaveLength(1);
    expect(readFileSync(join(dirname(pwsh), 'sources.sha256'), 'utf8')).toMatch(/^[0-9a-f]{64}$/);
  });
});
