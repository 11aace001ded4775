import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isProblem, nameOf, reasonOf, type TextFile, type WalkedFolder, walkFolder } from '../collect/files.ts';
import { isBicep } from '../collect/bicep/compiled.ts';
import { bicepEntries } from '../collect/bicep/entries.ts';
import { recognise } from '../collect/recognise.ts';
import { readEstate } from '../estate/load.ts';
import type { TextDocument } from '../lib/document.ts';
import type { Estate } from '../model/estate.ts';
import { type Problem, UserError } from '../model/problem.ts';
import type { Area } from '../model/setting.ts';
import { type EditedTexts, parseText, readFile } from './read-input.ts';

/** The estate as loaded: what it says, and the file that says it. */
export interface LoadedEstate {
  readonly estate: Estate;
  readonly file: TextFile;
  readonly document: TextDocument;
}

/** One file to judge, and why. */
export interface PlannedFile {
  readonly path: string;
  /** `walked`: met in a folder, so something we do not know is skipped; `named`: by the user; else by the estate. */
  readonly by: 'named' | 'walked' | 'snapshots' | 'template' | 'pulumi';
  /** A parameters file, as JSON or of a Bicep file as `.bicepparam`. */
  readonly parameters?: string;
  /** What code scanning keeps together: the path that was named, of files that no estate names. */
  readonly group: string;
  /** Of a Pulumi project what `pulumi preview --json` printed, judged in its place. */
  readonly preview?: string;
}

export interface ScanPlan {
  readonly estate: LoadedEstate | null;
  readonly files: readonly PlannedFile[];
  readonly problems: readonly Problem[];
}

const ESTATE_FILE = 'estate.yaml';

/** What there is to judge: named files, walked folders, or what an estate names. */
export function planScan(paths: readonly string[], sourceRoot: string, catalogue: readonly Area[], edited?: EditedTexts): ScanPlan {
  let estate: LoadedEstate | null = null;
  const files: PlannedFile[] = [];
  const problems: Problem[] = [];
  for (const path of paths) {
    const kind = kindOf(path);
    const estateFile = estateFileOf(path, sourceRoot, edited);
    if (estateFile !== null) {
      if (estate !== null && estate.file.path === estateFile) continue;
      if (estate !== null) throw new UserError('estate.two', 'Two estates are named.', 'Scan one estate at a time.');
      estate = loadEstate(estateFile, sourceRoot, catalogue, edited);
      const named = filesOfEstate(estate, sourceRoot);
      files.push(...named.files);
      problems.push(...named.problems);
    } else if (kind === 'folder') {
      const walked = walkFolder(path);
      files.push(...walked.files.map((found): PlannedFile => ({ path: found, by: 'walked', group: nameOf(path, sourceRoot) })));
      problems.push(...unreadable(walked, sourceRoot));
    } else if (kind === 'file') files.push({ path, by: 'named', group: nameOf(path, sourceRoot) });
    else
      problems.push({
        level: 'error',
        code: 'file.unreadable',
        message: `'${nameOf(path, sourceRoot)}' could not be read: ${kind}.`,
        hint: 'Check the path.',
        file: nameOf(path, sourceRoot),
      });
  }
  return { estate, files: withParameters(withBicep(unique(files))), problems };
}

/** The estate file that a path names: its `estate.yaml`, itself, or null when it is something else. */
export function estateFileOf(path: string, sourceRoot: string, edited?: EditedTexts): string | null {
  const kind = kindOf(path);
  if (kind === 'folder') return existsSync(join(path, ESTATE_FILE)) ? join(path, ESTATE_FILE) : null;
  if (kind !== 'file') return null;
  if (basename(path) === ESTATE_FILE) return path;
  if (!/\.ya?ml$/i.test(path)) return null;
  const file = readFile(path, sourceRoot, edited);
  const parsed = isProblem(file) ? null : parseText(file.text, file.name);
  return parsed !== null && 'document' in parsed && recognise(parsed.document.value).kind === 'estate' ? path : null;
}

