import { expand, expandKey, type FoundSetting } from '../lib/settings.ts';
import type { Json } from '../model/json.ts';
import type { Operation, WrittenValue } from '../model/plan.ts';
import type { Write } from '../model/setting.ts';
import { filled, type Names, type Values } from './fill.ts';

const NOTHING: Omit<Operation, 'kind'> = {
  name: null,
  hive: null,
  key: null,
  type: null,
  data: null,
  items: [],
  switched: false,
  namespace: null,
  class: null,
  where: {},
  method: null,
  arguments: {},
  valueArgument: null,
  field: null,
  raw: null,
  right: null,
  sids: [],
  expect: null,
  behind: [],
};

/** Commands that the script on the host knows. */
const CMDLETS = new Set(['Set-CimInstance', 'Set-NetFirewallRule', 'Set-NetFirewallProfile', 'Set-RDSessionCollectionConfiguration', 'Set-RDSessionHost']);
const HIVES: Readonly<Record<string, string>> = { HKLM: 'LocalMachine' };

/** The operations of a setting's writers; null when one of them cannot write this. */
export function operationsOf(found: FoundSetting, names: Names, values: Values, written: readonly WrittenValue[]): Operation[] | null {
  const operations = (found.setting.write ?? []).map((write) => operationOf(write, names, values, written));
  return operations.length > 0 && operations.every((operation) => operation !== null) ? operations : null;
}

function operationOf(write: Write, names: Names, values: Values, written: readonly WrittenValue[]): Operation | null {
  if (write.registry !== undefined) return registryOperation(write.registry, names, values, written);
  if (write.registryList !== undefined) return listOperation(write.registryList, names, values, written);
  if (values === null) return null;
  const shown = { ...expectedOf(written.find((place) => place.field !== undefined)), behind: behindOf(written) };
  if (write.userRight !== undefined) return rightOperation(write.userRight, names, values, written);
  if (write.cim !== undefined) {
    const { cim } = write;
    return {
      ...NOTHING,
      ...shown,
      kind: 'cim',
      namespace: cim.namespace,
      class: cim.class,
      where: textsOf(cim.where ?? {}, names),
      method: cim.method,
      arguments: argumentsOf(cim.arguments, names, values),
      valueArgument: valueArgumentOf(cim.arguments),
      raw: values.raw,
    };
  }
  return write.cmdlet === undefined ? null : cmdletOperation(write.cmdlet, write.input, names, values, shown);
}

type Shown = Pick<Operation, 'expect' | 'field' | 'behind'>;

function cmdletOperation(
  cmdlet: NonNullable<Write['cmdlet']>,
  input: Write['input'],
  names: Names,
  values: NonNullable<Values>,
  shown: Shown,
): Operation | null {
  if (!CMDLETS.has(cmdlet.name)) return null;
  const listed = input?.parameters ?? {};
  return {
    ...NOTHING,
    ...shown,
    kind: 'cmdlet',
    name: cmdlet.name,
    namespace: textOf(listed['Namespace']),
    class: textOf(listed['ClassName']),
    where: textsOf(input?.where ?? {}, names),
    arguments: argumentsOf(cmdlet.parameters, names, values),
    valueArgument: valueArgumentOf(cmdlet.parameters),
    raw: values.raw,
  };
}

function registryOperation(write: NonNullable<Write['registry']>, names: Names, values: Values, written: readonly WrittenValue[]): Operation | null {
  const place = placeOf(write.key, names);
  const name = expand(write.name, names);
  const data = values === null ? null : filled(write.data, names, values);
  if (place === null || (data !== null && !suits(write.type, data))) return null;
  const before = written.find(({ registry }) => registry !== undefined && !registry.numbered && same(registry.key, place.path) && same(registry.name, name));
  return {
    ...NOTHING,
    kind: 'registry',
    ...place.at,
    name,
    type: write.type,
    data: typeof data === 'boolean' ? Number(data) : data,
    expect: expectedOf(before).expect,
  };
}

