import { isProblem, readTextFile, type TextFile } from '../collect/files.ts';
import { type Recognised, recognise } from '../collect/recognise.ts';
import { DocumentError, openDocument, type TextDocument } from '../lib/document.ts';
import type { Json } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';

/** YAML is parsed with positions, which costs much more than JSON: files of hand-written size only. */
const MAX_YAML_LENGTH = 8 * 1024 * 1024;

/** A file that holds something we know. */
export interface InputFile {
  readonly file: TextFile;
  readonly document: TextDocument;
  readonly recognised: Recognised;
}

/** Reads, parses and recognises one file. An error problem says what is wrong with a file that cannot be used. */
export function readInput(path: string, sourceRoot: string): InputFile | Problem {
  const file = readTextFile(path, sourceRoot);
  if (isProblem(file)) return file;
  const document = parseText(file.text, file.name);
  if ('level' in document) return document;
  const recognised = recognise(document.value);
  if (recognised.kind === 'none') {
    return { level: 'error', code: 'file.not-recognised', message: `'${file.name}' is nothing that can be judged.`, hint: `Tried: ${recognised.tried.join(', ')}.`, file: file.name };
  }
  return { file, document, recognised };
}

/** Parses by content: JSON begins with a bracket, everything else is YAML. */
export function parseText(text: string, name: string): TextDocument | Problem {
  const format = /^\s*[{[]/.test(text.slice(0, 4096)) ? 'json' : 'yaml';
  if (format === 'yaml' && text.length > MAX_YAML_LENGTH) {
    return { level: 'error', code: 'file.not-recognised', message: `'${name}' is neither JSON nor YAML of a size that people write.`, hint: 'Name a JSON or YAML file.', file: name };
  }
  try {
    return openDocument(text, format);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    const { line, column } = error;
    return {
      level: 'error',
      code: format === 'json' ? 'file.not-json' : 'file.not-yaml',
      message: `'${name}' could not be read as ${format.toUpperCase()}: ${error.message}`,
      hint: 'Mend the file, or export it again.',
      file: name,
      region: { startLine: line, startColumn: column, endLine: line, endColumn: column + 1 },
    };
  }
}

export function isInput(value: InputFile | Problem): value is InputFile {
  return 'document' in value;
}

export function valueOf(input: InputFile): Json {
  return input.document.value;
}