function unreadable(walked: WalkedFolder, sourceRoot: string): Problem[] {
  return walked.unreadable.map(({ path, reason }) => ({
    level: 'error',
    code: 'file.unreadable',
    message: `'${nameOf(path, sourceRoot)}' could not be read: ${reason}.`,
    hint: 'Check its name and its rights; until then nothing of it is judged.',
    file: nameOf(path, sourceRoot),
  }));
}

function kindOf(path: string): string {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    return reasonOf(error);
  }
}

export function loadEstate(path: string, sourceRoot: string, catalogue: readonly Area[], edited?: EditedTexts): LoadedEstate {
  const file = readFile(path, sourceRoot, edited);
  if (isProblem(file)) throw new UserError(file.code, file.message, file.hint);
  const parsed = parseText(file.text, file.name);
  if ('level' in parsed) throw new UserError(parsed.code, parsed.message, parsed.hint);
  const { document } = parsed;
  return { estate: readEstate(document.value, file.name, catalogue), file, document };
}

function filesOfEstate(loaded: LoadedEstate, sourceRoot: string): { files: PlannedFile[]; problems: Problem[] } {
  const folder = dirname(loaded.file.path);
  const { estate } = loaded;
  const files: PlannedFile[] = [];
  const problems: Problem[] = [];
  const snapshots = resolve(folder, estate.snapshots.folder);
  if (existsSync(snapshots)) {
    const walked = walkFolder(snapshots, { withIgnored: true });
    files.push(...walked.files.map((path): PlannedFile => ({ path, by: 'snapshots', group: nameOf(snapshots, sourceRoot) })));
    problems.push(...unreadable(walked, sourceRoot));
  }
  for (const template of estate.templates) {
    const parameters = template.parameters === null ? {} : { parameters: resolve(folder, template.parameters) };
    const path = resolve(folder, template.file);
    files.push({ path, by: 'template', group: nameOf(path, sourceRoot), ...parameters });
  }
  for (const project of estate.pulumi) {
    const path = resolve(folder, project.path);
    const program = existsSync(path) && statSync(path).isDirectory() ? join(path, 'Pulumi.yaml') : path;
    if (existsSync(program)) files.push({ path: program, by: 'pulumi', group: nameOf(program, sourceRoot) });
    else
      problems.push({
        level: 'error',
        code: 'pulumi.missing',
        message: `The Pulumi project '${project.path}' that the estate names has no Pulumi.yaml.`,
        hint: 'Check the path in estate.yaml.',
        file: nameOf(program, sourceRoot),
      });
  }
  return { files, problems };
}

/** Bicep files that others use are judged with them, and parameters files with what they are for. */
function withBicep(files: readonly PlannedFile[]): PlannedFile[] {
  if (!files.some(({ path }) => isBicep(path))) return [...files];
  const ours = files.filter(({ path, by }) => by !== 'snapshots' || !isBicep(path));
  const { parts, parameters } = bicepEntries(ours.map((file) => ({ path: file.path, chosen: file.by !== 'walked', parameters: file.parameters ?? null })));
  return ours
    .filter(({ path, by }) => by !== 'walked' || !parts.has(path))
    .map((file) => {
      const own = parameters.get(file.path);
      return own === undefined || file.parameters !== undefined ? file : { ...file, parameters: own };
    });
}

/** By path; of a Bicep file that is named with several parameters files, each of them stands for itself. */
function unique(files: readonly PlannedFile[]): PlannedFile[] {
  const seen = new Set<string>();
  const first = new Set<string>();
  const apart = files.map((file) => {
    const again = isBicep(file.path) && file.parameters !== undefined && isBicep(file.parameters) && first.has(file.path);
    first.add(file.path);
    return again ? { path: file.parameters ?? file.path, by: file.by, group: file.group } : file;
  });
  return apart.filter((file) => {
    const known = seen.has(file.path);
    seen.add(file.path);
    return !known;
  });
}

/** `X.parameters.json` beside `X.json` or `X.bicep` belongs to it, as deployments name them. */
function withParameters(files: readonly PlannedFile[]): PlannedFile[] {
  return files.map((file) => {
    const beside = file.path.replace(/\.(?:json|bicep)$/i, '.parameters.json');
    return file.parameters === undefined && beside !== file.path && file.by !== 'snapshots' && existsSync(beside) ? { ...file, parameters: beside } : file;
  });
}
