import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { pathOfSetting, placeholdersOfArea, toRaw, validateDeclared, withMappedNames } from '../../src/lib/settings.ts';
import type { Json } from '../../src/model/json.ts';
import type { Area, Setting, Write } from '../../src/model/setting.ts';
import { powershellFor, stepsFor } from '../../src/remediate/powershell.ts';
import { readPowerShell } from './read-powershell.ts';

const FOLDER = new URL('../../policies/settings/', import.meta.url);
const SHIPPED = readdirSync(FOLDER).map((file) => parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Area);
const HOST = 'windows-host:rdsh01.contoso.com';
const nameOf = (target: string): string => target.slice(target.indexOf(':') + 1);

function area(write: readonly Write[], setting: Partial<Setting> = {}): Area {
  return {
    kind: 'windows.thing',
    target: 'windows-host',
    path: 'things/{thing}',
    title: 'Thing',
    instances: { rows: 'things', field: 'Name' },
    settings: { size: { title: "Size of '{thing}'", value: { type: 'integer' }, read: [], write, risk: 'review', needs: [], ...setting } },
  };
}

function linesOf(
  write: Write,
  value: Json,
  options: { readonly setting?: Partial<Setting>; readonly name?: string; readonly remove?: boolean } = {},
): readonly string[] | undefined {
  const change = { target: HOST, path: ['things', options.name ?? 'a', 'size'], value, ...(options.remove === undefined ? {} : { remove: options.remove }) };
  return stepsFor([change], [area([write], options.setting)], nameOf)[0]?.lines;
}

const REGISTRY: Write = { registry: { key: 'HKLM\\SOFTWARE\\{thing}', name: 'Size', type: 'DWord', data: '{raw}' } };
const LIST: Write = { registryList: { key: 'HKLM\\SOFTWARE\\Policies', name: 'Allowed', data: '{raw}', switched: true } };
const TEXTS: Partial<Setting> = { value: { type: 'array', items: { type: 'string' } }, list: true };

describe('registry values', () => {
  it('are written through .NET, in the 64-bit view', () => {
    expect(linesOf(REGISTRY, 5)).toEqual([
      "$key = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64').CreateSubKey('SOFTWARE\\a')",
      "try { $key.SetValue('Size', [int]5, 'DWord') } finally { $key.Dispose() }",
    ]);
  });

  it.each<[string, Json, Partial<Setting>, string]>([
    ['DWord', 4294967295, {}, '[int]-1'],
    ['DWord', 2147483648, {}, '[int]-2147483648'],
    ['DWord', true, { value: { type: 'boolean' }, map: { 1: true, 0: false } }, '[int]1'],
    ['QWord', 4294967296, {}, '[long]4294967296'],
    ['String', 'a', { value: { type: 'string' } }, "[string]'a'"],
    ['ExpandString', '%TEMP%', { value: { type: 'string' } }, "[string]'%TEMP%'"],
    ['MultiString', ['a', 'b'], TEXTS, "[string[]]@('a', 'b')"],
  ])('of type %s hold %j', (type, value, setting, expected) => {
    expect(linesOf({ registry: { key: 'HKLM\\SOFTWARE\\x', name: 'V', type, data: '{raw}' } }, value, { setting })?.[1]).toBe(
      `try { $key.SetValue('V', ${expected}, '${type}') } finally { $key.Dispose() }`,
    );
  });

  it.each<[string, Json, Partial<Setting>]>([
    ['a number that no DWORD holds', 4294967296, {}],
    ['a negative number', -1, {}],
    ['a value that the catalogue does not allow', 'five', {}],
    ['a value that the map does not know', 2, { map: { 1: 1 } }],
  ])('are not written for %s', (_why, value, setting) => {
    expect(linesOf(REGISTRY, value, { setting })).toBeUndefined();
  });

  it('are not written where a name would lead to another key', () => {
    expect(linesOf(REGISTRY, 5, { name: 'a\\..\\Run' })).toBeUndefined();
  });

  it('are taken away without an error when they are not there', () => {
    expect(linesOf(REGISTRY, null, { remove: true })).toEqual([
      "$key = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64').OpenSubKey('SOFTWARE\\a', $true)",
      "if ($null -ne $key) { try { $key.DeleteValue('Size', $false) } finally { $key.Dispose() } }",
    ]);
  });
});

