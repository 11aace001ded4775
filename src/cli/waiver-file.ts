import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isProblem, readTextFile, type TextFile } from '../collect/files.ts';
import { type ParsedOptions, textOf } from '../config/options.ts';
import { DocumentError, openDocument, type TextDocument } from '../lib/document.ts';
import { UserError } from '../model/problem.ts';
import { libraryOf } from './library.ts';

export interface Opened {
  readonly path: string;
  readonly file: TextFile;
  readonly document: TextDocument;
}

/** The waiver file, parsed; null when there is none. What is no YAML is the user's error. */
export function open(options: ParsedOptions, folder: string): Opened | null {
  const path = pathOf(options, folder);
  if (!existsSync(path)) return null;
  const file = readTextFile(path, folder);
  if (isProblem(file)) throw new UserError(file.code, file.message, file.hint);
  try {
    return { path, file, document: openDocument(file.text, 'yaml') };
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new UserError('waiver.not-yaml', `'${file.name}' could not be read as YAML: ${error.message}`, 'Mend the file.');
  }
}

export function pathOf(options: ParsedOptions, folder: string): string {
  return resolve(folder, textOf(options, 'waivers') ?? 'waivers.yaml');
}

export function opened(options: ParsedOptions, folder: string): Opened {
  const found = open(options, folder);
  if (found === null)
    throw new UserError(
      'waiver.missing',
      `The waiver file '${pathOf(options, folder)}' does not exist.`,
      '`rdposture waiver add` makes it; --waivers names another.',
    );
  return found;
}

export function policyIds(options: ParsedOptions, folder: string): string[] {
  return libraryOf(options, folder).policies.map((policy) => policy.id);
}

export function unknownPolicies(patterns: readonly string[], known: readonly string[]): string[] {
  return patterns.filter((pattern) => !known.some((id) => id === pattern || (pattern.endsWith('-*') && id.startsWith(pattern.slice(0, -1)))));
}
