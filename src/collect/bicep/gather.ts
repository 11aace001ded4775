import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { JsonObject } from '../../model/json.ts';
import type { Problem } from '../../model/problem.ts';
import { isProblem, nameOf, readTextFile, type TextFile } from '../files.ts';
import { extensionSource, implicitExtensions, parseConfig } from './config.ts';
import { openBicep, type BicepDocument } from './document.ts';
import type { Declaration, Span } from './tree.ts';

/** The largest file that is compiled or loaded, the most files of one entry with all it loads, and how deep modules go. */
const MAX_FILE = 4 * 1024 * 1024;
const MAX_FILES = 500;
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_DEPTH = 12;
const CONFIG_FILE = 'bicepconfig.json';

/** A Bicep file with its tree. */
export interface SourceFile {
  readonly file: TextFile;
  readonly document: BicepDocument;
  /** The files that its modules and imports name, by the text that names them. */
  readonly uses: ReadonlyMap<string, string>;
}

/** Everything that one file is compiled from. */
export interface Gathered {
  /** The folder that nothing may lead out of. */
  readonly root: string;
  /** Bicep files by their path; the first is the one that was asked for. */
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** Other files that are read while compiling. */
  readonly loaded: ReadonlySet<string>;
  /** Configurations by their folder; null for one that says nothing. */
  readonly configs: ReadonlyMap<string, JsonObject | null>;
  /** With an error among them, nothing is compiled. */
  readonly problems: readonly Problem[];
}

export interface GatherOptions {
  readonly sourceRoot: string;
  /** What comes from a registry may be fetched. */
  readonly restore: boolean;
  /** Texts that stand for files, by the names of reports. */
  readonly edited?: ReadonlyMap<string, string>;
}

interface Gathering extends GatherOptions {
  readonly root: string;
  readonly sources: Map<string, SourceFile>;
  readonly loaded: Set<string>;
  readonly configs: Map<string, JsonObject | null>;
  readonly problems: Problem[];
  readonly seen: Set<string>;
  bytes: number;
}

/** A file, its modules and whatever they load, found by the syntax tree before anything is compiled. */
export function gather(path: string, root: string, options: GatherOptions): Gathered {
  const gathering: Gathering = { ...options, root, sources: new Map(), loaded: new Set(), configs: new Map(), problems: [], seen: new Set(), bytes: 0 };
  let level: readonly string[] = [path];
  for (let depth = 0; level.length > 0; depth++) {
    const [first] = level;
    if (depth > MAX_DEPTH && first !== undefined) {
      addError(gathering, first, 'bicep.too-deep', `has modules that are nested more than ${MAX_DEPTH} deep`, 'Nest modules less deep.');
      break;
    }
    level = level.flatMap((next) => gatherFile(next, gathering));
  }
  return gathering;
}

/** Reads one file; what it leads to is still to be read. */
function gatherFile(path: string, gathering: Gathering): string[] {
  if (gathering.seen.has(path)) return [];
  gathering.seen.add(path);
  if (areTooMany(path, gathering)) return [];
  // A module that is not there is for the compiler to say, at its line.
  if (gathering.seen.size > 1 && !existsSync(path)) return [];
  if (!fits(path, gathering)) return [];
  const file = readTextFile(path, gathering.sourceRoot);
  if (isProblem(file)) {
    gathering.problems.push(file);
    return [];
  }
  const edited = gathering.edited?.get(file.name);
  const document = openBicep(edited ?? file.text);
  const uses = new Map<string, string>();
  gathering.sources.set(path, { file: edited === undefined ? file : { ...file, text: edited }, document, uses });
  const config = configFor(dirname(path), gathering);
  for (const name of implicitExtensions(config)) extension(name, null, path, config, gathering);
  for (const load of document.tree.loads) loadFile(load.path, load.function, load, path, gathering);
  return document.tree.declarations.flatMap((declaration) => follow(declaration, path, uses, config, gathering));
}

/** What a registry is reached by: `br:`, `br/ALIAS:`, `ts:`, `ts/ALIAS:`. No local path holds a colon. */
export function isForeign(reference: string): boolean {
  return reference.includes(':');
}

const FOLLOWED = new Set(['module', 'using', 'extends', 'import']);

function follow(declaration: Declaration, path: string, uses: Map<string, string>, config: JsonObject | null, gathering: Gathering): string[] {
  const { word, target, name } = declaration;
  if (word === 'extension' || word === 'provider') {
    extension(target?.value ?? name, target ?? declaration.key, path, config, gathering);
    return [];
  }
  if (!FOLLOWED.has(word) || target === null) return [];
  if (isForeign(target.value)) {
    foreign(target.value, target, path, gathering);
    return [];
  }
  const used = inside(target.value, target, path, gathering);
  if (used === null) return [];
  uses.set(target.value, used);
  if (/\.bicep(?:param)?$/i.test(used)) return [used];
  addLoaded(used, gathering);
  return [];
}

