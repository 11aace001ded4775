// `npm run --silent rdposture -- ARGS`: builds first if anything differs from what was built, then runs the command line in
// this process, so that arguments, streams and the exit code pass through unchanged.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { stampOf } from './stamp.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'dist', 'stamp');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== stampOf(root)) {
  const { buildAll } = await import('./build.mjs');
  await buildAll();
}
await import(pathToFileURL(join(root, 'dist', 'rdposture.js')).href);
