import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { pwsh, skipped } from '../collectors/support.ts';
import { kit, kitFiles } from './support.ts';

interface Found {
  readonly errors: readonly unknown[];
  readonly newer: readonly unknown[];
  readonly nonAscii: number;
  readonly functions: readonly string[];
  readonly commands: readonly {
    readonly line: number;
    readonly name: string | null;
    readonly isAlias: boolean;
    readonly invocation: string;
    readonly target: string;
  }[];
  readonly members: readonly { readonly type: string | null; readonly name: string | null }[];
  readonly redirections: readonly unknown[];
  readonly usings: readonly unknown[];
}

/** What makes code of text, loads code from elsewhere, or talks to the network: a kit that runs as an administrator has no use for it. */
const NEVER =
  /^(Invoke-(Expression|WebRequest|RestMethod|Command)|Add-Type|Import-Module|Start-Process|Set-ExecutionPolicy|Set-MpPreference|Start-BitsTransfer)$/i;
const NEVER_MEMBERS = ['Create', 'AddScript', 'InvokeScript', 'LoadFrom', 'Load', 'DownloadString', 'DownloadFile'];
const CREATED = ['System.Management.Automation.PowerShell', 'System.Security.Cryptography.RandomNumberGenerator'];
/** What may stand behind `&`: the path of a program or script that the line before made from folders of Windows or of the kit. */
const CALLED = ['$icacls', '$collector', '$program', '$guard'];

const files = kitFiles('.ps1', '.psm1', '.psd1', '.psrc', '.pssc');
const scripts = files.filter((name) => /\.psm?1$/.test(name));

describe.skipIf(skipped)('scripts of the kit', () => {
  let found: Record<string, Found> = {};
  beforeAll(() => {
    found = JSON.parse(execFileSync(pwsh, ['--lint', ...files.map((name) => join(kit, name))], { encoding: 'utf8' })) as typeof found;
  });

  it('are all of these', () => {
    expect(scripts).toHaveLength(12);
  });

  it.each(files)('%s is what Windows PowerShell 5.1 can read', (name) => {
    const script = found[join(kit, name)];
    expect(script).toMatchObject({ errors: [], newer: [], nonAscii: 0, redirections: [], usings: [] });
    expect(script?.commands.filter((command) => command.isAlias)).toEqual([]);
  });

  it.each(scripts)('%s makes no code of text and loads none', (name) => {
    const script = found[join(kit, name)];
    expect(script?.commands.filter((command) => NEVER.test(command.name ?? ''))).toEqual([]);
    const made = script?.members.filter(
      (member) => NEVER_MEMBERS.includes(member.name ?? '') && !(member.name === 'Create' && CREATED.includes(member.type ?? '')),
    );
    expect(made).toEqual([]);
    const lines = readFileSync(join(kit, name), 'utf8').split('\n');
    for (const { line, invocation } of script?.commands.filter((command) => command.name === null) ?? []) {
      const text = lines[line - 1] ?? '';
      if (invocation === 'Dot') expect(text).toBe(". ([System.IO.Path]::Combine($PSScriptRoot, '..', 'common', 'Install-Common.ps1'))");
      else expect(CALLED).toContain(/& (\$\w+)/.exec(text)?.[1]);
    }
  });

  it.each(scripts.filter((name) => /(Install|Uninstall|Register|Unregister)-\w+\.ps1$/.test(name) && !name.includes('common')))(
    '%s needs an administrator and can say what it would do',
    (name) => {
      const text = readFileSync(join(kit, name), 'utf8');
      expect(text.startsWith('#Requires -Version 5.1\n#Requires -RunAsAdministrator\n')).toBe(true);
      expect(text).toContain('SupportsShouldProcess = $true');
    },
  );
});
