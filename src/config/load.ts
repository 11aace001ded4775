import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeText, TextError } from '../lib/decode.ts';
import { DocumentError, openDocument } from '../lib/document.ts';
import { isObject, type Json } from '../model/json.ts';
import { UserError } from '../model/problem.ts';

const MAX_BYTES = 1024 * 1024;

/** Reads `rdposture.yaml` of a folder: data only, `option name: value`. Nothing when there is no such file. */
export function readConfigFile(folder: string): Record<string, Json> {
  const file = join(folder, 'rdposture.yaml');
  const fault = faultOf(file);
  if (fault === 'absent') return {};
  if (fault !== null) throw new UserError('config.malformed', `'${file}' is no configuration file: ${fault}.`, 'Mend it, or take it away.');
  const value = parsed(file);
  if (value === null) return {};
  if (!isObject(value))
    throw new UserError('config.malformed', `'${file}' must be a map of option names to values.`, '`rdposture scan --help` lists the options.');
  return { ...value };
}

function faultOf(file: string): string | null {
  try {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined) return 'absent';
    if (!stat.isFile()) return 'it is no file';
    return stat.size > MAX_BYTES ? 'it is larger than 1 MiB' : null;
  } catch {
    return 'it cannot be read';
  }
}

function parsed(file: string): Json {
  try {
    const { text } = decodeText(readFileSync(file));
    // A file of comments alone says nothing.
    return text.split('\n').every((line) => /^\s*(?:#.*)?$/.test(line)) ? null : openDocument(text, 'yaml').value;
  } catch (error) {
    if (error instanceof DocumentError)
      throw new UserError('config.not-yaml', `'${file}' could not be read as YAML, line ${error.line}: ${error.message}`, 'Mend the file.');
    if (error instanceof TextError) throw new UserError('config.not-text', `'${file}' could not be read: ${error.message}`, 'Save it as UTF-8.');
    if (error instanceof Error && 'syscall' in error) throw new UserError('config.unreadable', `'${file}' could not be read.`, 'Check its rights.');
    throw error;
  }
}
