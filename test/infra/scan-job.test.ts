import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { folderOf } from '../scan/support.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the container's program here, with a folder in place of the share. */
function runJob(
  data: string,
  environment: Readonly<Record<string, string>> = {},
): { readonly last: string; readonly status: number | null; readonly output: string } {
  const home = folderOf();
  const result = spawnSync(process.execPath, [join(root, 'infra/scan/run.mjs')], {
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      SCAN_DATA: data,
      SCAN_KEY: join(home, 'none'),
      SCAN_PROGRAM: join(root, 'dist/rdposture.js'),
      ...environment,
    },
  });
  const output = `${result.stdout}${result.stderr}`;
  return { last: result.stdout.trimEnd().split('\n').at(-1) ?? '', status: result.status, output };
}

const network = (source: string): object => [
  {
    id: '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rds/providers/Microsoft.Network/networkSecurityGroups/nsg',
    name: 'nsg',
    type: 'Microsoft.Network/networkSecurityGroups',
    properties: {
      subnets: [{ id: '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rds/providers/Microsoft.Network/virtualNetworks/v/subnets/s' }],
      securityRules: [
        {
          name: 'AllowRdp',
          properties: {
            priority: 100,
            direction: 'Inbound',
            access: 'Allow',
            protocol: 'Tcp',
            sourceAddressPrefix: source,
            sourcePortRange: '*',
            destinationAddressPrefix: '*',
            destinationPortRange: '3389',
          },
        },
      ],
    },
  },
];

test('what is new is said, what is known is not said again, and reports are kept', () => {
  const data = folderOf({ 'network.json': JSON.stringify(network('*')) });
  expect(runJob(data).last).toBe('rdposture-scan: new-findings');
  expect(existsSync(join(data, 'reports', 'latest.html'))).toBe(true);
  expect(runJob(data).last).toBe('rdposture-scan: passed');
  writeFileSync(join(data, 'network.json'), JSON.stringify(network('10.20.0.0/28')));
  expect(runJob(data).last).toBe('rdposture-scan: passed');
  // It was mended in between, so it is new once more.
  writeFileSync(join(data, 'network.json'), JSON.stringify(network('*')));
  expect(runJob(data).last).toBe('rdposture-scan: new-findings');
  expect(readdirSync(join(data, 'reports')).filter((name) => /^\d{4}-/.test(name))).toHaveLength(4);
});

test('what could not be read is said, and is no baseline', () => {
  const data = folderOf();
  cpSync(join(root, 'examples/contoso/estate.yaml'), join(data, 'estate.yaml'));
  const { last, status } = runJob(data);
  expect(['rdposture-scan: incomplete', 'rdposture-scan: new-findings']).toContain(last);
  expect(status).toBe(0);
  expect(existsSync(join(data, 'reports', 'latest.json'))).toBe(false);
});

test('a scan that cannot run is a failure of the job', () => {
  expect(runJob(folderOf())).toMatchObject({ last: 'rdposture-scan: failed', status: 2 });
  expect(runJob(folderOf(), { SCAN_PROGRAM: '/nowhere/rdposture' })).toMatchObject({ last: 'rdposture-scan: failed', status: 70 });
});

test('without an estate the subscription is one; what is no subscription is not written', () => {
  const subscription = '00000000-0000-0000-0000-000000000000';
  const program = join(folderOf({ 'rdposture.sh': '#!/bin/sh\nexit 3\n' }), 'rdposture.sh');
  chmodSync(program, 0o755);
  const data = folderOf();
  expect(runJob(data, { SCAN_SUBSCRIPTION: subscription, SCAN_PROGRAM: program }).last).toBe('rdposture-scan: incomplete');
  expect(readFileSync(join(data, 'estate.yaml'), 'utf8')).toContain(`subscriptions: [${subscription}]`);
  const other = folderOf();
  runJob(other, { SCAN_SUBSCRIPTION: 'x]\nevil: [', SCAN_PROGRAM: program });
  expect(existsSync(join(other, 'estate.yaml'))).toBe(false);
});

test.skipIf(process.platform === 'win32')('the key is where only the scan reads it', () => {
  const home = folderOf({ key: 'not a key\n' });
  const program = join(folderOf({ 'rdposture.sh': '#!/bin/sh\nexit 0\n' }), 'rdposture.sh');
  chmodSync(program, 0o755);
  runJob(folderOf(), { HOME: home, SCAN_KEY: join(home, 'key'), SCAN_PROGRAM: program });
  expect(statSync(join(home, '.ssh', 'id')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(home, '.ssh', 'config'), 'utf8')).toMatch(/IdentitiesOnly yes[\s\S]*known_hosts/);
});