/** An extension by its name in the configuration, or by its own reference. */
function extension(name: string, span: Span | null, path: string, config: JsonObject | null, gathering: Gathering): void {
  const source = isForeign(name) || name.includes('/') ? name : extensionSource(config, name);
  if (source === null || source.startsWith('builtin:')) return;
  if (isForeign(source)) foreign(source, span, path, gathering);
  else {
    const used = inside(source, span, path, gathering);
    if (used !== null) addLoaded(used, gathering);
  }
}

function foreign(reference: string, span: Span | null, path: string, gathering: Gathering): void {
  if (gathering.restore) return;
  const what = `uses '${reference.slice(0, 200)}', which comes from a registry, so it was not compiled`;
  addError(gathering, path, 'bicep.registry', what, 'Give --restore to have the compiler fetch it, or judge the template that `bicep build` makes.', span);
}

/** The path that a reference leads to; null, with a problem, when that is outside of what may be read. */
function inside(reference: string, span: Span | null, path: string, gathering: Gathering): string | null {
  const to = resolve(dirname(path), reference);
  let real = to;
  try {
    real = realpathSync(to);
  } catch {
    // What does not exist is said when it is read, or by the compiler.
  }
  if (!isAbsolute(reference) && isBelow(to, gathering.root) && isBelow(real, realpathSync(gathering.root))) return to;
  const what = `uses '${reference.slice(0, 200)}', which leads out of '${nameOf(gathering.root, gathering.sourceRoot)}', so it was not compiled`;
  addError(gathering, path, 'bicep.outside', what, 'Keep modules and what they load inside the repository, or name its folder with --source-root.', span);
  return null;
}

export function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function loadFile(reference: string | null, called: string, span: Span, path: string, gathering: Gathering): void {
  // The compiler says what is wrong with a path that is no plain text.
  if (reference === null) return;
  const used = inside(reference, span, path, gathering);
  if (used === null) return;
  if (called !== 'loadDirectoryFileInfo') {
    addLoaded(used, gathering);
    return;
  }
  try {
    for (const entry of readdirSync(used, { withFileTypes: true }).slice(0, MAX_FILES)) if (entry.isFile()) addLoaded(join(used, entry.name), gathering);
  } catch {
    // As above.
  }
}

function areTooMany(path: string, gathering: Gathering): boolean {
  if (gathering.sources.size + gathering.loaded.size < MAX_FILES) return false;
  if (!gathering.problems.some(({ code }) => code === 'bicep.too-many'))
    addError(gathering, path, 'bicep.too-many', `is one of more than ${MAX_FILES} files that are compiled together`, 'Compile fewer files together.');
  return true;
}

function addLoaded(path: string, gathering: Gathering): void {
  if (gathering.loaded.has(path) || areTooMany(path, gathering)) return;
  if (fits(path, gathering)) gathering.loaded.add(path);
}

/** Whether a file is small enough beside the others. One that does not exist is. */
function fits(path: string, gathering: Gathering): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat !== undefined && !stat.isFile() && !stat.isDirectory()) {
    addError(gathering, path, 'file.unreadable', 'is no regular file, so it was not compiled', 'Use a file.');
    return false;
  }
  const size = stat?.size ?? 0;
  gathering.bytes += size;
  if (size <= MAX_FILE && gathering.bytes <= MAX_BYTES) return true;
  const what = size > MAX_FILE ? 'is larger than 4 MiB, so it was not compiled' : 'is one of files of more than 32 MiB that are compiled together';
  addError(gathering, path, 'bicep.too-large', what, 'Make it smaller.');
  return false;
}

/** The nearest configuration above a folder, up to the root. */
function configFor(folder: string, gathering: Gathering): JsonObject | null {
  for (let current = folder; isBelow(current, gathering.root); current = dirname(current)) {
    const known = gathering.configs.get(current);
    if (known !== undefined) {
      if (known !== null) return known;
    } else {
      const config = readConfig(current, gathering);
      gathering.configs.set(current, config);
      if (config !== null) return config;
    }
    if (current === dirname(current)) break;
  }
  return null;
}

function readConfig(folder: string, gathering: Gathering): JsonObject | null {
  const path = join(folder, CONFIG_FILE);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true || !isBelow(realpathSync(path), realpathSync(gathering.root))) return null;
  if (!fits(path, gathering)) return null;
  const file = readTextFile(path, gathering.sourceRoot, true);
  const config = isProblem(file) ? null : parseConfig(file.text);
  if (isProblem(file)) gathering.problems.push(file);
  else if (config === null) addError(gathering, path, 'bicep.config', 'is no configuration of Bicep that can be read', 'Mend the file.');
  return config;
}

function addError(gathering: Gathering, path: string, code: string, what: string, hint: string, span: Span | null = null): void {
  const source = gathering.sources.get(path);
  const file = source?.file.name ?? nameOf(path, gathering.sourceRoot);
  const region = span === null ? undefined : source?.document.lines.region(span.start, span.end);
  gathering.problems.push({ level: 'error', code, message: `'${file}' ${what}.`, hint, file, ...(region === undefined ? {} : { region }) });
}
