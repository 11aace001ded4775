import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { parse } from 'yaml';
import { checkDocument } from '../lib/schema-check.ts';
import { checkArea } from '../lib/setting-check.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Pack, Policy } from '../model/policy.ts';
import type { KnownUpdates } from '../model/known-updates.ts';
import { UserError } from '../model/problem.ts';
import { SECTIONS } from '../model/sections/index.ts';
import type { Area } from '../model/setting.ts';
import { KNOWN_UPDATES_SCHEMA } from './known-updates.ts';
import { PACK_SCHEMA, POLICY_SCHEMA } from './schema.ts';

/** Everything that judges: policies, the settings catalogue, packs. */
export interface Library {
  readonly policies: readonly Policy[];
  readonly areas: readonly Area[];
  readonly packs: readonly Pack[];
  /** What is known about updates of Windows; without it nothing is said about them. */
  readonly knownUpdates?: KnownUpdates;
  /** Policy id to the folder that it was read from; empty for a library read from a build. */
  readonly folders: Readonly<Record<string, string>>;
  /** Ids of the policies that a user's own folders added. */
  readonly own?: readonly string[];
}

/** Reads a policy folder: every `policy.yaml` below it, `settings/*.yaml`, `packs/*.yaml`, `data/known-updates.yaml`. Throws UserError for a broken file. */
export function readPolicyFolder(folder: string): Library {
  const policies: Policy[] = [];
  const folders: Record<string, string> = {};
  for (const file of filesBelow(folder)) {
    if (basename(file) !== 'policy.yaml') continue;
    const policy = readChecked(file, POLICY_SCHEMA) as unknown as Policy;
    if (folders[policy.id] !== undefined) {
      throw new UserError(
        'policy.duplicate-id',
        `The policy id '${policy.id}' stands in '${folders[policy.id]}' and in '${file}'.`,
        'Ids are never reused: give one of them another id.',
      );
    }
    folders[policy.id] = join(file, '..');
    policies.push(policy);
  }
  const updates = join(folder, 'data', 'known-updates.yaml');
  return {
    policies: policies.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    areas: yamlFiles(join(folder, 'settings')).map(readArea),
    packs: yamlFiles(join(folder, 'packs')).map((file) => readChecked(file, PACK_SCHEMA) as unknown as Pack),
    ...(existsSync(updates) ? { knownUpdates: readChecked(updates, KNOWN_UPDATES_SCHEMA) as unknown as KnownUpdates } : {}),
    folders,
  };
}

/** The shipped library: from a build beside this module where there is one, else from the policy folder. */
export function readShippedLibrary(bundle: string, folder: string): Library {
  if (existsSync(bundle)) return JSON.parse(readFileSync(bundle, 'utf8')) as Library;
  return readPolicyFolder(folder);
}

/**
 * Adds a user's policy folders. An id, a pack or an area that is shipped already is the user's error; data about updates takes
 * the place of what is shipped, so that it can be newer than the release.
 */
export function addFolders(shipped: Library, folders: readonly string[]): Library {
  let result = shipped;
  for (const folder of folders) {
    if (!existsSync(folder) || !statSync(folder).isDirectory()) {
      throw new UserError('policy.folder-missing', `The policy folder '${folder}' is not there, or no folder.`, 'Check the path given to --policy.');
    }
    const added = readPolicyFolder(folder);
    for (const policy of added.policies) {
      if (result.policies.some((known) => known.id === policy.id)) {
        throw new UserError(
          'policy.id-taken',
          `The policy id '${policy.id}' in '${added.folders[policy.id] ?? folder}' is already taken.`,
          'Ids are never reused: give it another id.',
        );
      }
    }
    for (const area of added.areas) {
      if (result.areas.some((known) => known.path === area.path || known.kind === area.kind)) {
        throw new UserError('settings.area-taken', `The settings area '${area.path}' in '${folder}' is already taken.`, 'Give it another path and kind.');
      }
    }
    result = {
      ...result,
      policies: [...result.policies, ...added.policies],
      areas: [...result.areas, ...added.areas],
      packs: [...result.packs, ...added.packs],
      ...(added.knownUpdates === undefined ? {} : { knownUpdates: added.knownUpdates }),
      folders: { ...result.folders, ...added.folders },
      own: [...(result.own ?? []), ...added.policies.map(({ id }) => id)],
    };
  }
  return result;
}

export function readYaml(file: string): Json {
  try {
    return parse(readFileSync(file, 'utf8'), { maxAliasCount: 100 }) as Json;
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
    throw new UserError('policy.not-yaml', `'${file}' could not be read as YAML: ${why}`, 'Mend the file, or take it away.');
  }
}

function readChecked(file: string, schema: JsonObject): Json {
  const value = readYaml(file);
  const [problem] = checkDocument(schema, value);
  if (problem !== undefined) {
    throw new UserError(
      'policy.malformed',
      `'${file}': '${problem.pointer === '' ? '/' : problem.pointer}' ${problem.message}.`,
      'Mend the file; CONTRIBUTING.md shows the format.',
    );
  }
  return value;
}

function readArea(file: string): Area {
  const value = readYaml(file);
  const errors = checkArea(value, SECTIONS);
  if (errors.length > 0)
    throw new UserError(
      'settings.malformed',
      `The settings file '${file}' cannot be used: ${errors.slice(0, 5).join('; ')}${errors.length > 5 ? `; and ${errors.length - 5} more` : ''}.`,
      'Mend the file; the shipped ones in policies/settings show the format.',
    );
  return value as unknown as Area;
}

/** None of a folder that is not there. */
export function yamlFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => join(folder, name));
}

/** Files below a folder, sorted by path so that nothing depends on the file system's order. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted((a, b) => (relative(folder, a) < relative(folder, b) ? -1 : 1));
}
