import { expand, expandKey } from '../lib/settings.ts';
import type { Json } from '../model/json.ts';
import type { Write } from '../model/setting.ts';
import { filled, type Names, type Values } from './fill.ts';
import { literal, textLiteral } from './literal.ts';

/** PowerShell for one writer of the catalogue; null when it cannot write this. For Windows PowerShell 5.1 and PowerShell 7. */
export function linesOf(write: Write, names: Names, values: Values): string[] | null {
  if (write.registry !== undefined) return registryLines(write.registry, names, values);
  if (write.registryList !== undefined) return registryListLines(write.registryList, names, values);
  if (values === null) return null;
  if (write.cim !== undefined) return cimLines(write.cim, names, values);
  if (write.cmdlet !== undefined) return cmdletLines(write.cmdlet, write.input, names, values);
  return write.userRight === undefined ? null : userRightLines(write.userRight.right, filled(write.userRight.sids, names, values));
}

type Cim = NonNullable<Write['cim']>;

function cimLines(cim: Cim, names: Names, values: Values): string[] {
  const listing = `Get-CimInstance -Namespace ${textLiteral(cim.namespace)} -ClassName ${textLiteral(cim.class)}`;
  return [
    ...foundLines(listing, cim.where, names, cim.class),
    `$answer = Invoke-CimMethod -InputObject $found[0] -MethodName ${textLiteral(cim.method)} -Arguments ${hashOf(cim.arguments, names, values)}`,
    // A setting under Group Policy answers with an error number and changes nothing.
    `if ($answer.ReturnValue -ne 0) { throw (${textLiteral(`${cim.method} answered `)} + $answer.ReturnValue) }`,
  ];
}

type Cmdlet = NonNullable<Write['cmdlet']>;

function cmdletLines(cmdlet: Cmdlet, input: Write['input'], names: Names, values: Values): string[] {
  // Script modules of Windows do not see the preference of who calls them: https://github.com/PowerShell/PowerShell/issues/4568
  const call = `${cmdlet.name}${parameters(cmdlet.parameters, names, values)} -ErrorAction Stop`;
  if (input === undefined) return [call];
  return [
    ...foundLines(`${input.name}${parameters(input.parameters, names, values)} -ErrorAction Stop`, input.where, names, input.name),
    `$found[0] | ${call}`,
  ];
}

/**
 * Objects are found by listing and comparing by ordinal, never by a parameter that takes wildcards: `-eq` takes letters
 * that nobody sees for equal, `-Name` takes `*`. Anything but exactly one is an error.
 */
function foundLines(listing: string, where: Readonly<Record<string, string>> | undefined, names: Names, what: string): string[] {
  const tests = Object.entries(where ?? {}).map(
    ([member, text]) => `[string]::Equals([string]$_.${textLiteral(member)}, ${textLiteral(expand(text, names))}, 'OrdinalIgnoreCase')`,
  );
  const filter = tests.length === 0 ? '' : ` | Where-Object { ${tests.join(' -and ')} }`;
  return [`$found = @(${listing}${filter})`, `if ($found.Count -ne 1) { throw (${textLiteral(`Expected one object of ${what}, found `)} + $found.Count) }`];
}

function parameters(given: Readonly<Record<string, Json>>, names: Names, values: Values): string {
  const parts = Object.entries(given).map(([name, template]) => {
    const value = filled(template, names, values);
    // With a colon a boolean suits a switch as well as a parameter of type bool.
    return typeof value === 'boolean' ? ` -${name}:${literal(value)}` : ` -${name} ${literal(value)}`;
  });
  return parts.join('');
}

function hashOf(given: Readonly<Record<string, Json>>, names: Names, values: Values): string {
  const members = Object.entries(given).map(([name, template]) => {
    const value = filled(template, names, values);
    return `${textLiteral(name)} = ${typeof value === 'number' ? `[uint32]${value}` : literal(value)}`;
  });
  return `@{ ${members.join('; ')} }`;
}

const HIVES: Readonly<Record<string, string>> = { HKLM: 'LocalMachine', HKCU: 'CurrentUser', HKU: 'Users' };

interface KeyPlace {
  /** An expression for the hive, in the 64-bit view. */
  readonly base: string;
  readonly key: string;
}

function placeOf(template: string, names: Names): KeyPlace | null {
  const path = expandKey(template, names);
  const at = path === null ? -1 : path.indexOf('\\');
  const hive = path === null ? undefined : HIVES[path.slice(0, at)];
  if (path === null || hive === undefined) return null;
  return { base: `[Microsoft.Win32.RegistryKey]::OpenBaseKey('${hive}', 'Registry64')`, key: path.slice(at + 1) };
}

