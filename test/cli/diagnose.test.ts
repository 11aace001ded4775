import { expect, it, test } from 'vitest';
import { run } from './support.ts';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderOf } from '../scan/support.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/contoso', import.meta.url));
const NOW = ['--now', '2026-11-24T09:00:00Z'];

test('a host of an estate: what fits, what speaks against, which advice is wrong', () => {
  const { code, stdout } = run(['diagnose', '0x3/0x7', 'rdsh02', '.', ...NOW], { cwd: EXAMPLE });
  expect(code).toBe(0);
  expect(stdout).toContain('Disconnect code 0x3/0x7 on rdsh02.corp.contoso.com');
  expect(stdout).toContain('DRV-002 passed');
  expect(stdout).toContain('A code alone is no evidence, so no cause is named.');
  expect(stdout).toContain('opens the host to anybody who reaches the port');
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

test('a draining host that turns people away is the likeliest cause', () => {
  const { code, stdout } = run(['diagnose', '0x3/0x7', 'rdsh01', '.', ...NOW], { cwd: EXAMPLE });
  expect(code).toBe(0);
  expect(stdout).toContain('Event 40 shows this code 2 times, the last time at 2026-11-22T18:14:09Z.');
  expect(stdout).toContain('  1. The host is draining, or takes no new logons\n     Events: 2 users got past authentication (1149), and no session followed');
  expect(stdout).toContain("CONN-006: 'rdsh01.corp.contoso.com' lets nobody log on anew");
});

test('findings and events of its newest snapshot are the evidence', () => {
  const folder = folderOf();
  cpSync(EXAMPLE, folder, { recursive: true });
  const snapshots = join(folder, 'snapshots');
  const name = readdirSync(snapshots).find((file) => file.startsWith('rdsh02')) ?? '';
  const snapshot = JSON.parse(readFileSync(join(snapshots, name), 'utf8')) as { sections: Record<string, unknown> };
  const Channel = 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational';
  const at = (second: number): string => `2026-11-23T10:00:${String(second).padStart(2, '0')}Z`;
  snapshot.sections['events.remoteDesktop'] = {
    status: 'ok',
    data: [
      { Channel, Id: 21, TimeCreated: at(1), Session: 2, Reason: null },
      { Channel, Id: 40, TimeCreated: at(9), Session: 2, Reason: 7 },
    ],
  };
  writeFileSync(join(snapshots, name), JSON.stringify(snapshot));
  const { stdout } = run(['diagnose', '0x3/0x7', 'rdsh02.corp.contoso.com', '.', ...NOW], { cwd: folder });
  expect(stdout).toContain('Event 40 shows this code once, the last time at 2026-11-23T10:00:09Z.');
});

it.each([
  [['diagnose', '0x3/0x7'], 'Name a disconnect code and a host.'],
  [['diagnose', 'teapot', 'rdsh02'], "'teapot' is no disconnect code."],
  [['diagnose', '0x7fffffff', 'rdsh02'], 'No page documents'],
  [['diagnose', '0x3/0x7', 'nobody'], "There is no host 'nobody' here."],
])('%j is the user’s error', (argv, expected) => {
  const { code, stderr } = run(argv, { cwd: EXAMPLE });
  expect(code).toBe(2);
  expect(stderr).toContain(expected);
});
