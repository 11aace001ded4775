import { expand, type FoundSetting, settingAt, toRaw } from '../lib/settings.ts';
import { isObject, type Json } from '../model/json.ts';
import type { Area, Write } from '../model/setting.ts';
import { comment, literal, textLiteral } from './literal.ts';

/** A setting of a target that is to have a value. */
export interface SettingChange {
  /** Target id. */
  readonly target: string;
  readonly path: readonly string[];
  readonly value: Json;
}

/** One change of a script. */
export interface ScriptStep {
  readonly title: string;
  readonly risk: 'safe' | 'review' | 'can-disconnect';
  readonly needs: readonly string[];
  readonly lines: readonly string[];
}

/** The command of each change, generated from the settings catalogue; a change without a writer is left out. */
export function stepsFor(changes: readonly SettingChange[], catalogue: readonly Area[], nameOf: (target: string) => string): ScriptStep[] {
  return changes.flatMap((change): ScriptStep[] => {
    const found = settingAt(change.path, catalogue);
    if (found === null) return [];
    const raw = toRaw(found.setting, change.value);
    const writes = found.setting.write ?? [];
    if (raw === undefined || writes.length === 0) return [];
    const names: Record<string, string> = { ...mapped(found), target: nameOf(change.target), host: nameOf(change.target) };
    const values = { value: change.value, raw };
    return [{ title: `${expand(found.setting.title, names)}: ${JSON.stringify(change.value)}`, risk: found.setting.risk, needs: found.setting.needs, lines: writes.flatMap((write) => linesOf(write, names, values)) }];
  });
}

/** The commands of one fix as text, for reading. */
export function powershellFor(changes: readonly SettingChange[], catalogue: readonly Area[], results: ReadonlyMap<string, { readonly target: { readonly name: string } }>): string {
  return stepsFor(changes, catalogue, (target) => results.get(target)?.target.name ?? target).flatMap((step) => [comment(step.title), ...step.lines]).join('\n');
}

function mapped(found: FoundSetting): Record<string, string> {
  const names: Record<string, string> = { ...found.names };
  for (const [name, { by, map }] of Object.entries(found.area.names ?? {})) {
    const from = names[by];
    if (from !== undefined && Object.hasOwn(map, from)) names[name] = map[from] ?? '';
  }
  return names;
}

interface Values {
  readonly value: Json;
  readonly raw: Json;
}

function linesOf(write: Write, names: Readonly<Record<string, string>>, values: Values): string[] {
  if (write.registry !== undefined) return registryLines(write.registry, names, values);
  if (write.registryList !== undefined) return registryListLines(write.registryList, names, values);
  if (write.cim !== undefined) {
    const { cim } = write;
    const source = `Get-CimInstance -Namespace ${textLiteral(cim.namespace)} -ClassName ${textLiteral(cim.class)}`;
    return [`${source}${filter(cim.where, names)} | Invoke-CimMethod -MethodName ${textLiteral(cim.method)} -Arguments ${hashOf(cim.arguments, names, values)} | Out-Null`];
  }
  if (write.cmdlet !== undefined) {
    const call = `${write.cmdlet.name}${parameters(write.cmdlet.parameters, names, values)}`;
    if (write.input === undefined) return [call];
    return [`${write.input.name}${parameters(write.input.parameters, names, values)}${filter(write.input.where, names)} | ${call}`];
  }
  return write.userRight === undefined ? [] : userRightLines(write.userRight.right, values.value);
}

/** Objects are found by comparing their members by ordinal, never by a parameter that takes wildcards. */
function filter(where: Readonly<Record<string, string>> | undefined, names: Readonly<Record<string, string>>): string {
  const tests = Object.entries(where ?? {}).map(([member, text]) => `[string]::Equals([string]$_.${member}, ${textLiteral(expand(text, names))}, 'OrdinalIgnoreCase')`);
  return tests.length === 0 ? '' : ` | Where-Object { ${tests.join(' -and ')} }`;
}