function setLines({ base, key }: KeyPlace, name: string, data: string, type: string): string[] {
  return [`$key = ${base}.CreateSubKey(${textLiteral(key)})`, `try { $key.SetValue(${textLiteral(name)}, ${data}, '${type}') } finally { $key.Dispose() }`];
}

function removeLines({ base, key }: KeyPlace, name: string): string[] {
  return [
    `$key = ${base}.OpenSubKey(${textLiteral(key)}, $true)`,
    `if ($null -ne $key) { try { $key.DeleteValue(${textLiteral(name)}, $false) } finally { $key.Dispose() } }`,
  ];
}

function registryLines(write: NonNullable<Write['registry']>, names: Names, values: Values): string[] | null {
  const place = placeOf(write.key, names);
  const name = expand(write.name, names);
  if (place === null) return null;
  if (values === null) return removeLines(place, name);
  const data = dataOf(write.type, filled(write.data, names, values));
  return data === null ? null : setLines(place, name, data, write.type);
}

/** Registry data as an expression of the type that `SetValue` wants for the kind; null when it is none. */
function dataOf(type: string, data: Json): string | null {
  const list = Array.isArray(data) ? (data as readonly Json[]) : [data];
  switch (type) {
    case 'DWord':
      return numberOf(data, 0xffffffff, '[int]', (number) => (number > 0x7fffffff ? number - 0x100000000 : number));
    case 'QWord':
      return numberOf(data, Number.MAX_SAFE_INTEGER, '[long]', (number) => number);
    case 'String':
    case 'ExpandString':
      return typeof data === 'string' || typeof data === 'number' ? `[string]${textLiteral(String(data))}` : null;
    case 'MultiString':
      return list.every((item) => typeof item === 'string') ? `[string[]]${literal(list)}` : null;
    case 'Binary':
      return list.every((item) => typeof item === 'number' && Number.isInteger(item) && item >= 0 && item < 256) ? `[byte[]]${literal(list)}` : null;
    default:
      return null;
  }
}

/** A DWORD above 2^31 is written as the signed number that .NET's Int32 takes. */
function numberOf(data: Json, maximum: number, cast: string, form: (number: number) => number): string | null {
  const number = typeof data === 'boolean' ? Number(data) : data;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= maximum ? `${cast}${form(number)}` : null;
}

/** A list of numbered values is written anew: what it does not name is gone. With `switched` the policy's switch follows it: off for an empty one. */
function registryListLines(write: NonNullable<Write['registryList']>, names: Names, values: Values): string[] | null {
  const parent = placeOf(write.key, names);
  if (parent === null) return null;
  const name = expand(write.name, names);
  const data = values === null ? [] : filled(write.data, names, values);
  const items = Array.isArray(data) ? (data as readonly Json[]) : [data];
  const key = textLiteral(`${parent.key}\\${name}`);
  return [
    `$base = ${parent.base}`,
    `$base.DeleteSubKeyTree(${key}, $false)`,
    ...(items.length === 0
      ? []
      : [
          `$key = $base.CreateSubKey(${key})`,
          ...items.map((item, index) => `$key.SetValue('${index + 1}', ${textLiteral(String(item))}, 'String')`),
          '$key.Dispose()',
        ]),
    '$base.Dispose()',
    ...(write.switched !== true ? [] : values === null ? removeLines(parent, name) : setLines(parent, name, items.length === 0 ? '[int]0' : '[int]1', 'DWord')),
  ];
}

/** User rights are set by a security template; secedit replaces the whole list of the right and leaves others alone. */
function userRightLines(right: string, value: Json): string[] | null {
  const sids = (Array.isArray(value) ? (value as readonly Json[]) : [value]).map((sid) => String(sid).replace(/^\*/, ''));
  // A template is lines of text: nothing but a SID may enter it.
  if (!/^Se\w+$/.test(right) || !sids.every((sid) => /^S-1-[0-9-]+$/.test(sid))) return null;
  return [
    "$template = [IO.Path]::Combine([IO.Path]::GetTempPath(), 'rdposture-' + [guid]::NewGuid().ToString('N'))",
    `$text = @('[Unicode]', 'Unicode=yes', '[Version]', 'signature="$CHICAGO$"', 'Revision=1', '[Privilege Rights]', ${textLiteral(`${right} = ${sids.map((sid) => `*${sid}`).join(',')}`)}) -join [Environment]::NewLine`,
    'try {',
    "  [IO.File]::WriteAllText($template + '.inf', $text, [Text.Encoding]::Unicode)",
    "  & secedit.exe /configure /db ($template + '.sdb') /cfg ($template + '.inf') /areas USER_RIGHTS /quiet",
    "  if ($LASTEXITCODE -ne 0) { throw ('secedit failed with ' + $LASTEXITCODE) }",
    "} finally { foreach ($end in '.inf', '.sdb', '.jfm') { [IO.File]::Delete($template + $end) } }",
  ];
}
