import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isObject, type Json } from '../model/json.ts';
import { UserError } from '../model/problem.ts';

/** Reads `rdposture.yaml` of a folder: data only, `option name: value`. Nothing when there is no such file. */
export function readConfigFile(folder: string): Record<string, Json> {
  const file = join(folder, 'rdposture.yaml');
  if (!existsSync(file)) return {};
  let value: Json;
  try {
    value = parse(readFileSync(file, 'utf8'), { maxAliasCount: 10 }) as Json;
  } catch (error) {
    throw new UserError('config.not-yaml', `'${file}' could not be read as YAML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''}`, 'Mend the file.');
  }
  if (value === null || value === undefined) return {};
  if (!isObject(value)) throw new UserError('config.malformed', `'${file}' must be a map of option names to values.`, '`rdposture scan --help` lists the options.');
  return { ...value };
}
