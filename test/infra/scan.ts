import { fileURLToPath } from 'node:url';
import type { Json } from '../../src/model/json.ts';
import type { ScanReport } from '../../src/model/report.ts';
import { readPolicyFolder } from '../../src/policy/library.ts';
import { scan } from '../../src/scan.ts';
import { folderOf, NOW } from '../scan/support.ts';

export const library = readPolicyFolder(fileURLToPath(new URL('../../policies', import.meta.url)));

/** Families of policies about Azure, whatever pack they are in. */
export const AZURE = [...new Set(library.policies.flatMap(({ id, kind }) => (kind.startsWith('azure.') ? [`${id.replace(/-\d+$/, '')}-*`] : [])))];

/** Scans one document by all policies about Azure. */
export function scanDocument(document: Json): ScanReport {
  const folder = folderOf({ 'stack.json': document });
  return scan({
    paths: [`${folder}/stack.json`],
    shownPaths: ['stack.json'],
    sourceRoot: folder,
    library,
    selection: { packs: [], only: AZURE, skip: [], vars: {} },
    now: NOW,
    declared: false,
    waivers: null,
    baseline: null,
    previous: null,
    gate: { failOn: 'high', failOnUnknown: false },
    withFixes: false,
    withVerdicts: false,
    trusted: null,
    version: '0.0.0',
    provenance: null,
    azureDevOps: null,
  });
}

/** `NET-001 urn:…` of what failed, sorted: what a policy pack reports of the same. */
export function failures({ findings }: ScanReport): string[] {
  return [...new Set(findings.filter(({ outcome }) => outcome === 'fail').map(({ policy, resource }) => `${policy} ${resource}`))].toSorted();
}
