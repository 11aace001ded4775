import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds once before the tests, so that spawned command-line tests run what a user runs. */
export default function setup(): void {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const result = spawnSync(process.execPath, ['scripts/run.mjs', '--version'], { cwd: root, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`The build failed: ${result.stderr}`);
}
