import { isProblem, nameOf, readTextFile, type TextFile } from '../collect/files.ts';
import { beginsAsEventLog, isPulumiEvent, openEventLog } from '../collect/pulumi/events.ts';
import { type DocumentKind, type Recognised, recognise } from '../collect/recognise.ts';
import { DocumentError, openDocument, type TextDocument } from '../lib/document.ts';
import { withoutComments } from '../lib/json-comments.ts';
import type { Problem } from '../model/problem.ts';

/** YAML is parsed with positions, which costs much more than JSON: files of hand-written size only. */
const MAX_YAML_LENGTH = 8 * 1024 * 1024;

/** Texts that stand for files while a fix is tried, by the names of reports. */
export type EditedTexts = ReadonlyMap<string, string>;

/** A file as it is, or as an edit would make it. */
export function readFile(path: string, sourceRoot: string, edited?: EditedTexts, passing = false): TextFile | Problem {
  const text = edited?.get(nameOf(path, sourceRoot));
  const file = readTextFile(path, sourceRoot, passing);
  return text === undefined || isProblem(file) ? file : { ...file, text };
}

/** A file that holds something we know. */
export interface InputFile {
  readonly file: TextFile;
  readonly format: 'json' | 'yaml';
  readonly document: TextDocument;
  readonly recognised: Recognised;
}

/** A file that cannot be used. */
export interface Rejected {
  readonly problem: Problem;
  /** Somebody must look at it wherever it was met: it could not be read, or what is left of it says that it is meant for us. */
  readonly ours: boolean;
}

/** Reads, parses and recognises one file. An error problem says what is wrong with a file that cannot be used. */
export function readInput(path: string, sourceRoot: string, edited?: EditedTexts, passing = false): InputFile | Rejected {
  const file = readFile(path, sourceRoot, edited, passing);
  if (isProblem(file)) return { problem: file, ours: file.code !== 'file.not-text' || namedAsOurs(path) };
  const parsed = parseText(file.text, file.name);
  const isLog = 'level' in parsed ? beginsAsEventLog(file.text) : isPulumiEvent(parsed.document.value);
  if (isLog) return { file, format: 'json', document: openEventLog(file.text), recognised: { kind: 'pulumi-events' } };
  if ('level' in parsed) return { problem: parsed, ours: namedAsOurs(path) || beginsAsOurs(file.text) };
  const { document, format } = parsed;
  const recognised = recognise(document.value);
  if (recognised.kind === 'none') {
    return {
      problem: {
        level: 'error',
        code: 'file.not-recognised',
        message: `'${file.name}' is nothing that can be judged.`,
        hint: `Tried: ${recognised.tried.join(', ')}.`,
        file: file.name,
      },
      ours: false,
    };
  }
  return { file, format, document, recognised };
}

function namedAsOurs(path: string): boolean {
  return /(?:\.snapshot\.json|[/\\]Pulumi\.yaml)$/i.test(path);
}

/** A broken snapshot or template among other files must not be skipped as if it were none. */
function beginsAsOurs(text: string): boolean {
  return /deploymentTemplate\.json|"schemaVersion"\s*:\s*1\b/i.test(text.slice(0, 4096));
}

/** What `pulumi preview --json` printed for the project of this name. */
export function openText(text: string, name: string): { readonly document: TextDocument; readonly kind: DocumentKind } | Problem {
  const parsed = beginsAsEventLog(text) ? { document: openEventLog(text) } : parseText(text, name);
  const recognised = 'level' in parsed ? null : recognise(parsed.document.value);
  if (!('level' in parsed) && (recognised?.kind === 'pulumi-preview' || recognised?.kind === 'pulumi-events'))
    return { document: parsed.document, kind: recognised.kind };
  const message = `What \`pulumi preview\` printed for '${name}' is no preview.`;
  return { level: 'error', code: 'pulumi.not-a-preview', message, hint: 'Run `pulumi preview --json --show-sames` there to see what it says.', file: name };
}

export interface Parsed {
  readonly document: TextDocument;
  readonly format: 'json' | 'yaml';
}

/** JSON begins with a bracket, in a template also with comments before it. */
const AS_JSON = /^(?:\s|\/\/[^\n]*\n|\/\*[^]*?\*\/)*[{[]/;

/** Parses by content: JSON begins with a bracket, everything else is YAML. YAML that begins so is tried as what its name says. */
export function parseText(text: string, name: string): Parsed | Problem {
  const format = AS_JSON.test(text.slice(0, 4096)) ? 'json' : 'yaml';
  if (format === 'yaml' && text.length > MAX_YAML_LENGTH) {
    return {
      level: 'error',
      code: 'file.not-recognised',
      message: `'${name}' is neither JSON nor YAML of a size that people write.`,
      hint: 'Name a JSON or YAML file.',
      file: name,
    };
  }
  const opened = open(text, format);
  if (!(opened instanceof DocumentError)) return { document: opened, format };
  const plain = format === 'json' ? withoutComments(text) : null;
  const uncommented = plain === null ? opened : open(plain, 'json');
  // What people see and edit is the text with its comments.
  if (!(uncommented instanceof DocumentError)) return { document: { ...uncommented, text: text.replace(/^\ufeff/, '') }, format };
  if (format === 'json' && /\.ya?ml$/i.test(name) && text.length <= MAX_YAML_LENGTH) {
    const flow = open(text, 'yaml');
    return flow instanceof DocumentError ? brokenProblem(flow, 'yaml', name) : { document: flow, format: 'yaml' };
  }
  return brokenProblem(uncommented, format, name);
}

function open(text: string, format: 'json' | 'yaml'): TextDocument | DocumentError {
  try {
    return openDocument(text, format);
  } catch (error) {
    if (error instanceof DocumentError) return error;
    throw error;
  }
}

function brokenProblem({ message, line, column }: DocumentError, format: 'json' | 'yaml', name: string): Problem {
  return {
    level: 'error',
    code: format === 'json' ? 'file.not-json' : 'file.not-yaml',
    message: `'${name}' could not be read as ${format.toUpperCase()}: ${message}`,
    hint: 'Mend the file, or export it again.',
    file: name,
    region: { startLine: line, startColumn: column, endLine: line, endColumn: column + 1 },
  };
}

export function isInput(value: InputFile | Rejected): value is InputFile {
  return 'document' in value;
}
