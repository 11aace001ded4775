// `npm start`: scans the example estate, shows the result, and writes SARIF and JSON into `out/`, which git ignores.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const example = join(root, 'examples', 'contoso');
const out = join(root, 'out');
process.argv = [
  process.argv[0],
  process.argv[1],
  'scan',
  example,
  '--report',
  'console:-',
  '--report',
  `sarif:${join(out, 'contoso.sarif')}`,
  '--report',
  `json:${join(out, 'contoso.json')}`,
  // The example's snapshots and certificates have dates: it shows the same at any time.
  '--now',
  '2026-11-24T09:00:00Z',
  '--exit-zero',
  ...process.argv.slice(2),
];
await import('./run.mjs');
