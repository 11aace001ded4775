// `npm run docs`: writes the generated part of the documentation, the published schemas and the pack that follows from the
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
import { commandsDocument, exitCodesDocument, factsDocument, settingsDocument, snapshotDocument } from './docs-reference.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const CIS = 'cis-windows-server-2022-4.0.0';
const CIS_PACK = 'policies/packs/cis-windows-server-2022.yaml';

/** Every generated file by its path below the package. The same text every time. */
export function documents() {
  const read = readPolicyFolder(join(root, 'policies'));
  const pack = cisPack(read.policies);
  // The packs as they are about to be, so that one run is enough.
  const library = { ...read, packs: read.packs.map((known) => (known.id === pack.id ? { ...known, policies: pack.policies } : known)) };
  const kinds = [...FACT_KINDS, ...library.areas.map(factKindOf)];
  const json = (schema) => `${JSON.stringify(schema, null, 2)}\n`;
  return new Map([
    ...policyDocuments(library, kinds, root),
    ['docs/settings.md', settingsDocument(library.areas)],
    ['docs/commands.md', commandsDocument(root)],
    ['docs/exit-codes.md', exitCodesDocument()],
    ['docs/facts.md', factsDocument(kinds)],
    ['docs/snapshot.md', snapshotDocument()],
    ['docs/estate.schema.json', json(ESTATE_SCHEMA)],
    ['docs/waivers.schema.json', json(WAIVERS_SCHEMA)],
    ['policies/policy.schema.json', json(POLICY_SCHEMA)],
    [CIS_PACK, pack.text],
  ]);
}

/** Exactly the policies that carry a control of the benchmark. */
function cisPack(policies) {
  const ids = policies.filter((policy) => policy.controls?.some((control) => control.framework === CIS)).map((policy) => policy.id);
  const text = `# Written by \`npm run docs\`: exactly the policies that carry a control of this benchmark.
id: cis-windows-server-2022
title: CIS Microsoft Windows Server 2022 Benchmark 4.0.0
description: The policies that judge a recommendation of the benchmark which bears on Remote Desktop; it is no audit of the whole benchmark
policies:
${ids.map((id) => `  - ${id}\n`).join('')}`;
  return { id: 'cis-windows-server-2022', policies: ids, text };
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
