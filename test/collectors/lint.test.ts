import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pwsh, root, skipped } from './support.ts';

interface Found {
  readonly hasMark: boolean;
  readonly nonAscii: number;
  readonly errors: readonly unknown[];
  readonly newer: readonly unknown[];
  readonly commands: readonly Command[];
  readonly members: readonly {
    readonly line: number;
    readonly type: string | null;
    readonly name: string | null;
    readonly isStatic: boolean;
    readonly function: string;
  }[];
  readonly setMembers: readonly { readonly line: number; readonly what: string; readonly of: string }[];
  readonly redirections: readonly unknown[];
  readonly usings: readonly unknown[];
  readonly requires: { readonly modules: readonly string[] } | null;
  readonly parameters: readonly string[];
  readonly texts: readonly string[];
}

interface Command {
  readonly line: number;
  readonly name: string | null;
  readonly isOwn: boolean;
  readonly isAlias: boolean;
  readonly invocation: string;
  readonly target: string;
  readonly parameters: readonly string[];
  readonly arguments: readonly (string | null)[];
  readonly function: string;
}

interface Allowed {
  readonly commands: Readonly<Record<string, readonly string[]>>;
  readonly methods: { readonly 'Invoke-CimMethod': readonly string[] };
  readonly programs: Readonly<Record<string, readonly string[]>>;
  readonly statics: readonly string[];
  readonly writes: Readonly<Record<string, readonly string[] | string>>;
  readonly instanceMethods: readonly string[];
  readonly newObjects: readonly string[];
  readonly setMembers: readonly string[];
}

const allowed = JSON.parse(readFileSync(new URL('allowed.json', import.meta.url), 'utf8')) as Allowed;
const commands = new Set(Object.values(allowed.commands).flat());
const CHANGING =
  /^(Set|New|Remove|Move|Copy|Rename|Start|Stop|Restart|Suspend|Resume|Register|Unregister|Enable|Disable|Add|Clear|Out|Export|Import|Install|Uninstall|Update|Write|Invoke|Send|Reset|Grant|Revoke|Publish|Mount|Dismount|Save)-/i;
const MAY_CHANGE = ['Set-StrictMode', 'New-Object', 'Invoke-CimMethod'];

/** What a script does that it may not: the sentences that a reviewer would write. */
function faultsOf(found: Found): string[] {
  const faults: string[] = [];
  if (found.errors.length > 0) faults.push(`it does not parse: ${JSON.stringify(found.errors[0])}`);
  if (found.newer.length > 0) faults.push(`Windows PowerShell 5.1 does not have ${JSON.stringify(found.newer[0])}`);
  if (found.nonAscii > 0 && !found.hasMark) faults.push('it is not ASCII and has no mark');
  if (found.redirections.length > 0) faults.push(`it writes a file by redirection: ${JSON.stringify(found.redirections[0])}`);
  if (found.usings.length > 0 || (found.requires?.modules.length ?? 0) > 0) faults.push('it asks for a module');
  for (const command of found.commands) faults.push(...commandFaults(command));
  for (const member of found.members) {
    const at = `line ${member.line}`;
    if (member.name === null) faults.push(`${at}: the name of a method is computed`);
    else if (!member.isStatic) {
      // `[Console]::Out.WriteLine` is a method of what a static property gives.
      if (!allowed.instanceMethods.includes(member.name)) faults.push(`${at}: the method ${member.name} is not allowed`);
    } else {
      const name = `${member.type ?? '?'}::${member.name}`;
      const where = Object.hasOwn(allowed.writes, name) ? allowed.writes[name] : undefined;
      if (where === undefined ? !allowed.statics.includes(name) : !where.includes(member.function))
        faults.push(`${at}: ${name} is not allowed in '${member.function}'`);
    }
  }
  // A property of an own table is one; those of other objects are named.
  for (const { line, what, of } of found.setMembers) {
    if (/^\$(row|result|limits|key\.values|wanted\[\$path\]|counts\[\$key\])$/.test(of)) continue;
    if (!allowed.setMembers.includes(what)) faults.push(`line ${line}: ${of}.${what} is set`);
  }
  return faults;
}

