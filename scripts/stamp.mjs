import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What a build is made from, as one hash: path, size and time of change of every source, policy and settings file. */
export function stampOf(root) {
  const hash = createHash('sha256');
  for (const folder of ['src', 'policies']) {
    const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const path of entries.map((entry) => join(entry.parentPath, entry.name)).sort()) {
      const { size, mtimeMs } = statSync(path);
      hash.update(`${path.slice(root.length)}\0${size}\0${mtimeMs}\n`);
    }
  }
  hash.update(readFileSync(join(root, 'package.json')));
  return hash.digest('hex');
}
