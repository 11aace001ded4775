import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Cruise {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: { readonly violations: readonly { readonly rule: { readonly name: string }; readonly from: string; readonly to: string }[] };
}

function cruise(...paths: string[]): Cruise {
  const result = spawnSync(
    process.execPath,
    ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.mjs', '--output-type', 'json', ...paths],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
    },
  );
  return JSON.parse(result.stdout) as Cruise;
}

function sources(): string[] {
  return readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .toSorted();
}

test('every source file is looked at, and every layer holds', () => {
  const { modules, summary } = cruise('src');
  const seen = new Set(modules.map((module) => module.source));
  expect(sources().filter((file) => !seen.has(file))).toEqual([]);
  expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
});

test('a stage that imports another stage is found', () => {
  const folder = mkdtempSync(join(root, 'src', 'gate', 'probe-'));
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'probe.ts'), "import { planFixes } from '../../fix/plan.ts';\nexport const probe = planFixes;\n");
    const { summary } = cruise('src/gate');
    expect(summary.violations.map(({ rule }) => rule.name)).toContain('layer-gate');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
