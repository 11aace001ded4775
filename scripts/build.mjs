// Builds `dist/`: one bundle with lazily loaded chunks, and the policies as one JSON file, so that starting costs little more
// than starting Node. Made beside `dist/` and moved into place, so that a build that fails or is interrupted changes nothing.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { stampOf } from './stamp.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Needs Node 22.18 or later, which runs the sources as they are. */
export async function buildAll() {
  const stamp = stampOf(root);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const outdir = join(root, `dist-${process.pid}`);
  try {
    await build({
      absWorkingDir: root,
      entryPoints: { main: 'src/cli/main.ts', index: 'src/index.ts', worker: 'src/worker.ts' },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node22',
      outdir,
      packages: 'bundle',
      legalComments: 'external',
      define: { __RDPOSTURE_VERSION__: JSON.stringify(version) },
      // `yaml` is CommonJS inside: it asks for Node's own modules by `require`.
      banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
      logLevel: 'warning',
    });
    const { readPolicyFolder } = await import('../src/policy/library.ts');
    const { folders: _folders, ...library } = readPolicyFolder(join(root, 'policies'));
    writeFileSync(join(outdir, 'library.json'), JSON.stringify({ ...library, folders: {} }));
    writeFileSync(join(outdir, 'rdposture.js'), entry(version), { mode: 0o755 });
    writeFileSync(join(outdir, 'stamp'), stamp);
    replaceFolder(outdir, join(root, 'dist'));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The file that `bin` names: answers `--version` itself, keeps compiled code between runs. */
function entry(version) {
  return `#!/usr/bin/env node
if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  console.log('${version}');
} else {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache?.();
  await import('./main.js');
}
`;
}

function replaceFolder(from, to) {
  const old = `${to}-old-${process.pid}`;
  mkdirSync(to, { recursive: true });
  renameSync(to, old);
  try {
    renameSync(from, to);
  } catch (error) {
    // Another build was faster: its result is as good.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
