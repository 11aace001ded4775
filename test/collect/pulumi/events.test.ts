import { describe, expect, test } from 'vitest';
import { beginsAsEventLog, isPulumiEvent, openEventLog } from '../../../src/collect/pulumi/events.ts';
import { readPulumiState } from '../../../src/collect/pulumi/state.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';

const URN = 'urn:pulumi:dev::net::azure-native:network:NetworkSecurityGroup::nsg';
const event = (more: object): JsonObject => ({ sequence: 1, timestamp: 1_790_000_000, ...more }) as JsonObject;
const step = (op: string, inputs: Json, more: object = {}): JsonObject =>
  event({
    resourcePreEvent: { metadata: { op, urn: URN, type: 'azure-native:network:NetworkSecurityGroup', new: { urn: URN, inputs, ...more } }, planning: true },
  });
const outputs = (op: string, given: Json, planning?: boolean): JsonObject =>
  event({
    resOutputsEvent: {
      metadata: {
        op,
        urn: URN,
        new: { urn: URN, id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/real', outputs: given },
      },
      ...(planning && { planning }),
    },
  });
const summary = (changes: object = {}): JsonObject => event({ summaryEvent: { resourceChanges: changes } });
const log = (...events: readonly JsonObject[]): string => events.map((item) => `${JSON.stringify(item)}\n`).join('');
const read = (text: string) => readPulumiState(openEventLog(text).value, 'log.json');

const RULES = { securityRules: [{ name: 'a', access: 'Allow' }] };

test.each<[string, string, boolean]>([
  ['a log', log(event({ preludeEvent: { config: {} } }), summary()), true],
  ['with CR LF and a mark', `\ufeff${log(step('create', {}), summary()).replaceAll('\n', '\r\n')}`, true],
  ['other lines of JSON', '{"sequence":1,"timestamp":2}\n{"sequence":2}\n', false],
  ['a preview', '{"steps":[]}', false],
  ['no JSON', 'name: x', false],
])('%s', (_what, text, is) => expect(beginsAsEventLog(text.replace('\ufeff', ''))).toBe(is));

test('what is an event', () => {
  expect([event({ summaryEvent: {} }), event({}), { sequence: 1, summaryEvent: {} }, null].map(isPulumiEvent)).toEqual([true, false, false, false]);
});

describe('what a log says', () => {
  test('resources by what they were last said to become', () => {
    const { inventory, problems } = read(log(step('create', { securityRules: [] }), step('create', RULES), summary({ create: 1 })));
    expect(problems).toEqual([]);
    expect(inventory.resources.map(({ id, pointer, body }) => [id, pointer, body['securityRules']])).toEqual([
      ['microsoft.network/networksecuritygroups/nsg', '/events/1/resourcePreEvent/metadata/new/inputs', [{ name: 'a', access: 'Allow' }]],
    ]);
  });

  test('outputs count once there are any', () => {
    const planned = read(log(step('create', RULES), outputs('create', { flushConnection: true }, true), summary()));
    expect(planned.inventory.resources[0]?.body['flushConnection']).toBeUndefined();
    const made = read(log(step('create', RULES), outputs('create', { flushConnection: true }), summary()));
    expect(made.inventory.resources.map(({ id, body }) => [id, body['flushConnection']])).toEqual([
      ['subscriptions/s/resourcegroups/rg/providers/microsoft.network/networksecuritygroups/real', true],
    ]);
  });

  test('what is deleted is not there', () => expect(read(log(step('delete', RULES), summary())).inventory.resources).toEqual([]));

  test('secrets stay closed', () => {
    const hidden = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', ciphertext: '[secret]' };
    expect(JSON.stringify(read(log(step('create', { securityRules: hidden }), summary())).inventory)).not.toContain('ciphertext');
  });

  test.each<[string, string, string]>([
    ['cut off', log(step('create', RULES)), 'error pulumi.cut-off'],
    ['cut off in a line', log(step('create', RULES), summary()).slice(0, -20), 'error pulumi.cut-off'],
    ['a failed resource', log(step('create', RULES), event({ resOpFailedEvent: { metadata: {} } }), summary()), 'error pulumi.failed'],
    ['a failed program', log(step('create', RULES), event({ diagnosticEvent: { severity: 'error', message: 'x' } }), summary()), 'error pulumi.failed'],
    ['a warning', log(step('create', RULES), event({ diagnosticEvent: { severity: 'warning', message: 'x' } }), summary()), ''],
    ['unchanged ones left out', log(step('create', RULES), summary({ create: 1, same: 3 })), 'warning pulumi.unchanged-left-out'],
    ['a strange line', `${log(step('create', RULES))}{}\n${log(summary())}`, 'warning pulumi.resource'],
    ['a resource without a state', log(event({ resourcePreEvent: { metadata: { op: 'create', urn: URN } } }), summary()), 'warning pulumi.resource'],
  ])('%s is said', (_what, text, said) => {
    expect(read(text).problems.some(({ level, code }) => `${level} ${code}` === said) || said === '').toBe(true);
    if (said === '') expect(read(text).problems).toEqual([]);
  });
});

test('a preview that failed is said too', () => {
  const preview = { steps: [], changeSummary: {}, diagnostics: [{ severity: 'error', message: 'x' }] };
  expect(readPulumiState(preview, 'p.json').problems.map(({ level, code }) => [level, code])).toEqual([['error', 'pulumi.failed']]);
});

test('places of a log are its lines', () => {
  const text = log(event({ preludeEvent: {} }), step('create', RULES), summary());
  const document = openEventLog(text);
  const located = document.regionOf('/events/1/resourcePreEvent/metadata/new/inputs/securityRules/0/access');
  const line = text.split('\n')[1] ?? '';
  expect(located?.value).toEqual({ startLine: 2, endLine: 2, startColumn: line.indexOf('"Allow"') + 1, endColumn: line.indexOf('"Allow"') + 8 });
  expect(document.edit([{ pointer: '/events/1/sequence', set: 2 }])).toEqual({ refused: 'A log is not edited.' });
});
