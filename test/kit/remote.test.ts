import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { HOST_FILES, hostFixture } from '../collectors/host-fixture.ts';
import { framesOf, type Machine, machine, pwsh, readSnapshot, request, root, run, skipped } from '../collectors/support.ts';
import { kit } from './support.ts';

/** Calls the command in a session of PowerShell's remoting protocol, as a transport does; frames that are no texts say their type. */
const CALL = `$session = New-PSSession -HostName rdsh01.contoso.com -UserName reader -KeyFilePath key -Options @{ BatchMode = 'yes' }
$frames = Invoke-Command -Session $session -ScriptBlock { param($kind, $request) Get-RdsSnapshot -Kind $kind -Request $request } -ArgumentList 'host', ([System.IO.File]::ReadAllText($args[0]))
foreach ($frame in $frames) { if ($frame -is [string]) { $frame } else { $frame.GetType().FullName } }
`;

/** The remoting protocol for real, over a stand-in for ssh that starts its server here; the endpoint itself is another test's. */
describe.skipIf(skipped)('the command in a remote session', () => {
  let at: Machine;
  beforeAll(() => {
    at = machine(hostFixture(), { ...HOST_FILES, files: { ...HOST_FILES.files, 'call.ps1': CALL, key: '' } });
    const module = join(at.folder, 'modules', 'RdsPosture');
    mkdirSync(module, { recursive: true });
    for (const folder of [join(root, 'collectors'), join(kit, 'common'), join(kit, 'jea', 'RdsPosture')]) cpSync(folder, module, { recursive: true });
    mkdirSync(join(at.folder, 'bin'));
    writeFileSync(join(at.folder, 'bin', 'ssh'), `#!/bin/sh\nexec '${pwsh}' -sshs -NoLogo\n`, { mode: 0o755 });
  });
  afterAll(() => at?.remove());

  it('returns frames as texts, of what is installed', () => {
    const asked = request('windows-host', { sections: ['os', 'registry'], registry: [{ key: 'HKLM\\SAM', name: null }] });
    writeFileSync(join(at.folder, 'request.json'), JSON.stringify(asked));
    const environment = { ...at.environment, PATH: `${join(at.folder, 'bin')}:${process.env['PATH'] ?? ''}`, PSModulePath: join(at.folder, 'modules') };
    const answer = run(pwsh, ['-NoProfile', '-NonInteractive', '-File', join(at.folder, 'call.ps1'), join(at.folder, 'request.json')], { ...at, environment });
    const { snapshot, problems } = readSnapshot(framesOf(answer).bytes);
    expect(problems).toEqual([]);
    expect(snapshot.target).toEqual({ kind: 'windows-host', name: 'rdsh01.contoso.com' });
    expect(snapshot.sections['os']?.status).toBe('ok');
    expect(Object.keys(snapshot.sections['registry']?.data as JsonObject)).not.toContain('HKLM\\SAM');
  });
});
