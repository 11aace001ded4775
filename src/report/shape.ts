import { isObject, type Json } from '../model/json.ts';

/** What is wrong, and where below the value that was checked. */
export interface Fault {
  readonly at: string;
  readonly what: string;
}

/** Checks a value; null when it is as readers need it: what they use is there and of its type, more may be. */
export type Shape = (value: Json | undefined) => Fault | null;

function expect(what: string, test: (value: Json | undefined) => boolean): Shape {
  const fault: Fault = { at: '', what };
  return (value) => (test(value) ? null : fault);
}

const text = expect('is not text', (value) => typeof value === 'string');
const flag = expect('is not true or false', (value) => typeof value === 'boolean');
const any = expect('is missing', (value) => value !== undefined);
const sha256 = expect('is not a SHA-256 in hex', (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value));

function integer(minimum: number): Shape {
  return expect(`is not an integer from ${minimum}`, (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= minimum);
}

function number(minimum: number, maximum: number): Shape {
  return expect(`is not a number from ${minimum} to ${maximum}`, (value) => typeof value === 'number' && value >= minimum && value <= maximum);
}

function oneOf(...values: readonly (string | number)[]): Shape {
  const known = new Set<Json | undefined>(values);
  return expect(`is not one of ${values.join(', ')}`, (value) => known.has(value));
}

function orNull(shape: Shape): Shape {
  return (value) => (value === null ? null : shape(value));
}

function below(name: string | number, { at, what }: Fault): Fault {
  return { at: `/${name}${at}`, what };
}

function list(shape: Shape): Shape {
  return (value) => {
    if (!Array.isArray(value)) return { at: '', what: 'is not a list' };
    const elements = value as readonly Json[];
    for (let index = 0; index < elements.length; index++) {
      const fault = shape(elements[index]);
      if (fault !== null) return below(index, fault);
    }
    return null;
  };
}

function record(shape: Shape): Shape {
  return (value) => {
    if (!isObject(value)) return { at: '', what: 'is not an object' };
    for (const name of Object.keys(value)) {
      const fault = shape(value[name]);
      if (fault !== null) return below(name, fault);
    }
    return null;
  };
}

function object(required: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape {
  const members = [
    ...Object.entries(required).map(([name, shape]) => ({ name, shape, needed: true })),
    ...Object.entries(optional).map(([name, shape]) => ({ name, shape, needed: false })),
  ];
  return (value) => {
    if (!isObject(value)) return { at: '', what: 'is not an object' };
    for (const { name, shape, needed } of members) {
      const present = Object.hasOwn(value, name);
      const fault = present || needed ? shape(present ? value[name] : undefined) : null;
      if (fault !== null) return below(name, fault);
    }
    return null;
  };
}

const severity = orNull(number(0.1, 10));
const level = oneOf('error', 'warning', 'note');
const fullRegion = object({ startLine: integer(1), startColumn: integer(1), endLine: integer(1), endColumn: integer(1) });
const region: Shape = (value) => fullRegion(value) ?? (isForward(value) ? null : { at: '', what: 'ends before it starts' });

function isForward(value: Json | undefined): boolean {
  if (!isObject(value)) return false;
  const [startLine, endLine] = [Number(value['startLine']), Number(value['endLine'])];
  return startLine < endLine || (startLine === endLine && Number(value['startColumn']) <= Number(value['endColumn']));
}

const location = object({ file: text, region }, { snippet: text, lineHash: text });
const count = integer(0);
const counts = { pass: count, fail: count, unknown: count, notApplicable: count };

const change = object({ on: text, path: text, before: any, after: any }, { remove: flag });
const edit = object({ file: text, sha256, replacements: list(object({ region, text })) });
const fix = object(
  { title: text, changes: list(change), risk: oneOf('safe', 'review', 'can-disconnect'), needs: list(text) },
  { edits: list(edit), powershell: text, az: list(text), run: text, note: text },
);
const waiver = object({ id: text, reason: text, owner: text, until: text }, { kind: text, ticket: text, approver: text, location });

const finding = object(
  {
    policy: text,
    outcome: oneOf('fail', 'unknown'),
    status: oneOf('open', 'waived', 'baselined', 'stale'),
    severity,
    level,
    band: oneOf('critical', 'high', 'medium', 'low'),
    fingerprint: sha256,
    target: text,
    kind: text,
    factId: text,
    name: text,
    message: text,
    arguments: list(text),
    evidence: list(object({ pointer: text, value: any }, { source: text })),
    locations: list(location),
    resource: text,
    fixes: list(fix),
  },
  { waiver, unknown: list(text), lastJudged: text },
);

const verdict = object({ policy: text, kind: text, id: text, name: text, target: text, outcome: oneOf('pass', 'fail', 'unknown') });
const target = object({ id: text, kind: text, name: text, group: text, status: oneOf('complete', 'partial', 'failed') }, { collectedAt: text, location });
const control = object({ framework: text, id: text });
const policy = object(
  {
    id: text,
    name: text,
    title: text,
    severity,
    level,
    verified: flag,
    message: text,
    why: text,
    remediation: list(text),
    controls: list(control),
    links: list(text),
    tags: list(text),
    params: record(any),
  },
  { run: text },
);
const file = object({ file: text, sha256, length: count, mimeType: text, inSourceRoot: flag });
const problem = object({ level: oneOf('error', 'warning'), code: text, message: text }, { hint: text, target: text, file: text, region });
const provenance = object({ repositoryUri: text, revisionId: text, branch: text });

export const reportShape: Shape = object({
  tool: object({ name: text, version: text, homepage: text }),
  scannedAt: text,
  scan: object(
    { estate: text, mode: oneOf('live', 'declared', 'files'), packs: list(text), contacted: flag, complete: flag, columnKind: oneOf('utf16CodeUnits') },
    { previous: flag, emptied: list(text), provenance, azureDevOps: record(text) },
  ),
  targets: list(target),
  policies: list(policy),
  files: list(file),
  problems: list(problem),
  findings: list(finding),
  totals: object({
    targets: count,
    facts: count,
    ...counts,
    byPolicy: record(object(counts)),
    byBand: object({ critical: count, high: count, medium: count, low: count }),
  }),
  verdicts: list(verdict),
  gate: object({ passed: flag, reasons: list(text), exitCode: oneOf(0, 1, 3) }),
});
