// `npm run docs`: writes the generated part of the documentation, the published schemas and the packs that follow from the
// policies' controls. A test holds the files against what this makes.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESTATE_SCHEMA } from '../src/estate/schema.ts';
import { WAIVERS_SCHEMA } from '../src/gate/waivers.ts';
import { factKindOf } from '../src/lib/settings.ts';
import { FACT_KINDS } from '../src/model/facts/index.ts';
import { readPolicyFolder } from '../src/policy/library.ts';
import { POLICY_SCHEMA } from '../src/policy/schema.ts';
import { policyDocuments } from './docs-policies.mjs';
import { commandsDocument, exitCodesDocument, factsDocument, rightsDocument, settingsDocument, snapshotDocument } from './docs-reference.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Packs that follow from the policies' controls: the framework of each. */
const BENCHMARKS = {
  'cis-windows-server-2019': ['cis-windows-server-2019-3.0.0', 'CIS Microsoft Windows Server 2019 Benchmark 3.0.0'],
  'cis-windows-server-2022': ['cis-windows-server-2022-4.0.0', 'CIS Microsoft Windows Server 2022 Benchmark 4.0.0'],
  'cis-windows-server-2025': ['cis-windows-server-2025-1.0.0', 'CIS Microsoft Windows Server 2025 Benchmark 1.0.0'],
  'microsoft-baseline': ['microsoft-baseline', 'Microsoft security baseline for Windows Server'],
  'stig-windows-server-2019': ['stig-windows-server-2019', 'DISA STIG for Microsoft Windows Server 2019'],
  'stig-windows-server-2022': ['stig-windows-server-2022', 'DISA STIG for Microsoft Windows Server 2022'],
  'stig-windows-server-2025': ['stig-windows-server-2025', 'DISA STIG for Microsoft Windows Server 2025'],
};

/** Every generated file by its path below the package. The same text every time. */
export function documents() {
  const read = readPolicyFolder(join(root, 'policies'));
  const made = Object.entries(BENCHMARKS).map(([id, benchmark]) => benchmarkPack(id, benchmark, read.policies));
  // The packs as they are about to be, so that one run is enough.
  const others = read.packs.filter(({ id }) => !Object.hasOwn(BENCHMARKS, id));
  const library = { ...read, packs: [...others, ...made.map(({ pack }) => pack)].toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
  const kinds = [...FACT_KINDS, ...library.areas.map(factKindOf)];
  const json = (schema) => `${JSON.stringify(schema, null, 2)}\n`;
  return new Map([
    ...policyDocuments(library, kinds, root),
    ['docs/settings.md', settingsDocument(library.areas)],
    ['docs/commands.md', commandsDocument(root)],
    ['docs/exit-codes.md', exitCodesDocument()],
    ['docs/facts.md', factsDocument(kinds)],
    ['docs/snapshot.md', snapshotDocument()],
    ['docs/rights.md', rightsDocument()],
    ['docs/estate.schema.json', json(ESTATE_SCHEMA)],
    ['docs/waivers.schema.json', json(WAIVERS_SCHEMA)],
    ['policies/policy.schema.json', json(POLICY_SCHEMA)],
    ...made.map(({ pack, text }) => [`policies/packs/${pack.id}.yaml`, text]),
  ]);
}

/** Exactly the policies that carry a control of the benchmark. */
function benchmarkPack(id, [framework, title], policies) {
  const ids = policies.filter((policy) => policy.controls?.some((control) => control.framework === framework)).map((policy) => policy.id);
  const description = 'The policies that judge a recommendation of the benchmark which bears on Remote Desktop; it is no audit of the whole benchmark';
  const text = `# Written by \`npm run docs\`: exactly the policies that carry a control of this benchmark.
id: ${id}
title: ${title}
description: ${description}
policies:
${ids.map((policy) => `  - ${policy}\n`).join('')}`;
  return { pack: { id, title, description, policies: ids }, text };
}

/** Pages of policies that are no more. */
export function strayDocuments(wanted) {
  const folder = join(root, 'docs', 'policies');
  return existsSync(folder)
    ? readdirSync(folder)
        .map((name) => `docs/policies/${name}`)
        .filter((path) => !wanted.has(path))
    : [];
}

function writeAll() {
  const made = documents();
  for (const path of strayDocuments(made)) rmSync(join(root, path));
  for (const [path, text] of made) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeAll();
