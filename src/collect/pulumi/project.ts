import { type Dirent, existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { DocumentError, openDocument, type TextDocument } from '../../lib/document.ts';
import { member } from '../../model/json.ts';
import { isBelow } from '../bicep/gather.ts';
import { isProblem, nameOf, readTextFile, type TextFile } from '../files.ts';
import { isTypescript, openTypescript, type TypescriptDocument } from '../typescript/document.ts';

/** A Pulumi project, and where its program is. */
export interface Project {
  /** Its `Pulumi.yaml`, and that file's folder; absolute. */
  readonly path: string;
  readonly folder: string;
  readonly name: string | null;
  readonly language: 'yaml' | 'typescript' | 'other';
  /** Of a YAML program its file, else the folder of the sources; absolute. */
  readonly program: string;
}

/** A file of a program. */
export interface ProgramSource {
  readonly path: string;
  readonly file: TextFile;
  readonly document: TextDocument;
  /** Of TypeScript. */
  readonly typescript: TypescriptDocument | null;
}

const PROJECT_FILES = ['Pulumi.yaml', 'Pulumi.yml'];

export function isProjectFile(path: string): boolean {
  return PROJECT_FILES.includes(path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1));
}

/** The project file of a folder; null when there is none. */
export function projectFileIn(folder: string): string | null {
  return PROJECT_FILES.map((name) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** Null for a file that is no project. */
export function readProject(path: string, sourceRoot: string): Project | null {
  const value = yamlOf(path, sourceRoot)?.document.value;
  const runtime = member(value, 'runtime');
  const name = member(value, 'name');
  const language = typeof runtime === 'string' ? runtime : member(runtime, 'name');
  if (value === undefined || typeof language !== 'string') return null;
  const folder = dirname(path);
  const main = member(value, 'main');
  const stated = typeof main === 'string' ? resolve(folder, main) : folder;
  const program = isBelow(stated, folder) ? stated : folder;
  const common = { path, folder, name: typeof name === 'string' ? name : null };
  if (language === 'yaml') return { ...common, language, program: yamlProgram(program, path) };
  const isFolder = statSync(program, { throwIfNoEntry: false })?.isDirectory() === true;
  return { ...common, language: language === 'nodejs' ? 'typescript' : 'other', program: isFolder ? program : dirname(program) };
}

/** A program in a folder of its own is in the first of these that is there. */
function yamlProgram(stated: string, project: string): string {
  if (stated === dirname(project)) return project;
  return ['Main.yaml', 'Pulumi.yaml'].map((name) => join(stated, name)).find((path) => existsSync(path)) ?? project;
}

/** The nearest project of a name in the folders above a file, or in a folder of one of them, up to the source root. */
export function projectNear(path: string, name: string, sourceRoot: string): Project | null {
  for (let folder = dirname(path); isBelow(folder, sourceRoot); folder = dirname(folder)) {
    const named = (candidate: string): Project[] => {
      const found = projectFileIn(candidate);
      const project = found === null ? null : readProject(found, sourceRoot);
      return project?.name === name ? [project] : [];
    };
    const [own] = named(folder);
    if (own !== undefined) return own;
    const inner = entriesOf(folder).filter((entry) => entry.isDirectory() && isWalked(entry.name));
    const found = inner.slice(0, MAX_FILES).flatMap((entry) => named(join(folder, entry.name)));
    // Of two nobody knows which.
    if (found.length > 0) return found.length === 1 ? (found[0] ?? null) : null;
    if (folder === dirname(folder)) break;
  }
  return null;
}

function isWalked(folder: string): boolean {
  return folder !== 'node_modules' && !folder.startsWith('.');
}

/** The files of one program, opened once each. */
export interface ProgramFiles {
  readonly project: Project;
  readonly sourceRoot: string;
  /** By path; null for what is no file of the project, or cannot be read. */
  readonly open: (path: string) => ProgramSource | null;
  /** By the name of reports, of those that have been opened or belong to the program. */
  readonly named: (name: string) => ProgramSource | null;
  /** All files of the program's folder. */
  readonly all: () => readonly ProgramSource[];
}

const MAX_FILES = 1000;
const MAX_BYTES = 1024 * 1024;

/** `edited`: texts that stand for files, by the names of reports. */
export function programFiles(project: Project, sourceRoot: string, edited?: ReadonlyMap<string, string>): ProgramFiles {
  const opened = new Map<string, ProgramSource | null>();
  let paths: readonly string[] | undefined;
  const listed = (): readonly string[] =>
    (paths ??= project.language === 'yaml' ? [project.program] : project.language === 'typescript' ? listTypescript(project.program) : []);
  const open = (path: string): ProgramSource | null => {
    const known = opened.get(path);
    if (known !== undefined) return known;
    const source = sourceOf(path, project, sourceRoot, edited);
    opened.set(path, source);
    return source;
  };
  return {
    project,
    sourceRoot,
    open,
    named: (name) => {
      if (project.language === 'other') return null;
      // Asked for every file of a scan: only what can be ours is looked for.
      if (project.language === 'yaml' ? name !== nameOf(project.program, sourceRoot) : !isTypescript(name)) return null;
      const path = resolve(sourceRoot, name);
      return listed().includes(path) || opened.has(path) ? open(path) : null;
    },
    all: () => listed().flatMap((path) => open(path) ?? []),
  };
}

function sourceOf(path: string, project: Project, sourceRoot: string, edited: ReadonlyMap<string, string> | undefined): ProgramSource | null {
  if (!isBelow(path, project.folder) || path.includes('node_modules') || !isPlainFile(path, project)) return null;
  if (project.language === 'yaml') return yamlOf(path, sourceRoot, edited);
  if (!isTypescript(path)) return null;
  const file = textOf(path, sourceRoot, edited);
  const document = file === null ? null : openTypescript(file.text, path);
  return file === null || document === null ? null : { path, file, document, typescript: document };
}

/** Not a link that leads out of the project, nor anything that is larger than people write. */
function isPlainFile(path: string, project: Project): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size <= MAX_BYTES && isBelow(realpathSync(path), realpathSync(project.folder));
}

function textOf(path: string, sourceRoot: string, edited: ReadonlyMap<string, string> | undefined): TextFile | null {
  const file = readTextFile(path, sourceRoot);
  if (isProblem(file)) return null;
  const text = edited?.get(file.name);
  return text === undefined ? file : { ...file, text };
}

function yamlOf(path: string, sourceRoot: string, edited?: ReadonlyMap<string, string>): ProgramSource | null {
  if (!['.yaml', '.yml'].includes(extname(path)) || (statSync(path, { throwIfNoEntry: false })?.size ?? MAX_BYTES + 1) > MAX_BYTES) return null;
  const file = textOf(path, sourceRoot, edited);
  try {
    return file === null ? null : { path, file, document: openDocument(file.text, 'yaml'), typescript: null };
  } catch (error) {
    if (error instanceof DocumentError) return null;
    throw error;
  }
}

function listTypescript(folder: string): string[] {
  const files: string[] = [];
  const waiting = [folder];
  for (let current = waiting.pop(); current !== undefined && files.length < MAX_FILES; current = waiting.pop()) {
    for (const entry of entriesOf(current)) {
      const path = join(current, entry.name);
      if (entry.isDirectory()) {
        if (isWalked(entry.name)) waiting.push(path);
      } else if (entry.isFile() && isTypescript(path)) files.push(path);
    }
  }
  return files.toSorted().slice(0, MAX_FILES);
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // What cannot be looked into has no lines to show.
    return [];
  }
}
