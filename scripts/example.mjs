// Writes the snapshots of `examples/contoso` from their short descriptions in `test/examples/contoso`. The same bytes every time.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPolicyFolder } from '../src/policy/library.ts';
import { contosoSnapshots } from '../test/examples/contoso/estate.ts';
import { snapshotText } from '../test/examples/contoso/format.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'examples', 'contoso', 'snapshots');
const snapshots = contosoSnapshots(readPolicyFolder(join(root, 'policies')).areas);
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder)) if (!Object.hasOwn(snapshots, file)) rmSync(join(folder, file));
for (const [file, snapshot] of Object.entries(snapshots)) writeFileSync(join(folder, file), snapshotText(snapshot));
