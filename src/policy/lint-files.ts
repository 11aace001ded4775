import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compileSchema } from '../lib/schema.ts';
import { YES } from '../lib/truth.ts';
import { checkDocument } from '../lib/schema-check.ts';
import { checkArea } from '../lib/setting-check.ts';
import { factKindOf } from '../lib/settings.ts';
import { FACT_KINDS } from '../model/facts/index.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { Pack, Policy } from '../model/policy.ts';
import { UserError } from '../model/problem.ts';
import { SECTIONS } from '../model/sections/index.ts';
import type { Area } from '../model/setting.ts';
import { readYaml, yamlFiles } from './library.ts';
import { lintPolicy } from './lint.ts';
import { PACK_SCHEMA, POLICY_SCHEMA } from './schema.ts';
import { matchesId } from './select.ts';

export interface LintFault {
  readonly file: string;
  readonly message: string;
}

export interface LintResult {
  readonly policies: number;
  readonly areas: number;
  readonly packs: number;
  readonly faults: readonly LintFault[];
  /** Of `only`, what fits no policy, while every policy file says its id. */
  readonly unknown: readonly string[];
}

interface Found<Item> {
  readonly file: string;
  readonly value: Item;
}

/** Reads policy folders whole, however broken their files are, and says all that is wrong in them. */
export function lintFolders(folders: readonly string[], only: readonly string[] = []): LintResult {
  const faults: LintFault[] = [];
  const areas = folders.flatMap((folder) => readAreas(folder, faults));
  const written = folders.flatMap(policyFiles).map((file) => ({ file, value: readAny(file, faults) }));
  const policies = checked<Policy>(written, POLICY_SCHEMA, faults);
  const packs = folders.flatMap((folder) =>
    checked<Pack>(
      yamlFiles(join(folder, 'packs')).map((file) => ({ file, value: readAny(file, faults) })),
      PACK_SCHEMA,
      faults,
    ),
  );
  const catalogue = areas.map((area) => area.value);
  const kinds = new Map([...FACT_KINDS, ...catalogue.map(factKindOf)].map((kind) => [kind.kind, kind.schema]));
  lintTaken(policies, faults);
  for (const { file, value } of policies) {
    for (const message of lintPolicy(value, { kinds, areas: catalogue })) faults.push({ file, message: `${value.id}: ${message}` });
    if (!existsSync(join(file, '..', 'cases.yaml'))) faults.push({ file, message: `${value.id}: There is no cases.yaml beside it.` });
  }
  for (const pack of packs) lintPack(pack, policies, faults);
  const ids = new Map(written.map(({ file, value }) => [file, isObject(value) && typeof value['id'] === 'string' ? value['id'] : null]));
  const nameless = [...ids.values()].includes(null);
  const unknown = nameless ? [] : only.filter((pattern) => ![...ids.values()].some((id) => matchesId(id ?? '', pattern)));
  // A policy file that does not even say its id may be the one that is asked for.
  const isChosen = ({ file }: LintFault): boolean => {
    const id = ids.get(file);
    return id !== undefined && (id === null || only.some((pattern) => matchesId(id, pattern)));
  };
  const chosen = only.length === 0 ? faults : faults.filter(isChosen);
  return { policies: policies.length, areas: areas.length, packs: packs.length, faults: chosen, unknown };
}

function policyFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name === 'policy.yaml')
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

function readAreas(folder: string, faults: LintFault[]): Found<Area>[] {
  return yamlFiles(join(folder, 'settings')).flatMap((file) => {
    const value = readAny(file, faults);
    if (value === undefined) return [];
    const wrong = checkArea(value, SECTIONS);
    for (const message of wrong) faults.push({ file, message: message.endsWith('.') ? message : `${message}.` });
    return wrong.length === 0 ? [{ file, value: value as unknown as Area }] : [];
  });
}

function checked<Item>(written: readonly Found<Json | undefined>[], schema: JsonObject, faults: LintFault[]): Found<Item>[] {
  return written.flatMap(({ file, value }) => {
    if (value === undefined) return [];
    const problems = checkDocument(schema, value);
    for (const { pointer, message } of problems) faults.push({ file, message: `'${pointer === '' ? '/' : pointer}' ${message}.` });
    return problems.length === 0 ? [{ file, value: value as Item }] : [];
  });
}

function readAny(file: string, faults: LintFault[]): Json | undefined {
  try {
    return readYaml(file);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    faults.push({ file, message: error.message });
    return undefined;
  }
}

/** Ids are never used twice, and neither are the names, which code scanning shows. */
function lintTaken(policies: readonly Found<Policy>[], faults: LintFault[]): void {
  const taken = new Map<string, string>();
  for (const { file, value } of policies) {
    for (const name of [value.id, value.name, ...(value.aliases ?? [])]) {
      const before = taken.get(name);
      if (before === undefined) taken.set(name, file);
      else faults.push({ file, message: `${value.id}: '${name}' is taken by '${before}'.` });
    }
  }
}

function lintPack(pack: Found<Pack>, policies: readonly Found<Policy>[], faults: LintFault[]): void {
  const known = policies.map((policy) => policy.value);
  for (const pattern of pack.value.policies) {
    const matches = pattern.endsWith('-*') ? known.some((policy) => policy.id.startsWith(pattern.slice(0, -1))) : known.some((policy) => policy.id === pattern);
    if (!matches) faults.push({ file: pack.file, message: `There is no policy '${pattern}'.` });
  }
  const twice = pack.value.policies.find((pattern, index) => pack.value.policies.indexOf(pattern) !== index);
  if (twice !== undefined) faults.push({ file: pack.file, message: `The policy '${twice}' stands there twice.` });
  for (const [id, override] of Object.entries(pack.value.overrides ?? {})) {
    const policy = known.find((candidate) => candidate.id === id);
    if (policy === undefined) faults.push({ file: pack.file, message: `It overrides '${id}', which there is not.` });
    for (const [name, value] of Object.entries(override.params ?? {})) {
      const schema = policy?.params !== undefined && Object.hasOwn(policy.params, name) ? policy.params[name] : undefined;
      if (policy !== undefined && (schema === undefined || compileSchema(schema)(value) !== YES))
        faults.push({ file: pack.file, message: `The policy '${id}' does not allow ${JSON.stringify(value)} for '${name}'.` });
    }
  }
}
