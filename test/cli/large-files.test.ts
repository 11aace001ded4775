import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf } from '../scan/support.ts';
import { isClean, run } from './support.ts';

const MB = 1_000_000;

test('200 MB of junk: exit 2 with the file named', () => {
  const folder = folderOf({});
  for (const name of ['junk.json', 'junk.yaml']) {
    const handle = openSync(join(folder, name), 'w');
    ftruncateSync(handle, 200 * MB);
    closeSync(handle);
    const ran = run(['scan', name], { cwd: folder });
    expect(isClean(ran)).toBeNull();
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(`'${name}' is larger than 160 MiB`);
  }
});

test('a resource list of 150 MB is judged', () => {
  const folder = folderOf({});
  const padding = 'x'.repeat(1000);
  const resource = (index: number): string =>
    JSON.stringify({
      id: `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/nsg-${index}`,
      name: `nsg-${index}`,
      type: 'Microsoft.Network/networkSecurityGroups',
      location: 'westeurope',
      properties: { securityRules: [] },
      tags: Object.fromEntries(Array.from({ length: 100 }, (_, tag) => [`tag-${tag}`, padding])),
    });
  const handle = openSync(join(folder, 'list.json'), 'w');
  let written = writeSync(handle, '[');
  for (let index = 0; written < 150 * MB; index++) written += writeSync(handle, `${index === 0 ? '' : ','}\n${resource(index)}`);
  writeSync(handle, ']');
  closeSync(handle);
  const ran = run(['scan', 'list.json', '--only', 'NET-004', '--report', 'json:-'], { cwd: folder });
  expect(isClean({ ...ran, stdout: '' })).toBeNull();
  expect(ran.code).toBe(0);
  expect((JSON.parse(ran.stdout) as { totals: { pass: number } }).totals.pass).toBeGreaterThan(1000);
});
