import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isInput, readInput } from '../../src/scan/read-input.ts';
import { folderOf, scanFolder, template } from './support.ts';

const event = (sequence: number, more: object): string => `${JSON.stringify({ sequence, timestamp: 1_790_000_000, ...more })}\n`;
const STEP = { resourcePreEvent: { metadata: { op: 'create', urn: 'urn:pulumi:dev::net::azure-native:network:NetworkSecurityGroup::nsg' }, planning: true } };
const LOG = event(0, { preludeEvent: { config: {} } }) + event(1, STEP) + event(2, { summaryEvent: { maybeCorrupt: false } });

test.each([
  ['a log of events', LOG],
  ['a log with CR LF', LOG.replaceAll('\n', '\r\n')],
  ['a log that was broken off', LOG.slice(0, -20)],
  ['one event', event(0, STEP)],
])('%s is said to be what it is, and what to use instead', (_what, content) => {
  const folder = folderOf({ 'preview.json': content });
  const read = readInput(join(folder, 'preview.json'), folder);
  expect(isInput(read) ? read.recognised : read).toEqual({
    problem: {
      level: 'error',
      code: 'file.not-recognised',
      message: expect.stringContaining("'preview.json' is a log of Pulumi events") as string,
      hint: expect.stringContaining('pulumi preview --json > preview.json') as string,
      file: 'preview.json',
    },
    ours: true,
  });
});

test('a log of events is said wherever it was met, other lines of JSON are not', () => {
  const folder = folderOf({ 'a/preview.json': LOG, 'net.json': template({}), 'a/log.json': '{"sequence":1,"timestamp":2}\n{"sequence":2}\n' });
  expect(scanFolder(folder, ['NET-004'], { paths: [folder] }).problems.map((problem) => [problem.code, problem.file])).toContainEqual([
    'file.not-recognised',
    'a/preview.json',
  ]);
});