describe('lists of registry values', () => {
  it('are written anew, with the switch of the policy', () => {
    expect(linesOf(LIST, ['x', "y'z"], { setting: TEXTS })).toEqual([
      "$base = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')",
      "$base.DeleteSubKeyTree('SOFTWARE\\Policies\\Allowed', $false)",
      "$key = $base.CreateSubKey('SOFTWARE\\Policies\\Allowed')",
      "$key.SetValue('1', 'x', 'String')",
      "$key.SetValue('2', 'y''z', 'String')",
      '$key.Dispose()',
      '$base.Dispose()',
      "$key = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64').CreateSubKey('SOFTWARE\\Policies')",
      "try { $key.SetValue('Allowed', [int]1, 'DWord') } finally { $key.Dispose() }",
    ]);
  });

  it('leave nothing behind when they are taken away', () => {
    const text = (linesOf(LIST, null, { setting: TEXTS, remove: true }) ?? []).join('\n');
    expect(text).toContain("DeleteSubKeyTree('SOFTWARE\\Policies\\Allowed', $false)");
    expect(text).toContain("DeleteValue('Allowed', $false)");
    expect(text).not.toContain('SetValue');
  });

  it('turn the policy off when they are emptied: without its switch it would not be configured', () => {
    expect(linesOf(LIST, [], { setting: TEXTS })).toEqual([
      "$base = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')",
      "$base.DeleteSubKeyTree('SOFTWARE\\Policies\\Allowed', $false)",
      '$base.Dispose()',
      "$key = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64').CreateSubKey('SOFTWARE\\Policies')",
      "try { $key.SetValue('Allowed', [int]0, 'DWord') } finally { $key.Dispose() }",
    ]);
  });
});

describe('objects', () => {
  const cim: Write = {
    cim: { namespace: 'root/cimv2', class: 'Win32_Thing', where: { Name: '{thing}' }, method: 'SetSize', arguments: { Size: '{raw}', Kind: 'all' } },
  };
  const cmdlet: Write = {
    cmdlet: { name: 'Set-Thing', parameters: { Size: '{value}', On: true, Server: '{target}' } },
    input: { name: 'Get-Thing', parameters: { Store: 'Local' }, where: { Name: '{thing}' } },
  };

  it('are found by listing and comparing, and a method that refuses is an error', () => {
    expect(linesOf(cim, 5, { name: '*' })).toEqual([
      "$found = @(Get-CimInstance -Namespace 'root/cimv2' -ClassName 'Win32_Thing' | Where-Object { [string]::Equals([string]$_.'Name', '*', 'OrdinalIgnoreCase') })",
      "if ($found.Count -ne 1) { throw ('Expected one object of Win32_Thing, found ' + $found.Count) }",
      "$answer = Invoke-CimMethod -InputObject $found[0] -MethodName 'SetSize' -Arguments @{ 'Size' = [uint32]5; 'Kind' = 'all' }",
      "if ($answer.ReturnValue -ne 0) { throw ('SetSize answered ' + $answer.ReturnValue) }",
    ]);
  });

  it('reach a cmdlet through the pipeline', () => {
    expect(linesOf(cmdlet, 5)).toEqual([
      "$found = @(Get-Thing -Store 'Local' -ErrorAction Stop | Where-Object { [string]::Equals([string]$_.'Name', 'a', 'OrdinalIgnoreCase') })",
      "if ($found.Count -ne 1) { throw ('Expected one object of Get-Thing, found ' + $found.Count) }",
      "$found[0] | Set-Thing -Size 5 -On:$true -Server 'rdsh01.contoso.com' -ErrorAction Stop",
    ]);
  });

  it('of Windows cannot be deleted', () => {
    expect(linesOf(cim, null, { remove: true })).toBeUndefined();
    expect(linesOf(cmdlet, null, { remove: true })).toBeUndefined();
  });
});

