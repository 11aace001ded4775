import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { escapeStep, type Pointer } from '../model/pointer.ts';
import type { Area, ReadPlace, Setting, Write } from '../model/setting.ts';
import type { SectionSpec } from '../model/snapshot.ts';
import { compileSchema } from './schema.ts';
import { SchemaError } from './schema-error.ts';
import { type Predicate, YES } from './truth.ts';
import { checkDocument } from './schema-check.ts';
import { AREA_SCHEMA } from './setting-schema.ts';
import { placeholdersOfArea } from './settings.ts';
import { jsonEquals } from './three-valued.ts';

type Report = (pointer: Pointer, message: string) => void;

/**
 * What is wrong with a settings file, a line each, `'/settings/x/map' …`: its structure, and what holds between its parts. A
 * file without errors can be read, laid over and written without a surprise. With `sections`, the tables and columns that it
 * names must be theirs.
 */
export function checkArea(value: Json, sections?: readonly SectionSpec[]): string[] {
  const structure = checkDocument(AREA_SCHEMA, value).map(({ pointer, message }) => `'${pointer === '' ? '/' : pointer}' ${message}`);
  if (structure.length > 0) return structure;
  const errors: string[] = [];
  const report: Report = (pointer, message) => errors.push(`'${pointer}' ${message}`);
  checkParts(value as unknown as Area, report);
  if (sections !== undefined) checkTables(value as unknown as Area, sections, report);
  return errors;
}

function checkParts(area: Area, report: Report): void {
  const placeholders = placeholdersOfArea(area);
  checkInstances(area, placeholders, report);
  const derived = Object.entries(area.names ?? {});
  const carried = Object.keys(area.instances?.carry ?? {});
  for (const [name, { by }] of derived)
    if (![...placeholders, ...carried].includes(by)) report(`/names/${escapeStep(name)}/by`, `is '${by}', which is no name of an instance`);
  const names = new Set(['host', 'target', ...placeholders, ...carried, ...derived.map(([name]) => name)]);
  const taken = new Set(['host', 'sources', ...placeholders, ...carried]);
  if (Object.keys(area.settings).length === 0) report('/settings', 'has no setting');
  for (const [name, setting] of Object.entries(area.settings)) {
    const at = `/settings/${escapeStep(name)}`;
    if (taken.has(name)) report(at, 'has the name of another member of the fact');
    checkSetting(setting, at, report);
    checkPlaceholders(setting, names, at, report);
  }
}

/** Tables that a snapshot of the target has, and columns that they have. */
function checkTables(area: Area, sections: readonly SectionSpec[], report: Report): void {
  const check = (table: string, columns: readonly (string | undefined)[], at: Pointer): void => {
    const section = sections.find((candidate) => candidate.name === table && candidate.of === area.target);
    if (section?.shape !== 'rows') return report(at, `reads '${table}', which is no table of a ${area.target} snapshot`);
    for (const column of columns)
      if (column !== undefined && !Object.hasOwn(section.columns, column)) report(at, `reads the column '${column}', which '${table}' does not have`);
  };
  const { instances } = area;
  if (instances?.rows !== undefined)
    check(
      instances.rows,
      [instances.field, ...Object.keys(instances.where ?? {}), ...(instances.by ?? []), ...Object.values(instances.carry ?? {})],
      '/instances',
    );
  for (const [name, setting] of Object.entries(area.settings)) {
    for (const [index, place] of setting.read.entries()) {
      const source = typeof place.source === 'object' ? place.source.field : undefined;
      if (place.rows !== undefined)
        check(
          place.rows,
          [place.field, source, place.when?.field, ...Object.keys(place.where ?? {}), ...(place.beside ?? [])],
          `/settings/${escapeStep(name)}/read/${index}`,
        );
    }
  }
}

function checkInstances(area: Area, placeholders: readonly string[], report: Report): void {
  const { instances } = area;
  if (new Set(placeholders).size !== placeholders.length) report('/path', 'has a placeholder twice');
  if (placeholders.length > 1) report('/path', 'has more than one placeholder: an area has one kind of instance');
  if ((instances !== undefined) !== placeholders.length > 0)
    report('/instances', instances === undefined ? 'is missing: the path has a placeholder' : 'is not needed: the path has no placeholder');
  if (instances === undefined) return;
  if (instances.fixed === undefined && instances.rows === undefined) report('/instances', 'must have fixed names, or rows');
  if ((instances.rows === undefined) !== (instances.field === undefined)) report('/instances/field', 'goes with rows, and rows with it');
  if (instances.rows === undefined && (instances.where ?? instances.by ?? instances.carry) !== undefined)
    report('/instances/rows', 'is missing: only rows have columns');
  const names = new Set(['host', 'target', ...placeholders, ...Object.keys(area.names ?? {})]);
  if (instances.skip !== undefined)
    for (const name of strangers(instances.skip, names)) report('/instances/skip', `has the placeholder '{${name}}', which stands for nothing`);
}

