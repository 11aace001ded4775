// Writes collectors/request.json: what a collector reads that is run by hand, from the settings catalogue.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collectorRequest, registryRequest } from '../src/collect/live/request.ts';
import { readPolicyFolder } from '../src/policy/library.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The text of the file. The same every time. */
export function requestDocument() {
  const { areas } = readPolicyFolder(join(root, 'policies'));
  return `${JSON.stringify(collectorRequest({ kind: 'windows-host', name: null }, registryRequest(areas)), null, 1)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(join(root, 'collectors', 'request.json'), requestDocument());