describe('user rights', () => {
  const right: Write = { userRight: { right: 'SeRemoteInteractiveLogonRight', sids: '{value}' } };

  it('are written by a template that is taken away again', () => {
    const text = (linesOf(right, ['S-1-5-32-544', 'S-1-5-32-555'], { setting: { ...TEXTS, trim: '*' } }) ?? []).join('\n');
    expect(text).toContain("'SeRemoteInteractiveLogonRight = *S-1-5-32-544,*S-1-5-32-555'");
    expect(text).toContain('/areas USER_RIGHTS');
    expect(text).toContain('[Text.Encoding]::Unicode');
    expect(text).toMatch(/finally \{ foreach .*Delete/);
  });

  it.each([['S-1-5-32-544\r\nSeDebugPrivilege = *S-1-1-0'], ['CONTOSO\\Domain Users'], ['']])('are not written for %j', (sid) => {
    expect(linesOf(right, [sid], { setting: TEXTS })).toBeUndefined();
  });
});

/** A named value that a setting allows. */
function sampleOf(setting: Setting): Json {
  const value = setting.value as { readonly [name: string]: Json };
  const choices = (value['enum'] ?? []) as readonly Json[];
  const candidates: readonly Json[] = [
    ...choices,
    ...Object.values(setting.map ?? {}),
    true,
    60_000,
    3,
    'text',
    ['S-1-5-32-544'],
    ['Domain'],
    ['10.0.0.0/8'],
    Object.values(setting.flags ?? {}),
    ['x'],
    '{36fc9e60-c465-11cf-8056-444553540000}',
    ['{36fc9e60-c465-11cf-8056-444553540000}'],
    'A'.repeat(40),
    '3389',
  ];
  const found = candidates.find(
    (candidate) => validateDeclared(['x', 'y'], candidate, [{ ...area(setting.write ?? []), path: 'x', settings: { y: setting } }], 'windows-host').ok,
  );
  if (found === undefined) throw new Error(`There is no sample for '${setting.title}'.`);
  return found;
}

const WRITTEN = SHIPPED.flatMap((shipped) =>
  Object.entries(shipped.settings).flatMap(([name, setting]) =>
    (setting.write ?? []).length === 0 ? [] : [[`${shipped.path}/${name}`, shipped, name, setting] as const],
  ),
);

const NAMES = ["RDP '; Remove-Item C:\\ -Recurse # \u2019", '$(calc)`n', '*', 'a\nb', 'foo\u200d', 'n'.repeat(10_000)];

describe('the shipped catalogue', () => {
  it.each(WRITTEN)('%s is written as data', (_path, shipped, name, setting) => {
    const fixed = shipped.instances?.fixed ?? [];
    for (const instance of fixed.length > 0 ? fixed : NAMES) {
      const names = Object.fromEntries(placeholdersOfArea(shipped).map((placeholder) => [placeholder, instance]));
      const value = sampleOf(setting);
      const [step] = stepsFor([{ target: `${shipped.target}:rdsh01.contoso.com`, path: pathOfSetting(shipped, names, name), value }], SHIPPED, nameOf);
      const inKey = (setting.write ?? []).some((write) => /\{\w+\}/.test(write.registry?.key ?? ''));
      if (inKey && instance.includes('\\')) {
        expect(step).toBeUndefined();
        continue;
      }
      const text = step?.lines.join('\n') ?? '';
      expect(text).toMatch(/^[\n\u0020-\u007e]+$/);
      // Nothing of a name stands outside of a literal, and no placeholder is left.
      const { code, literals } = readPowerShell(text.replace('signature="$CHICAGO$"', 'signature'));
      for (const foreign of NAMES) if (foreign.length > 1) expect(code).not.toContain(foreign);
      expect(literals.filter((found) => /\{(value|raw|target|host|listener|rule|profile|protocol|collection|service|sessionHost)\}/.test(found.value))).toEqual(
        [],
      );
      const mapped = Object.values(withMappedNames(shipped, names));
      if (
        (setting.write ?? []).some(
          (write) => JSON.stringify(write).includes('{listener}') || JSON.stringify(write).includes('{rule}') || JSON.stringify(write).includes('{collection}'),
        )
      ) {
        expect(literals.some((found) => mapped.some((one) => found.value === one || found.value.includes(one)))).toBe(true);
      }
      expect(toRaw(setting, value)).toBeDefined();
    }
  });

  it.each([['*'], ['Publi?'], ['Home']])('does not write a profile that is called %j', (profile) => {
    expect(stepsFor([{ target: HOST, path: ['firewall', 'profiles', profile, 'enabled'], value: false }], SHIPPED, nameOf)).toEqual([]);
  });

  it('spells a fixed name as Windows does', () => {
    const [step] = stepsFor([{ target: HOST, path: ['firewall', 'profiles', 'public', 'enabled'], value: true }], SHIPPED, nameOf);
    expect(step?.lines).toEqual(["Set-NetFirewallProfile -Name 'Public' -PolicyStore 'PersistentStore' -Enabled 1 -ErrorAction Stop"]);
  });

  it('sets a property of a CIM object through a hash', () => {
    const [step] = stepsFor([{ target: HOST, path: ['certificates', 'listeners', 'RDP-Tcp', 'thumbprint'], value: 'A'.repeat(40) }], SHIPPED, nameOf);
    expect(step?.lines.at(-1)).toBe(`$found[0] | Set-CimInstance -Property @{ 'SSLCertificateSHA1Hash' = '${'A'.repeat(40)}' } -ErrorAction Stop`);
  });

  it('excludes no interface by the word of the cmdlet', () => {
    const [step] = stepsFor([{ target: HOST, path: ['firewall', 'profiles', 'Public', 'disabledInterfaceAliases'], value: [] }], SHIPPED, nameOf);
    expect(step?.lines[0]).toContain("-DisabledInterfaceAliases 'NotConfigured'");
  });

  it('is one block as text', () => {
    const changes = [
      { target: HOST, path: ['firewall', 'profiles', 'Public', 'enabled'], value: true },
      { target: HOST, path: ['rdp', 'RDP-Tcp', 'userAuthentication'], value: 'required' },
    ];
    const text = powershellFor(changes, SHIPPED, new Map([[HOST, { target: { name: 'rdsh01.contoso.com' } }]]));
    expect(text.split('\n').slice(0, 2)).toEqual(['& {', "  $ErrorActionPreference = 'Stop'"]);
    expect(text.endsWith('\n}')).toBe(true);
  });

  it('says nothing for a change that it does not know', () => {
    expect(powershellFor([{ target: HOST, path: ['no', 'such', 'setting'], value: 1 }], SHIPPED, new Map())).toBe('');
  });
});

describe('hostile names', () => {
  it('never leave their literal', () => {
    const write: Write = { cmdlet: { name: 'Set-Thing', parameters: { Name: '{thing}', Size: '{raw}' } } };
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0x20, max: 0x7e })), { minLength: 1, maxLength: 60 }), (codes) => {
        const name = String.fromCharCode(...codes);
        const text = (linesOf(write, 5, { name }) ?? []).join('\n');
        const { code, literals } = readPowerShell(text);
        return (
          literals.length === 1 &&
          literals[0]?.value === name &&
          ['Set-Thing -Name \u00a7 -Size 5 -ErrorAction Stop', 'Set-Thing -Name ([regex]::Unescape(\u00a7)) -Size 5 -ErrorAction Stop'].includes(code)
        );
      }),
      { seed: 11, numRuns: 400 },
    );
  });
});