/** Placeholders below a value that no name stands for. */
function strangers(value: unknown, names: ReadonlySet<string>): string[] {
  const found = JSON.stringify(value ?? null).matchAll(/\{(\w+)\}/g);
  return [...new Set([...found].map(([, name = '']) => name))].filter((name) => !names.has(name));
}

function checkPlaceholders(setting: Setting, names: ReadonlySet<string>, at: Pointer, report: Report): void {
  const parts: readonly (readonly [string, unknown, ReadonlySet<string>])[] = [
    ['title', setting.title, names],
    ['read', setting.read.map(({ registry, name, where, unless }) => ({ registry, name, where, unless })), names],
    ['gpo', setting.gpo, names],
    ['write', setting.write, new Set([...names, 'value', 'raw'])],
  ];
  for (const [member, part, known] of parts) {
    for (const name of strangers(part, known)) report(`${at}/${member}`, `has the placeholder '{${name}}', which stands for nothing`);
  }
  for (const [index, place] of setting.read.entries()) {
    for (const name of Object.keys(place.for ?? {}))
      if (!names.has(name)) report(`${at}/read/${index}/for`, `names '${name}', which is no name of an instance`);
  }
}

function checkSetting(setting: Setting, at: Pointer, report: Report): void {
  const allowed = compiled(setting, at, report);
  if (allowed === null) return;
  checkForms(setting, allowed, at, report);
  checkMap(setting.map, setting, allowed, `${at}/map`, report);
  for (const [index, place] of setting.read.entries()) {
    checkPlace(place, setting, allowed, `${at}/read/${index}`, report);
    checkMap(place.map, setting, allowed, `${at}/read/${index}/map`, report);
  }
  const unconditional = setting.read.findIndex((place) => isDefault(place) && [place.since, place.product, place.for].every((limit) => limit === undefined));
  if (unconditional >= 0 && unconditional < setting.read.length - 1)
    report(`${at}/read/${unconditional + 1}`, 'is never reached: the default above it always holds');
  checkWriters(setting, at, report);
}

function compiled(setting: Setting, at: Pointer, report: Report): Predicate | null {
  try {
    return compileSchema(setting.value);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    report(`${at}/value`, error.message);
    return null;
  }
}

function checkForms(setting: Setting, allowed: Predicate, at: Pointer, report: Report): void {
  const kinds = [setting.map !== undefined || setting.scale !== undefined, setting.flags !== undefined, setting.list === true].filter(Boolean);
  if (kinds.length > 1) report(at, 'has more than one of map or scale, flags and list');
  for (const [member, needed] of [
    ['all', 'flags'],
    ['trim', 'list'],
    ['empty', 'list'],
  ] as const) {
    if (setting[member] !== undefined && setting[needed] === undefined) report(`${at}/${member}`, `means nothing without ${needed}`);
  }
  const flags = Object.entries(setting.flags ?? {});
  for (const [bit, name] of flags) {
    const number = Number(bit);
    if (!Number.isSafeInteger(number) || number < 1 || !Number.isInteger(Math.log2(number))) report(`${at}/flags/${escapeStep(bit)}`, 'is no bit');
    if (allowed([name]) !== YES) report(`${at}/flags/${escapeStep(bit)}`, `gives '${name}', which the value does not allow`);
  }
  if (new Set(flags.map(([, name]) => name)).size !== flags.length) report(`${at}/flags`, 'gives one name to two bits');
  const targets = new Set([...Object.keys(setting.map ?? {}), ...flags.map(([bit]) => bit), ...(setting.flags === undefined ? [] : ['0'])]);
  for (const [form, raw] of Object.entries(setting.forms ?? {})) {
    if (!targets.has(String(raw))) report(`${at}/forms/${escapeStep(form)}`, `stands for '${String(raw)}', which no map and no flag knows`);
  }
}

/** One-to-one, since it is read backwards to write. */
function checkMap(map: Readonly<Record<string, Json>> | undefined, setting: Setting, allowed: Predicate, at: Pointer, report: Report): void {
  const entries = Object.entries(map ?? {});
  for (const [index, [raw, named]] of entries.entries()) {
    if (allowed(named) !== YES) report(`${at}/${escapeStep(raw)}`, `gives ${JSON.stringify(named)}, which the value does not allow`);
    const same = entries.slice(0, index).find(([, other]) => jsonEquals(other, named) === YES);
    if (same !== undefined) report(`${at}/${escapeStep(raw)}`, `means the same as '${same[0]}': a map is one-to-one, other forms stand in 'forms'`);
  }
  if (map !== undefined && setting.flags === undefined && setting.list !== true && entries.length === 0) report(at, 'is empty');
}

function isDefault(place: ReadPlace): boolean {
  return place.source === 'default' && place.registry === undefined && place.rows === undefined;
}

