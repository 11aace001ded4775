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
])('%s is read', (_what, content) => {
  const folder = folderOf({ 'preview.json': content });
  const read = readInput(join(folder, 'preview.json'), folder);
  expect(isInput(read) ? read.recognised : read).toEqual({ kind: 'pulumi-events' });
});

test('a log that says nothing whole is a problem wherever it was met, other lines of JSON are none', () => {
  const folder = folderOf({ 'a/preview.json': LOG.slice(0, -20), 'net.json': template({}), 'a/log.json': '{"sequence":1,"timestamp":2}\n{"sequence":2}\n' });
  const { problems } = scanFolder(folder, ['NET-004'], { paths: [folder] });
  expect(problems.filter(({ level }) => level === 'error').map(({ code, file }) => [code, file])).toEqual([['pulumi.cut-off', 'a/preview.json']]);
});
