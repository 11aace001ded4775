import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { closeSync, type Dirent, existsSync, fstatSync, lstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { decodeText, type Encoding, TextError } from '../lib/decode.ts';
import type { Problem } from '../model/problem.ts';

/** The largest file that is read: 160 MiB. */
export const MAX_FILE_BYTES = 160 * 1024 * 1024;

/** A text file as read. */
export interface TextFile {
  /** As reports name it: relative to the source root with `/`, or absolute when outside of it. */
  readonly name: string;
  readonly path: string;
  /** Without byte order mark. */
  readonly text: string;
  readonly bom: boolean;
  readonly encoding: Encoding;
  /** Empty when it was not asked for. */
  readonly sha256: string;
  readonly length: number;
}

/** How a path is named in reports: relative to the source root, with `/`. */
export function nameOf(path: string, sourceRoot: string): string {
  const inside = relative(sourceRoot, path);
  if (inside === '') return '.';
  return inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? path.replaceAll(sep, '/') : inside.replaceAll(sep, '/');
}

export function isProblem(value: TextFile | Problem): value is Problem {
  return 'level' in value;
}

/** Reads one file whole; what cannot be read is an error problem that names it. `passing`: nothing will point into it, so it is not hashed. */
export function readTextFile(path: string, sourceRoot: string, passing = false): TextFile | Problem {
  const name = nameOf(path, sourceRoot);
  const failed = (code: string, message: string, hint: string): Problem => ({ level: 'error', code, message, hint, file: name });
  let bytes: Buffer;
  try {
    const read = readBounded(path);
    if (read === 'folder') return failed('file.folder', `'${name}' is a folder where a file was expected.`, 'Name a file.');
    if (read === 'too-large') return failed('file.too-large', `'${name}' is larger than 160 MiB.`, 'Split it, or export less at a time.');
    bytes = read;
  } catch (error) {
    return failed('file.unreadable', `'${name}' could not be read: ${reasonOf(error)}.`, 'Check the path and its rights.');
  }
  try {
    const { text, bom, encoding } = decodeText(bytes);
    return { name, path, text, bom, encoding, sha256: passing ? '' : hash('sha256', bytes), length: bytes.length };
  } catch (error) {
    if (!(error instanceof TextError)) throw error;
    return failed('file.not-text', `'${name}' is not a text file: ${error.message}`, 'Save it as UTF-8.');
  }
}

/** Files up to this size are read into memory that every read uses again; fresh memory costs more than reading. */
const SHARED_BYTES = 1024 * 1024;
let shared: Buffer | undefined;

/**
 * The bytes are good until the next read. The size is checked on the open file and while reading, so that a pipe or a growing
 * file cannot fill the memory.
 */
function readBounded(path: string): Buffer | 'folder' | 'too-large' {
  const handle = openSync(path, 'r');
  try {
    const stat = fstatSync(handle);
    if (stat.isDirectory()) return 'folder';
    if (stat.size > MAX_FILE_BYTES) return 'too-large';
    let bytes = stat.size < SHARED_BYTES ? (shared ??= Buffer.allocUnsafeSlow(SHARED_BYTES)) : Buffer.allocUnsafeSlow(stat.size + 1);
    let length = 0;
    for (;;) {
      const count = readSync(handle, bytes, length, bytes.length - length, null);
      if (count === 0) return bytes.subarray(0, length);
      length += count;
      if (length > MAX_FILE_BYTES) return 'too-large';
      if (length === bytes.length) bytes = Buffer.concat([bytes], Math.min(length * 2, MAX_FILE_BYTES + 1));
    }
  } finally {
    closeSync(handle);
  }
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'it does not exist',
    EACCES: 'access is denied',
    EPERM: 'access is denied',
    ELOOP: 'it is a link that leads to itself',
    EMFILE: 'too many files are open',
    ENAMETOOLONG: 'its name is too long',
  };
  return known[code] ?? (code === '' ? 'the system refused' : `the system says ${code}`);
}

const SKIPPED = new Set(['.git', 'node_modules']);
const TEXT_FILE = /\.(json|ya?ml|bicep|bicepparam)$/i;