function checkPlace(place: ReadPlace, setting: Setting, allowed: Predicate, at: Pointer, report: Report): void {
  for (const build of Object.keys(place.since ?? {})) if (!/^\d+$/.test(build)) report(`${at}/since`, `names '${build}', which is no build`);
  if (isDefault(place)) {
    if (place.value !== undefined && allowed(place.value) !== YES) report(`${at}/value`, `is ${JSON.stringify(place.value)}, which the value does not allow`);
    for (const member of ['written', 'effective', 'name', 'field', 'numbered', 'when'] as const)
      if (place[member] !== undefined) report(`${at}/${member}`, 'means nothing at a default');
    return;
  }
  if ((place.registry === undefined) === (place.rows === undefined)) report(at, 'must be a registry value, a column of rows, or a default');
  if (place.registry !== undefined && place.name === undefined) report(`${at}/name`, 'is missing');
  if (place.rows !== undefined && place.field === undefined) report(`${at}/field`, 'is missing');
  for (const member of ['value', 'for'] as const) if (place[member] !== undefined) report(`${at}/${member}`, 'belongs to a default');
  if (place.numbered === true && setting.list !== true) report(`${at}/numbered`, 'needs a list');
  if (place.when !== undefined && place.rows === undefined) report(`${at}/when`, 'names a column, and a registry value has none');
  if (place.beside !== undefined && (setting.list !== true || place.rows === undefined)) report(`${at}/beside`, 'needs a list in a column');
  if (place.switched === true && place.numbered !== true) report(`${at}/switched`, 'needs numbered');
  if (typeof place.source === 'object' && place.rows === undefined) report(`${at}/source`, 'names a column, and a registry value has none');
  if (place.source === 'gpo' && setting.gpo === undefined) report(at, "reads a Group Policy, and 'gpo' does not say which");
}

function checkWriters(setting: Setting, at: Pointer, report: Report): void {
  const written = setting.read.filter((place) => place.written === true);
  const writers = setting.write ?? [];
  if (written.length > 0 && writers.length === 0) report(`${at}/write`, 'is missing: a place is written, and nothing writes it');
  if (writers.length > 0 && written.length === 0) report(`${at}/read`, 'has no place that the writer changes');
  for (const [index, write] of writers.entries()) checkWriter(write, setting, `${at}/write/${index}`, report);
  // A list that is written empty leaves nothing behind, so nothing but the default says that it is empty; a switch says it itself.
  if (
    written.some((place) => place.numbered === true && place.switched !== true) &&
    !setting.read.some((place) => isDefault(place) && Array.isArray(place.value) && place.value.length === 0)
  ) {
    report(`${at}/read`, 'has numbered values and must end in the default []');
  }
  if (writers.length > 0 && setting.flags === undefined && setting.list !== true && setting.map !== undefined && isObject(setting.value))
    checkTotal(setting, setting.value, at, report);
}

/** Every value that could be declared has a raw form; those that only a default has, such as `not-set`, cannot be. */
function checkTotal(setting: Setting, schema: JsonObject, at: Pointer, report: Report): void {
  const named = Object.values(setting.map ?? {});
  const ofDefaults = setting.read.filter(isDefault).map((place) => place.value ?? null);
  for (const value of (schema['enum'] ?? []) as readonly Json[]) {
    if (![...named, ...ofDefaults].some((known) => jsonEquals(known, value) === YES))
      report(`${at}/value/enum`, `allows ${JSON.stringify(value)}, which no raw value gives`);
  }
}

const KINDS = ['registry', 'registryList', 'cim', 'cmdlet', 'userRight'] as const;

function checkWriter(write: Write, setting: Setting, at: Pointer, report: Report): void {
  const kinds = KINDS.filter((kind) => write[kind] !== undefined);
  if (kinds.length !== 1) report(at, `must be one of ${KINDS.join(', ')}`);
  if (write.input !== undefined && write.cmdlet === undefined) report(`${at}/input`, 'needs a cmdlet');
  if (write.input !== undefined && write.input.where === undefined) report(`${at}/input`, 'must say where: everything it lists would be changed');
  if ((write.registryList ?? write.userRight) !== undefined && setting.list !== true) report(at, 'writes a list, and the setting is none');
  for (const [member, given] of [
    ['cmdlet', write.cmdlet?.parameters],
    ['input', write.input?.parameters],
    ['cim', write.cim?.arguments],
  ] as const) {
    for (const name of Object.keys(given ?? {}))
      if (!/^[A-Za-z]\w*$/.test(name)) report(`${at}/${member}`, `has the parameter '${name.slice(0, 80)}', which is no name`);
  }
  const values = JSON.stringify(write);
  if (!values.includes('{raw}') && !values.includes('{value}')) report(at, 'writes neither {raw} nor {value}');
}
