import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import { report as json } from '../../src/report/json.ts';
import { readReport } from '../../src/report/read.ts';
import { report as verdicts } from '../../src/report/verdicts.ts';
import { clean, sample } from './sample.ts';

const parse = (text: string): Json => JSON.parse(text) as Json;
const written = (scan: typeof sample): string => [...json(scan)].join('');

const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8')) as object);

describe('the JSON report', () => {
  it.each([
    ['sample', sample],
    ['clean', clean],
  ])('of the %s scan obeys its published schema', (_name, scan) => {
    expect(validate(parse(written(scan))) ? [] : validate.errors).toEqual([]);
  });

  it('is the report itself', () => {
    expect(parse(written(sample))).toEqual(parse(JSON.stringify(sample)));
  });

  it('writes verdicts last but for the gate, an element a line', () => {
    const text = written(sample);
    const names = Object.keys(parse(text) as object);
    expect(names.slice(-2)).toEqual(['verdicts', 'gate']);
    expect(names[0]).toBe('schemaVersion');
    expect(text.split('\n')).toContain(`${JSON.stringify(sample.verdicts[0])},`);
  });

  it('keeps members that this version does not know, before the verdicts', () => {
    const newer = { ...sample, weather: { is: 'fine' } };
    expect(Object.keys(parse(written(newer)) as object).slice(-3)).toEqual(['weather', 'verdicts', 'gate']);
  });

  it('comes in bounded pieces', () => {
    const many = { ...sample, verdicts: Array.from({ length: 5000 }, () => sample.verdicts.at(-1) ?? fail()) };
    const pieces = [...json(many)];
    expect(pieces.length).toBeGreaterThan(5);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(0x11000);
  });
});

describe('the schema', () => {
  it('describes every member', () => {
    const bare: string[] = [];
    const visit = (value: unknown, at: string): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [name, child] of Object.entries(value)) {
        if (at.endsWith('/properties') && !('description' in (child as object)) && !('$ref' in (child as object))) bare.push(`${at}/${name}`);
        visit(child, `${at}/${name}`);
      }
    };
    visit(validate.schema, '');
    expect(bare).toEqual([]);
  });

  it.each<[string, (report: Record<string, unknown>) => void]>([
    ['has no gate', (report) => delete report['gate']],
    ['has another version', (report) => (report['schemaVersion'] = 2)],
    ['has a verdict that is not applicable', (report) => (report['verdicts'] = [{ ...sample.verdicts[0], outcome: 'not-applicable' }])],
    ['has a finding without fingerprint', (report) => (report['findings'] = [{ ...sample.findings[0], fingerprint: 'x' }])],
  ])('refuses what %s', (_name, change) => {
    const report = parse(written(sample)) as Record<string, unknown>;
    change(report);
    expect(validate(report)).toBe(false);
  });
});

describe('readReport', () => {
  it('reads what the JSON reporter writes', () => {
    expect(readReport(parse(written(sample)))).toEqual({ report: parse(written(sample)) });
  });

  it('accepts members and kinds that it does not know', () => {
    const target = { ...sample.targets[0], kind: 'mainframe', colour: 'beige' };
    const newer = parse(JSON.stringify({ ...sample, targets: [target], added: 1 }));
    expect(readReport(newer)).toEqual({ report: newer });
  });

  it.each<[string, Json, RegExp]>([
    ['is a list', [], /not a JSON object/],
    ['is something else', { version: '2.1.0', runs: [] }, /has no 'schemaVersion'/],
    ['says its version in a word', { schemaVersion: 'one' }, /has no 'schemaVersion'/],
    ['is newer', { schemaVersion: 2 }, /schema version 2, and this rdposture reads up to 1/],
    ['is nothing but a version', { schemaVersion: 1 }, /'\/tool' is not an object/],
  ])('refuses what %s', (_name, value, message) => {
    expect(readReport(value)).toEqual({ error: expect.stringMatching(message) });
  });

  it.each<[string, string, unknown, RegExp]>([
    ['findings', 'severity', 11, /'\/findings\/0\/severity' is not a number from 0.1 to 10/],
    ['findings', 'fingerprint', 'abc', /'\/findings\/0\/fingerprint' is not a SHA-256 in hex/],
    [
      'findings',
      'locations',
      [{ file: 'a', region: { startLine: 2, startColumn: 1, endLine: 1, endColumn: 1 } }],
      /'\/findings\/0\/locations\/0\/region' ends before it starts/,
    ],
    ['findings', 'fixes', {}, /'\/findings\/0\/fixes' is not a list/],
    ['targets', 'status', 'asleep', /'\/targets\/0\/status' is not one of complete, partial, failed/],
    ['policies', 'params', null, /'\/policies\/0\/params' is not an object/],
    ['verdicts', 'target', undefined, /'\/verdicts\/0\/target' is not text/],
    ['files', 'length', -1, /'\/files\/0\/length' is not an integer from 0/],
  ])('names what is wrong in %s: %s', (list, member, value, message) => {
    const damaged = parse(written(sample)) as Record<string, Record<string, unknown>[]>;
    (damaged[list]?.[0] ?? fail())[member] = value;
    expect(readReport(parse(JSON.stringify(damaged)))).toEqual({ error: expect.stringMatching(message) });
  });

  it('is not fooled by inherited members', () => {
    const hostile = parse(written(sample).replace('"tool":', '"__proto__":'));
    expect(readReport(hostile)).toEqual({ error: expect.stringMatching(/'\/tool' is not an object/) });
  });
});

describe('verdicts', () => {
  it('are one JSON line each, passes too', () => {
    const lines = [...verdicts(sample)].join('').trimEnd().split('\n');
    expect(lines.map(parse)).toEqual(parse(JSON.stringify(sample.verdicts)));
  });
});

function fail(): never {
  throw new Error('the sample has none');
}
