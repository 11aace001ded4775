import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { ScanReport } from '../../src/model/report.ts';
import { DEFAULT_PACK } from '../../src/policy/select.ts';
import { scanFolder, shippedLibrary } from './support.ts';

const CONTOSO = fileURLToPath(new URL('../../examples/contoso', import.meta.url));

const verdictsOf = (report: ScanReport, policy: string): string[] =>
  report.verdicts.filter((verdict) => verdict.policy === policy).map(({ id, outcome }) => `${id} ${outcome}`);

test('a policy alone has the verdicts that it has among all: what it needs is made, joins included', () => {
  const library = shippedLibrary();
  const ids = library.packs.find(({ id }) => id === DEFAULT_PACK)?.policies ?? [];
  const all = scanFolder(CONTOSO, ids);
  // Contoso has no web client, no Azure Firewall and no host that is an Azure machine.
  expect(ids.filter((id) => all.totals.byPolicy[id] === undefined)).toEqual(['CERT-014', 'NET-003', 'NET-009', 'NET-010']);
  for (const id of ids) expect([id, ...verdictsOf(scanFolder(CONTOSO, [id]), id)]).toEqual([id, ...verdictsOf(all, id)]);
});
