import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostPlan } from '../../src/model/plan.ts';
import { scriptFor } from '../../src/remediate/script.ts';
import { pwsh, root, skipped } from '../collectors/support.ts';
import { ENGINE } from './played-host.ts';

interface Found {
  readonly errors: readonly unknown[];
  readonly newer: readonly unknown[];
  readonly nonAscii: number;
  readonly redirections: readonly unknown[];
  readonly usings: readonly unknown[];
  readonly commands: readonly { readonly line: number; readonly name: string | null; readonly isOwn: boolean; readonly isAlias: boolean }[];
  readonly members: readonly { readonly line: number; readonly type: string | null; readonly name: string | null }[];
}

/** All that the script may call: what reads a value and what writes it, and no way to run a text. */
const COMMANDS = new Set(
  [
    ['Set-StrictMode', 'New-Object', 'ForEach-Object', 'Where-Object', 'ConvertFrom-Json', 'Write-Warning'],
    ['Get-CimInstance', 'Invoke-CimMethod', 'Set-CimInstance'],
    ['Get-NetFirewallRule', 'Get-NetFirewallAddressFilter', 'Get-NetFirewallProfile', 'Set-NetFirewallRule', 'Set-NetFirewallProfile'],
    ['Get-RDSessionCollection', 'Get-RDSessionCollectionConfiguration', 'Get-RDSessionHost', 'Set-RDSessionCollectionConfiguration', 'Set-RDSessionHost'],
    ['Get-ScheduledTask', 'Register-ScheduledTask', 'Unregister-ScheduledTask', 'Restart-Service', 'Restart-Computer'],
  ].flat(),
);
const HOSTILE = "a'@\nRestart-Computer\n#'";
const PLAN: HostPlan = {
  schemaVersion: 1,
  tool: { name: 'rdposture', version: '0.0.0' },
  madeAt: '2026-11-24T10:00:00.000Z',
  host: { id: 'windows-host:a', name: HOSTILE },
  observedAt: null,
  steps: [
    {
      id: '1',
      setting: HOSTILE,
      title: HOSTILE,
      now: { value: HOSTILE, source: null },
      then: { value: HOSTILE, remove: false },
      risk: 'safe',
      needs: [],
      undo: HOSTILE,
      connection: 'keeps',
      policies: [],
      operations: [],
    },
  ],
  refused: [{ setting: HOSTILE, reason: 'unknown', message: HOSTILE, hint: HOSTILE }],
};

describe.skipIf(skipped)('the script that runs plans', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rdposture-lint-'));
  const files = [join(root, 'remediation', 'Invoke-RdsPlan.ps1'), join(folder, 'plan.ps1')];
  let found: Record<string, Found> = {};
  beforeAll(() => {
    writeFileSync(files[1] ?? '', scriptFor(PLAN, ENGINE));
    found = JSON.parse(execFileSync(pwsh, ['--lint', ...files], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })) as typeof found;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([0, 1])('is what Windows PowerShell 5.1 can read, whatever a plan holds (%i)', (index) => {
    expect(found[files[index] ?? '']).toMatchObject({ errors: [], newer: [], nonAscii: 0, redirections: [], usings: [] });
  });

  it.each([0, 1])('calls nothing but what is listed (%i)', (index) => {
    const { commands = [], members = [] } = found[files[index] ?? ''] ?? {};
    expect(commands.length).toBeGreaterThan(100);
    const strange = commands.filter(({ name, isOwn, isAlias }) => isAlias || (name !== null && !isOwn && !COMMANDS.has(name)));
    expect(strange).toEqual([]);
    // Only secedit is called by its path.
    const lines = (index === 0 ? ENGINE : scriptFor(PLAN, ENGINE)).split(/\r?\n/);
    for (const { line } of commands.filter(({ name }) => name === null)) expect(lines[line - 1]).toContain('(& $secedit /');
    expect(
      members.filter(({ type, name }) => /scriptblock|PowerShell$/i.test(type ?? '') || /^(Invoke|AddScript|InvokeScript|Load\w*)$/.test(name ?? '')),
    ).toEqual([]);
  });
});
