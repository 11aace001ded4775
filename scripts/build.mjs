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
  const { version, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const outdir = join(root, `dist-${process.pid}`);
  try {
    await build({
      absWorkingDir: root,
      entryPoints: { main: 'src/cli/main.ts', index: 'src/index.ts', 'worker-thread': 'src/worker.ts' },
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
      plugins: [lazyYaml, lazyBabel],
    });
    await buildParser(outdir);
    const { readPolicyFolder } = await import('../src/policy/library.ts');
    const { helpText } = await import('../src/cli/commands.ts');
    const { folders: _folders, ...library } = readPolicyFolder(join(root, 'policies'));
    writeFileSync(join(outdir, 'library.json'), JSON.stringify({ ...library, folders: {} }));
    writeFileSync(join(outdir, 'rdposture.js'), entry(version, engines.node.replace('>=', ''), helpText()), { mode: 0o755 });
    writeFileSync(join(outdir, 'worker.js'), WORKER);
    writeFileSync(join(outdir, 'stamp'), stamp);
    replaceFolder(outdir, join(root, 'dist'));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

const PARSER = 'babel-parser.cjs';

/** What the sources use of `yaml`. A name that is missing here fails the build. */
const YAML_FUNCTIONS = ['parse', 'stringify', 'isAlias', 'isCollection', 'isMap', 'isScalar', 'isSeq'];
const YAML_CLASSES = ['Composer', 'Lexer', 'Parser'];

/** Runs `yaml`'s seventy modules when the first YAML text is read: most scans start with JSON, or end before. */
const lazyYaml = {
  name: 'lazy-yaml',
  setup(plugin) {
    plugin.onResolve({ filter: /^yaml$/ }, ({ namespace, kind }) =>
      namespace === 'file' && kind === 'import-statement' ? { path: 'yaml', namespace: 'lazy-yaml' } : undefined,
    );
    plugin.onLoad({ filter: /^yaml$/, namespace: 'lazy-yaml' }, () => ({
      resolveDir: root,
      contents: [
        "const yaml = () => require('yaml');",
        ...YAML_FUNCTIONS.map((name) => `export const ${name} = (...given) => yaml().${name}(...given);`),
        ...YAML_CLASSES.map((name) => `export function ${name}(...given) { return new (yaml().${name})(...given); }`),
      ].join('\n'),
    }));
  },
};

/** The parser of TypeScript programs, half a megabyte, is a file of its own that is loaded when the first of them is read. */
const lazyBabel = {
  name: 'lazy-babel',
  setup(plugin) {
    plugin.onResolve({ filter: /^@babel\/parser$/ }, ({ namespace, kind }) =>
      namespace === 'file' && kind === 'import-statement' ? { path: '@babel/parser', namespace: 'lazy-babel' } : undefined,
    );
    plugin.onLoad({ filter: /^@babel\/parser$/, namespace: 'lazy-babel' }, () => ({
      resolveDir: root,
      contents: `export const parse = (...given) => require('./${PARSER}').parse(...given);`,
    }));
    plugin.onResolve({ filter: /babel-parser\.cjs$/ }, ({ path }) => ({ path, external: true }));
  },
};

async function buildParser(outdir) {
  await build({
    absWorkingDir: root,
    stdin: { contents: "export { parse } from '@babel/parser';", resolveDir: root },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    outfile: join(outdir, PARSER),
    legalComments: 'external',
    logLevel: 'warning',
  });
}

/** The file that threads start with: they keep compiled code between runs only when told so themselves. */
const WORKER = `import { enableCompileCache } from 'node:module';
enableCompileCache?.();
await import('./worker-thread.js');
`;

/** The file that `bin` names: answers `--version` and `--help` itself, keeps compiled code between runs. */
/** What an older Node lacks shows only where it is used, in the middle of a scan; so it is told at once. */
function entry(version, leastNode, help) {
  const [major, minor] = leastNode.split('.').map(Number);
  return `#!/usr/bin/env node
const [only, ...rest] = process.argv.slice(2);
const [major, minor] = process.versions.node.split('.').map(Number);
if (rest.length === 0 && (only === '--version' || only === '-V')) {
  console.log('${version}');
} else if (rest.length === 0 && (only === '--help' || only === '-h' || only === 'help')) {
  process.stdout.write(${JSON.stringify(help)});
} else if (major < ${major} || (major === ${major} && minor < ${minor})) {
  process.stderr.write(\`rdposture: it needs Node ${leastNode} or newer, and this is \${process.versions.node}.\\n  Install a newer Node, or put one first in PATH.\\n\`);
  process.exitCode = 2;
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