function commandFaults(command: Command): string[] {
  const at = `line ${command.line}`;
  if (command.name === null) {
    const isPlain = command.target === 'VariableExpressionAst' || command.target === 'ScriptBlockExpressionAst';
    return isPlain && command.invocation !== 'Unknown' ? [] : [`${at}: ${command.invocation} stands before something else than a variable or a block`];
  }
  if (command.invocation !== 'Unknown') return [`${at}: ${command.invocation} stands before a name`];
  if (command.isOwn) return [];
  if (command.isAlias) return [`${at}: ${command.name} is an alias`];
  if (CHANGING.test(command.name) && !MAY_CHANGE.includes(command.name)) return [`${at}: ${command.name} changes something`];
  if (!commands.has(command.name)) return [`${at}: ${command.name} is not on the list`];
  if (command.name === 'New-Object' && (command.parameters.length > 0 || !allowed.newObjects.includes(command.arguments[0] ?? '')))
    return [`${at}: New-Object makes ${command.arguments[0]}`];
  if (command.name === 'Invoke-CimMethod' && !command.arguments.some((text) => text !== null && allowed.methods['Invoke-CimMethod'].includes(text)))
    return [`${at}: Invoke-CimMethod calls a method that is not on the list`];
  if (command.name.startsWith('Get-NetFirewall') && !command.parameters.includes('AssociatedNetFirewallRule') && !command.parameters.includes('PolicyStore'))
    return [`${at}: ${command.name} reads local rules only`];
  if (command.name === 'Get-NetFirewallRule' && !command.parameters.includes('TracePolicyStore')) return [`${at}: the store of a rule is not traced`];
  return [];
}

function lint(files: readonly string[]): Record<string, Found> {
  return JSON.parse(execFileSync(pwsh, ['--lint', ...files], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })) as Record<string, Found>;
}

describe.skipIf(skipped)('collectors', () => {
  const folder = join(root, 'collectors');
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.ps1'));
  let found: Record<string, Found> = {};
  beforeAll(() => {
    found = lint(scripts.map((name) => join(folder, name)));
  });

  it('are two scripts and their request', () => {
    expect(readdirSync(folder).toSorted()).toEqual(['Collect-RdsDeployment.ps1', 'Collect-RdsHost.ps1', 'request.json']);
  });

  it.each(scripts)('%s does nothing that is not allowed', (name) => {
    const script = found[join(folder, name)];
    expect(script && faultsOf(script)).toEqual([]);
    expect(script?.nonAscii).toBe(0);
    expect(script?.parameters).toEqual(['Request', 'RequestFile', 'OutFile']);
  });

  it('use everything that the list allows', () => {
    const used = new Set(Object.values(found).flatMap((script) => script.commands.map((command) => command.name)));
    expect([...commands].filter((name) => !used.has(name))).toEqual([]);
  });

  it('start no programs but those of the list, and these to read', () => {
    const texts = [...new Set(Object.values(found).flatMap((script) => script.texts))];
    expect(texts.filter((text) => /\.(exe|com|cmd|bat|vbs)$/i.test(text)).toSorted()).toEqual(Object.keys(allowed.programs).toSorted());
    const options = texts.filter((text) => /^\/[a-z]+(:.*)?$/i.test(text) && text !== '/RDWeb' && text !== '/');
    expect(options.toSorted()).toEqual([...new Set(Object.values(allowed.programs).flat())].filter((text) => text.startsWith('/')).toSorted());
  });
});

/** What runs on the machine of who collects: it opens sessions and writes the files of its own folder, and starts nothing. */
const REMOTING = {
  commands: ['Set-StrictMode', 'New-Object', 'ConvertFrom-Json', 'ConvertTo-Json', 'New-PSSession', 'ForEach-Object'],
  statics: [
    // Of which these change something: files of its folder, its own environment, process and output.
    'WriteAllText',
    'Move',
    'SetEnvironmentVariable',
    'Exit',
    'SetOut',
    'Combine',
    'ReadAllText',
    'Exists',
    'GetEnvironmentVariable',
    'GetIPGlobalProperties',
    'GetCurrentProcess',
    'GetProcessById',
    'Create',
    'CreateDefault2',
    'CreateDelegate',
    'StartNew',
    'Run',
    'Delay',
    'Sleep',
    'Min',
    'FromMilliseconds',
    'FromSeconds',
    'FromMinutes',
  ],
};