function filled(template: Json, names: Readonly<Record<string, string>>, values: Values): Json {
  if (template === '{value}') return values.value;
  if (template === '{raw}') return values.raw;
  if (typeof template === 'string') return expand(template, names);
  if (Array.isArray(template)) return (template as readonly Json[]).map((item) => filled(item, names, values));
  if (isObject(template)) return Object.fromEntries(Object.entries(template).map(([name, item]) => [name, filled(item, names, values)]));
  return template;
}

function parameters(given: Readonly<Record<string, Json>>, names: Readonly<Record<string, string>>, values: Values): string {
  return Object.entries(given).map(([name, template]) => {
    const value = filled(template, names, values);
    return typeof value === 'boolean' ? ` -${name}:${literal(value)}` : ` -${name} ${literal(value)}`;
  }).join('');
}

function hashOf(given: Readonly<Record<string, Json>>, names: Readonly<Record<string, string>>, values: Values): string {
  const members = Object.entries(given).map(([name, template]) => {
    const value = filled(template, names, values);
    return `${name} = ${typeof value === 'number' ? `[uint32]${value}` : literal(value)}`;
  });
  return `@{ ${members.join('; ')} }`;
}

const HIVES: Readonly<Record<string, string>> = { HKLM: 'LocalMachine', HKCU: 'CurrentUser', HKU: 'Users' };

function keyParts(path: string): { hive: string; key: string } {
  const at = path.indexOf('\\');
  return { hive: HIVES[path.slice(0, at)] ?? 'LocalMachine', key: path.slice(at + 1) };
}

function registryLines(write: NonNullable<Write['registry']>, names: Readonly<Record<string, string>>, values: Values): string[] {
  const { hive, key } = keyParts(expand(write.key, names));
  const data = filled(write.data, names, values);
  const raw = write.type === 'DWord' ? `[int]${literal(typeof data === 'boolean' ? Number(data) : signed(data))}` : `[string]${literal(String(data))}`;
  return [
    `$key = [Microsoft.Win32.RegistryKey]::OpenBaseKey('${hive}', 'Registry64').CreateSubKey(${textLiteral(key)})`,
    `$key.SetValue(${textLiteral(expand(write.name, names))}, ${raw}, '${write.type}'); $key.Dispose()`,
  ];
}

/** A DWORD above 2^31 as the signed number that .NET's Int32 takes. */
function signed(data: Json): Json {
  return typeof data === 'number' && data > 0x7fffffff ? data - 0x100000000 : data;
}

function registryListLines(write: NonNullable<Write['registryList']>, names: Readonly<Record<string, string>>, values: Values): string[] {
  const { hive, key } = keyParts(`${expand(write.key, names)}\\${write.name}`);
  const items = filled(write.data, names, values);
  const list = Array.isArray(items) ? (items as readonly Json[]) : [items];
  return [
    `$base = [Microsoft.Win32.RegistryKey]::OpenBaseKey('${hive}', 'Registry64')`,
    `$base.DeleteSubKeyTree(${textLiteral(key)}, $false); $key = $base.CreateSubKey(${textLiteral(key)})`,
    ...list.map((item, index) => `$key.SetValue('${index + 1}', ${textLiteral(String(item))}, 'String')`),
    '$key.Dispose(); $base.Dispose()',
  ];
}

/** User rights are set by a security template; secedit replaces the whole list of the right. */
function userRightLines(right: string, value: Json): string[] {
  const sids = (Array.isArray(value) ? (value as readonly Json[]) : [value]).map((sid) => `*${String(sid)}`).join(',');
  return [
    "$template = Join-Path ([IO.Path]::GetTempPath()) ('rdposture-' + [guid]::NewGuid().ToString('N'))",
    `$text = @('[Unicode]', 'Unicode=yes', '[Version]', 'signature="$CHICAGO$"', 'Revision=1', '[Privilege Rights]', ${textLiteral(`${right} = ${sids}`)}) -join [Environment]::NewLine`,
    "[IO.File]::WriteAllText($template + '.inf', $text, [Text.Encoding]::Unicode)",
    "& secedit.exe /configure /db ($template + '.sdb') /cfg ($template + '.inf') /areas USER_RIGHTS /quiet",
    "if ($LASTEXITCODE -ne 0) { throw ('secedit failed with ' + $LASTEXITCODE) }",
  ];
}