/** What a folder holds, and what of it could not be looked into. */
export interface WalkedFolder {
  readonly files: readonly string[];
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * Files that may hold something to judge below a folder: JSON, YAML and Bicep, sorted by path, without `.git`, `node_modules` and
 * what git ignores, unless the folder itself is ignored. Links are not followed, so a link to a parent folder ends nowhere.
 */
export function walkFolder(folder: string, options: { readonly withIgnored?: boolean } = {}): WalkedFolder {
  const { files, unreadable } = (options.withIgnored === true ? undefined : listedByGit(folder)) ?? listedByWalk(folder);
  return { files: files.filter((path) => TEXT_FILE.test(path)).toSorted(), unreadable };
}

/**
 * A repository that is scanned may be anybody's, and its configuration may name a program that git runs while it lists files; a
 * folder that looks like a bare repository may be part of what was checked out (https://git-scm.com/docs/git-config).
 */
export const HARMLESS: readonly string[] = ['-c', 'core.fsmonitor=false', '-c', 'safe.bareRepository=explicit'];

/** Loaded when it is used: it brings half of Node with it. */
function git(folder: string, ...args: readonly string[]): { readonly status: number | null; readonly stdout: Buffer; readonly stderr: string } {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  // What git cannot open it says on standard error alone, in the language of the user.
  const { status, stdout, stderr, error } = spawnSync('git', [...HARMLESS, '-C', folder, ...args], {
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C', LANGUAGE: 'C' },
  });
  // Where there is no git, there is no output either.
  return error === undefined ? { status, stdout, stderr: stderr.toString() } : { status: null, stdout: Buffer.alloc(0), stderr: '' };
}

/** Undefined where git does not know the folder, or ignores it. */
function listedByGit(folder: string): WalkedFolder | undefined {
  const listed = git(folder, 'ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', '.');
  if (listed.status !== 0) return undefined;
  const files: string[] = [];
  const unreadable = [...listed.stderr.matchAll(/could not open directory '(.*)': (.*)/g)].map(([, path = '', reason = '']) => ({
    // Named from the top of the work tree.
    path: join(sourceRootOf(folder), path),
    reason: /denied/i.test(reason) ? 'access is denied' : `git says ${reason}`,
  }));
  const names = split(listed.stdout);
  if (names.length === 0 && git(folder, 'check-ignore', '--quiet', '.').status === 0) return undefined;
  for (const bytes of names) {
    const name = bytes.toString();
    const path = join(folder, name);
    if (name.split('/').some((part) => SKIPPED.has(part))) continue;
    if (!isUtf8(bytes)) {
      if (TEXT_FILE.test(name)) unreadable.push({ path, reason: 'its name is not UTF-8' });
      continue;
    }
    const kind = kindOf(path);
    if (kind === 'file') files.push(path);
    else if (kind === 'folder') {
      // A submodule, or a repository of its own: git lists no more of it than its name. One that was not fetched is empty.
      const inner = (existsSync(join(path, '.git')) ? listedByGit(path) : undefined) ?? listedByWalk(path);
      files.push(...inner.files);
      unreadable.push(...inner.unreadable);
    } else if (kind !== null) unreadable.push({ path, reason: kind.reason });
  }
  return { files, unreadable };
}

/** Null for what is neither a file nor a folder, and for what was deleted and is in git's index. */
function kindOf(path: string): 'file' | 'folder' | { readonly reason: string } | null {
  try {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    return stat?.isFile() === true ? 'file' : stat?.isDirectory() === true ? 'folder' : null;
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

function split(text: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let from = 0, to = text.indexOf(0); to >= 0; from = to + 1, to = text.indexOf(0, from)) parts.push(text.subarray(from, to));
  return parts;
}

function listedByWalk(folder: string): WalkedFolder {
  const files: string[] = [];
  const unreadable: { path: string; reason: string }[] = [];
  const waiting = [folder];
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    let entries: Dirent[];
    try {
      entries = readdirSync(current, { withFileTypes: true });
    } catch (error) {
      unreadable.push({ path: current, reason: reasonOf(error) });
      continue;
    }
    for (const entry of entries) {
      const path = join(current, entry.name);
      if (entry.isDirectory()) {
        if (!SKIPPED.has(entry.name)) waiting.push(path);
      } else if (entry.isFile()) files.push(path);
    }
  }
  return { files, unreadable };
}

/** The git top of a folder, else the folder itself. */
export function sourceRootOf(folder: string): string {
  const start = resolve(folder);
  // A folder, or in a worktree and a submodule a file. Asking git would take as long as starting Node.
  for (let current = start; ; current = dirname(current)) {
    if (existsSync(join(current, '.git'))) return current;
    if (dirname(current) === current) return start;
  }
}
