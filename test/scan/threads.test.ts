import { expect, test } from 'vitest';
import type { ScanReport } from '../../src/model/report.ts';
import { judging, type Steps } from '../../src/scan/job.ts';
import { runInThreads } from '../../src/scan/threads.ts';
import { scanInThreads } from '../../src/scan.ts';
import { deploymentSnapshot, folderOf, hostSnapshot, NOW, requestOf, template } from './support.ts';

const FAMILIES = ['AUTH-*', 'CERT-*', 'COL-*', 'DRV-*', 'EST-*', 'FW-*', 'NET-*'];
const names = Array.from({ length: 25 }, (_, index) => `rdsh${String(index).padStart(2, '0')}.contoso.com`);

/** Hosts of every sort, a deployment that joins them, a template, and files that cannot be used. */
function estate(): string {
  const hosts = names.map((name, index) => [
    `snapshots/${name}.json`,
    hostSnapshot(name, {
      nla: index % 3 === 0 ? 0 : 1,
      off: index % 4 === 0 ? ['Public'] : [],
      status: index % 5 === 0 ? { 'firewall.profiles': 'denied' } : {},
    }),
  ]);
  return folderOf({
    'estate.yaml': `version: 1\nname: contoso\ntemplates: [{ file: network.json }]\ndeployments: [{ broker: rdcb01.contoso.com }]\nhosts:\n${names
      .map((name, index) => `  - name: ${name}\n${index % 6 === 0 ? '    settings: { rdp: { RDP-Tcp: { userAuthentication: required } } }\n' : ''}`)
      .join('')}`,
    ...Object.fromEntries(hosts),
    'snapshots/rdcb01.json': deploymentSnapshot('rdcb01.contoso.com', [
      { CollectionName: 'Finance', SessionHosts: names.slice(0, 5), AuthenticateUsingNLA: true },
    ]),
    'snapshots/older.json': hostSnapshot(names[1] ?? '', { collectedAt: '2026-11-01T00:00:00Z' }),
    'snapshots/broken.snapshot.json': '{ "schemaVersion": 1, ',
    'network.json': template({}, { from: '10.0.0.0/8' }),
  });
}

test('a report is the same, byte for byte, whatever the number of threads', async () => {
  const folder = estate();
  for (const declared of [false, true]) {
    const request = requestOf(folder, FAMILIES, { withFixes: true, declared });
    const text = async (threads: number): Promise<string> => JSON.stringify(await scanInThreads(request, { threads, from: 1 }));
    const alone = await text(1);
    expect((JSON.parse(alone) as ScanReport).findings.length).toBeGreaterThan(50);
    expect((await text(2)) === alone).toBe(true);
  }
});

test('a thread that fails ends the scan with its error', async () => {
  const folder = folderOf({ 'a.snapshot.json': hostSnapshot(names[0] ?? '') });
  const context = {
    policies: new Map(),
    normalise: { intent: { gatewayFqdn: null, adminNetworks: [], all: {} }, now: NOW, catalogue: [] },
    estate: null,
    declared: false,
    pushed: new Map(),
    keepVerdicts: true,
    planFixes: true,
  };
  function* steps(): Steps<number> {
    return (yield* judging({ files: [{ path: `${folder}/a.snapshot.json`, by: 'named', group: 'a' }], sourceRoot: folder, context })).length;
  }
  const worker = new URL("data:text/javascript,throw new Error('It does not start.')");
  await expect(runInThreads(steps(), { worker, threads: 2, from: 1 })).rejects.toThrow('It does not start.');
});