describe.skipIf(skipped)('scripts of remoting', () => {
  const folder = join(root, 'remoting');
  const scripts = readdirSync(folder);

  it.each(scripts)('%s is one that Windows PowerShell 5.1 runs, and does what it is for', (name) => {
    const script = lint([join(folder, name)])[join(folder, name)];
    if (script === undefined) throw new Error('It was not looked at.');
    expect(name).toMatch(/^Invoke-Rds[A-Z][a-z]+\.ps1$/);
    expect(script.errors).toEqual([]);
    expect(script.newer).toEqual([]);
    expect(script.nonAscii).toBe(0);
    expect(script.redirections).toEqual([]);
    expect(script.usings).toEqual([]);
    expect(script.parameters).toEqual(['Job']);
    const foreign = script.commands.filter(({ isOwn, name: called }) => !isOwn && (called === null || !REMOTING.commands.includes(called)));
    // The collector's text, which is the script of this package.
    expect(foreign.map(({ target, function: at }) => `${target} in ${at}`)).toEqual(
      name === 'Invoke-RdsLocal.ps1' ? [expect.stringContaining('Invoke-Collector')] : [],
    );
    expect(script.commands.filter(({ isAlias }) => isAlias)).toEqual([]);
    expect(script.commands.filter(({ name: called }) => called !== null && /^(Invoke-Expression|Add-Type|Start-Process)$/i.test(called))).toEqual([]);
    const statics = new Set(script.members.filter(({ isStatic }) => isStatic).map(({ name: called }) => called));
    expect([...statics].filter((called) => called === null || !REMOTING.statics.includes(called))).toEqual([]);
  });
});

describe.skipIf(skipped)('the lint', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rdposture-lint-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const cases: readonly (readonly [string, RegExp])[] = [
    ['$a ? 1 : 2', /ternary/],
    ['$a ?? 1', /\?\?/],
    ['${a}?.x', /\?\./],
    ['1 && 2', /pipeline chain/],
    ['Get-Service | % { $_ }', /% is an alias/],
    ['iex "1"', /iex is an alias/],
    ['Invoke-Expression "1"', /Invoke-Expression changes something/],
    ['Set-ItemProperty HKLM:\\x y 1', /Set-ItemProperty changes something/],
    ['Get-Content x', /Get-Content is not on the list/],
    ['& "cmd.exe" /c', /Ampersand stands before/],
    ["& ('a' + 'b')", /Ampersand stands before something else/],
    ['"x" > y.txt', /redirection/],
    ["[System.IO.File]::WriteAllText('a', 'b')", /WriteAllText is not allowed/],
    ["[System.IO.File]::Delete('a')", /Delete is not allowed in ''/],
    ['function f { [Environment]::Exit(1) }', /Environment::Exit is not allowed/],
    ['$x.DeleteSubKey("a")', /DeleteSubKey is not allowed/],
    ['$x."$name"()', /computed/],
    ['$service.StartName = 1', /StartName is set/],
    ['Invoke-CimMethod -InputObject $a -MethodName SetAllowTSConnections', /not on the list/],
    ['Invoke-CimMethod -InputObject $a -MethodName $name', /not on the list/],
    ['New-Object -ComObject WScript.Shell', /New-Object makes/],
    ['New-Object System.Net.WebClient', /New-Object makes/],
    ['Get-NetFirewallRule -TracePolicyStore', /local rules only/],
    ['Get-NetFirewallRule -PolicyStore ActiveStore', /not traced/],
    ['using module x', /asks for a module/],
    ['$a = "ä"', /not ASCII/],
    ['if (', /does not parse/],
  ];
  let reports: Record<string, Found> = {};
  const fileOf = (index: number): string => join(folder, `${index}.ps1`);
  beforeAll(() => {
    for (const [index, [text]] of cases.entries()) writeFileSync(fileOf(index), text);
    reports = lint(cases.map((_, index) => fileOf(index)));
  });

  it.each(cases.map(([text, fault], index) => [text, fault, index] as const))('finds %s', (_, fault, index) => {
    const report = reports[fileOf(index)];
    expect(report && faultsOf(report).join('\n')).toMatch(fault);
  });
});
