import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { compileConfig } from './config.ts';
import type { Gathered } from './gather.ts';

/** A copy of everything that one file is compiled from, in a folder of its own. */
export interface Mirror {
  /** Where a file of the root stands in the copy. */
  readonly pathOf: (path: string) => string;
  /** The file that a path of the copy stands for; null for one that stands for none. */
  readonly originalOf: (path: string) => string | null;
  /** What the compiler says, without the copy's folder. */
  readonly cleaned: (text: string) => string;
  readonly write: (name: string, text: string) => string;
  readonly remove: () => void;
}

/**
 * Compiled is a copy: so the user's folder stays as it is, edits are tried without being made, the configuration can be added
 * to, and the compiler can reach nothing that the syntax tree did not find.
 */
export function makeMirror({ root, sources, loaded, configs }: Gathered): Mirror {
  // As the compiler names it.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rdposture-bicep-')));
  const files = join(folder, 'files');
  const originals = new Map<string, string>();
  const pathOf = (path: string): string => join(files, relative(root, path));
  const put = (path: string, content: string | Buffer): void => {
    const to = pathOf(path);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, content);
    originals.set(to, path);
  };
  for (const path of loaded) {
    try {
      put(path, readFileSync(path));
    } catch {
      // The compiler says that it is not there.
    }
  }
  put(join(root, 'bicepconfig.json'), JSON.stringify(compileConfig(null)));
  for (const [at, config] of configs) if (config !== null) put(join(at, 'bicepconfig.json'), JSON.stringify(compileConfig(config)));
  for (const [path, { file }] of sources) put(path, file.text);
  return {
    pathOf,
    originalOf: (path) => originals.get(path) ?? null,
    cleaned: (text) => text.replaceAll(`${files}${sep}`, '').replaceAll(folder, ''),
    write(name, text) {
      const to = join(folder, name);
      writeFileSync(to, text);
      return to;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
