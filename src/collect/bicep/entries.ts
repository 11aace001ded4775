import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isProblem, readTextFile } from '../files.ts';
import { isBicep, isParametersFile } from './compiled.ts';
import { isForeign } from './gather.ts';
import { parseBicep } from './syntax.ts';

/** A file of a plan; `chosen` is one that somebody named, which is judged whoever uses it. */
export interface BicepFile {
  readonly path: string;
  readonly chosen: boolean;
  /** A parameters file that it was named with. */
  readonly parameters: string | null;
}

export interface BicepEntries {
  /** Files that are judged as part of others. */
  readonly parts: ReadonlySet<string>;
  /** The `.bicepparam` of a `.bicep`. */
  readonly parameters: ReadonlyMap<string, string>;
}

const MAX_FILE = 4 * 1024 * 1024;

/**
 * Which Bicep files are judged by themselves: those that no other one uses. A module is judged where it is used, with what it is
 * given there. `main.bicepparam` belongs to the `main.bicep` that it uses; another parameters file is one more entry.
 */
export function bicepEntries(files: readonly BicepFile[]): BicepEntries {
  const known = new Map(files.filter(({ path }) => isBicep(path)).map((file) => [file.path, file]));
  const parameters = new Map<string, string>();
  const uses = new Map<string, readonly string[]>();
  const bases = new Set<string>();
  for (const path of known.keys()) {
    const used = usesOf(path);
    uses.set(path, used.paths);
    if (isParametersFile(path) && used.using === null && !used.unread) bases.add(path);
  }
  for (const { path, parameters: named } of known.values()) {
    if (isParametersFile(path) || named !== null) continue;
    const beside = path.replace(/\.bicep$/i, '.bicepparam');
    if ((known.has(beside) || existsSync(beside)) && usesOf(beside).using === path) parameters.set(path, beside);
  }
  const taken = new Set(parameters.values());
  const roots = [...known.values()].filter(({ path, chosen }) => chosen || (!taken.has(path) && !bases.has(path)));
  return { parts: partsOf(roots, uses, parameters, new Set([...taken, ...bases])), parameters };
}

/** Every file that another one reaches; of files that use each other in a ring the first stays. */
function partsOf(
  roots: readonly BicepFile[],
  uses: ReadonlyMap<string, readonly string[]>,
  parameters: ReadonlyMap<string, string>,
  others: ReadonlySet<string>,
): Set<string> {
  // What has parameters of its own is deployed by itself, whoever else uses it.
  const chosen = new Set(roots.filter((file) => file.chosen || parameters.has(file.path)).map(({ path }) => path));
  const used = new Set([...uses].flatMap(([path, to]) => to.filter((other) => other !== path)));
  const entries = new Set(roots.filter(({ path }) => chosen.has(path) || !used.has(path)).map(({ path }) => path));
  const reached = new Set<string>();
  const reach = (from: string): void => {
    const waiting = [from];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (reached.has(next)) continue;
      reached.add(next);
      waiting.push(...(uses.get(next) ?? []));
    }
  };
  for (const path of entries) reach(path);
  for (const { path } of roots) {
    if (reached.has(path)) continue;
    entries.add(path);
    reach(path);
  }
  return new Set([...uses.keys()].filter((path) => !entries.has(path) && (reached.has(path) || others.has(path))));
}

const FOLLOWED = new Set(['module', 'using', 'extends', 'import']);

/** Local files that a file uses, and the one that a parameters file is for. A file that cannot be read is for whoever compiles it. */
function usesOf(path: string): { readonly paths: readonly string[]; readonly using: string | null; readonly unread: boolean } {
  const stat = statSync(path, { throwIfNoEntry: false });
  const file = stat?.isFile() === true && stat.size <= MAX_FILE ? readTextFile(path, dirname(path), true) : null;
  if (file === null || isProblem(file)) return { paths: [], using: null, unread: true };
  const { declarations } = parseBicep(file.text);
  const local = declarations.filter(({ word, target }) => FOLLOWED.has(word) && target !== null && !isForeign(target.value));
  const to = (reference: string): string => resolve(dirname(path), reference);
  const using = local.find(({ word }) => word === 'using')?.target?.value;
  return {
    paths: local.map(({ target }) => to(target?.value ?? '')),
    using: using === undefined ? null : to(using),
    unread: declarations.some(({ word, target }) => word === 'using' && target !== null && isForeign(target.value)),
  };
}