function listOperation(write: NonNullable<Write['registryList']>, names: Names, values: Values, written: readonly WrittenValue[]): Operation | null {
  const place = placeOf(write.key, names);
  const name = expand(write.name, names);
  const data = values === null ? [] : filled(write.data, names, values);
  const items = (Array.isArray(data) ? (data as readonly Json[]) : [data]).map(String);
  if (place === null) return null;
  const before = written.find(({ registry }) => registry?.numbered === true && same(registry.key, place.path) && same(registry.name, name));
  return { ...NOTHING, kind: 'registryList', ...place.at, name, items, switched: write.switched === true, expect: expectedOf(before).expect };
}

function rightOperation(
  { right, sids }: NonNullable<Write['userRight']>,
  names: Names,
  values: NonNullable<Values>,
  written: readonly WrittenValue[],
): Operation | null {
  const filledIn = filled(sids, names, values);
  const list = (Array.isArray(filledIn) ? (filledIn as readonly Json[]) : [filledIn]).map((sid) => String(sid).replace(/^\*/, ''));
  if (!/^Se\w+$/.test(right) || !list.every((sid) => /^S-1-[0-9-]+$/.test(sid))) return null;
  const before = written.find((place) => place.field !== undefined);
  const raw = before?.state === 'value' && Array.isArray(before.raw) ? (before.raw as readonly Json[]).map((sid) => String(sid).replace(/^\*/, '')) : null;
  // A right that nobody has is not listed.
  const expect = raw !== null ? [raw] : before?.state === 'absent' ? [''] : null;
  return { ...NOTHING, kind: 'userRight', right, sids: list, expect };
}

/** What the place held when it was read, in the forms that it may show now; null when nobody looked. */
function expectedOf(place: WrittenValue | undefined): Pick<Operation, 'expect' | 'field'> {
  const field = place?.field ?? null;
  if (place === undefined || place.state === 'unread') return { expect: null, field };
  if (place.state === 'absent') return { expect: place.registry === undefined ? null : [''], field };
  return { expect: [place.raw, ...place.unset], field };
}

/** What Windows keeps in the registry behind a method or a command. */
function behindOf(written: readonly WrittenValue[]): Operation['behind'] {
  return written.flatMap(({ registry }) => {
    const place = registry === undefined || registry.numbered ? null : placeOf(registry.key, {});
    return place === null || registry === undefined ? [] : [{ ...place.at, name: registry.name }];
  });
}

function placeOf(template: string, names: Names): { readonly path: string; readonly at: { readonly hive: string; readonly key: string } } | null {
  const path = expandKey(template, names);
  const at = path === null ? -1 : path.indexOf('\\');
  const hive = path === null ? undefined : HIVES[path.slice(0, at)];
  return path === null || hive === undefined ? null : { path, at: { hive, key: path.slice(at + 1) } };
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function suits(type: string, data: Json): boolean {
  const list = Array.isArray(data) ? (data as readonly Json[]) : [data];
  const isNumber = (value: Json, maximum: number): boolean => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maximum;
  switch (type) {
    case 'DWord':
      return typeof data === 'boolean' || isNumber(data, 0xffffffff);
    case 'QWord':
      return typeof data === 'boolean' || isNumber(data, Number.MAX_SAFE_INTEGER);
    case 'String':
    case 'ExpandString':
      return typeof data === 'string' || typeof data === 'number';
    case 'MultiString':
      return list.every((item) => typeof item === 'string');
    case 'Binary':
      return list.every((item) => isNumber(item, 255));
    default:
      return false;
  }
}

function argumentsOf(given: Readonly<Record<string, Json>>, names: Names, values: Values): Record<string, Json> {
  return Object.fromEntries(Object.entries(given).map(([name, template]) => [name, filled(template, names, values)]));
}

function valueArgumentOf(given: Readonly<Record<string, Json>>): string | null {
  return Object.keys(given).find((name) => /"\{(?:raw|value)\}"/.test(JSON.stringify(given[name]))) ?? null;
}

function textsOf(given: Readonly<Record<string, string>>, names: Names): Record<string, string> {
  return Object.fromEntries(Object.entries(given).map(([name, text]) => [name, expand(text, names)]));
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
