import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { pointerOf } from '../../src/model/pointer.ts';
import type { DocumentChange } from '../../src/lib/document.ts';

/** Texts that are awkward in YAML, JSON or both. */
const AWKWARD = [
  '',
  ' ',
  'yes',
  'No',
  'ON',
  'off',
  'y',
  'n',
  'null',
  '~',
  'true',
  '0x1F',
  '0o7',
  '1_000',
  '1e3',
  '.5',
  '.inf',
  '2026-01-01',
  '12:30',
  '1.2.3',
  '192.0.2.21',
  '10.20.0.0/24',
  '2001:db8::1',
  '*a',
  '&a',
  '!x',
  '%x',
  '@x',
  '`x',
  '- x',
  '-',
  '?',
  '? x',
  ': x',
  'x:',
  'x: y',
  'x #y',
  '#x',
  '"x"',
  "it's",
  "'",
  '[x]',
  '{x}',
  'a,b',
  'a: [',
  '|',
  '>',
  '<<',
  '=',
  '---',
  '...',
  'C:\\x\\y',
  'line\nbreak',
  'tab\there',
  'crlf\r\n',
  '\u0085',
  '\u2028',
  '\ufeff',
  '\u200b',
  '\u202e',
  'é’',
  '😀',
  ' lead',
  'trail ',
  '__proto__',
  'constructor',
  'a/b',
  'a~b',
  '-1',
  '+1',
  'RDP-Tcp',
  'rdgw.contoso.com',
  'Allow',
  '"',
  '\\',
  'a"b',
  '\u0000',
  '\u001b[31m',
  '%{x}',
];

export const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...AWKWARD) },
  fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_.-]{0,12}$/),
  fc.string({ maxLength: 8, unit: 'grapheme' }),
);
export const scalar: fc.Arbitrary<Json> = fc.oneof(
  text,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
);

export function json(scalars: fc.Arbitrary<Json>, names: fc.Arbitrary<string>, maxDepth = 3): fc.Arbitrary<Json> {
  const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { maxDepth, depthSize: 'small' },
      scalars,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.uniqueArray(fc.tuple(names, tie('tree')), { maxLength: 4, selector: ([name]) => name }).map((members): Json => Object.fromEntries(members)),
    ),
  }));
  return tree;
}

/** Every pointer of a document with its value, in document order. */
export function pointersOf(value: Json, steps: readonly string[] = []): { steps: readonly string[]; value: Json }[] {
  const here = { steps, value };
  if (Array.isArray(value)) return [here, ...(value as readonly Json[]).flatMap((item, index) => pointersOf(item, [...steps, String(index)]))];
  if (typeof value !== 'object' || value === null) return [here];
  return [here, ...Object.entries(value).flatMap(([name, inner]) => pointersOf(inner, [...steps, name]))];
}

/** A change of a document, from numbers: what to do, where, and with which name and value. */
export function changeOf(document: Json, pick: { kind: number; at: number; name: string; value: Json }): DocumentChange {
  const places = pointersOf(document);
  const place = places[pick.at % places.length] ?? { steps: [], value: document };
  const pointer = pointerOf(place.steps);
  if (pick.kind === 0 && place.steps.length > 0) return { pointer, remove: true };
  if (pick.kind === 1 && Array.isArray(place.value)) return { pointer: `${pointer}/-`, set: pick.value };
  if (pick.kind === 1 && typeof place.value === 'object') return { pointer: pointerOf([...place.steps, pick.name]), set: pick.value };
  if (pick.kind === 2 && typeof place.value === 'object' && !Array.isArray(place.value))
    return { pointer: pointerOf([...place.steps, pick.name, 'below']), set: pick.value };
  return { pointer, set: pick.value };
}

/** Applies one change to plain data, on its own terms: the oracle. Undefined when it makes no sense. */
export function applied(document: Json, change: DocumentChange): Json | undefined {
  const steps =
    change.pointer === ''
      ? []
      : change.pointer
          .slice(1)
          .split('/')
          .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return at(document, steps, change);
}

function at(value: Json | undefined, steps: readonly string[], change: DocumentChange): Json | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return 'set' in change ? change.set : undefined;
  const removes = rest.length === 0 && 'remove' in change;
  if (Array.isArray(value)) {
    const list = [...(value as readonly Json[])];
    const index = step === '-' ? list.length : Number(step);
    if (Number.isNaN(index)) return undefined;
    if (removes) list.splice(index, 1);
    else {
      const inner = at(list[index], rest, change);
      if (inner === undefined) return undefined;
      list[index] = inner;
    }
    return list;
  }
  if (value !== undefined && typeof value !== 'object' && value !== null) return undefined;
  const members = new Map(Object.entries((value ?? {}) as JsonObject));
  if (removes) members.delete(step);
  else {
    const inner = at(members.get(step), rest, change);
    if (inner === undefined) return undefined;
    members.set(step, inner);
  }
  return Object.fromEntries(members);
}

/** Decisions of a renderer: the next number below `limit`. */
export type Dice = (limit: number) => number;

export function diceOf(rolls: readonly number[]): Dice {
  let next = 0;
  return (limit) => (rolls[next++ % rolls.length] ?? 0) % limit;
}

export const rolls = fc.array(fc.nat(1000), { minLength: 20, maxLength: 60 });

const jsonString = (value: string) => JSON.stringify(value);

/** A JSON text with blanks of all kinds and escapes. */
export function renderJson(value: Json, dice: Dice): string {
  const blank = () => ['', '', ' ', '\n', '\r\n', '\n  ', '\t'][dice(7)] ?? '';
  const string = (plain: string) =>
    dice(4) === 0
      ? `"${Array.from(jsonString(plain).slice(1, -1), (c) => (/[a-z]/.test(c) && dice(3) === 0 && !jsonString(plain).includes('\\') ? `\\u00${c.charCodeAt(0).toString(16)}` : c)).join('')}"`
      : jsonString(plain);
  const write = (inner: Json): string => {
    if (typeof inner === 'string') return string(inner);
    if (Array.isArray(inner)) return `[${blank()}${(inner as readonly Json[]).map((item) => write(item)).join(`${blank()},${blank()}`)}${blank()}]`;
    if (typeof inner === 'object' && inner !== null)
      return `{${blank()}${Object.entries(inner)
        .map(([name, item]) => `${string(name)}${blank()}:${blank()}${write(item)}`)
        .join(`${blank()},${blank()}`)}${blank()}}`;
    return JSON.stringify(inner);
  };
  return blank() + write(value) + blank();
}

const PLAIN = /^[a-zA-Z][a-zA-Z0-9_.-]*$/;
const TYPED = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

/** A YAML text in mixed styles with comments `#cN`, blank lines and both kinds of line break. Anything it makes is valid. */
export function renderYaml(value: Json, dice: Dice): string {
  const eol = dice(4) === 0 ? '\r\n' : '\n';
  const unit = [2, 2, 4, 3][dice(4)] ?? 2;
  const dash = dice(2) === 0 ? 0 : unit;
  let comments = 0;
  const comment = () => (dice(4) === 0 ? `${' '.repeat(1 + dice(3))}#c${comments++}c` : '');
  const between = (indent: number) =>
    dice(6) === 0 ? [eol, `${' '.repeat(dice(2) === 0 ? indent : 0)}#c${comments++}c${eol}`, `${eol}${' '.repeat(indent)}#c${comments++}c${eol}`][dice(3)] : '';
  const quoted = (plain: string) => {
    const escaped = jsonString(plain).replaceAll(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
    return dice(2) === 0 && /^[\x20-\x7e]*$/.test(plain) ? `'${plain.replaceAll("'", "''")}'` : escaped;
  };
  const string = (plain: string) => (PLAIN.test(plain) && !TYPED.test(plain) && dice(3) !== 0 ? plain : quoted(plain));
  const flow = (inner: Json): string => {
    if (typeof inner === 'string') return string(inner);
    const pad = dice(2) === 0 ? ' ' : '';
    if (Array.isArray(inner)) return `[${pad}${(inner as readonly Json[]).map(flow).join(', ')}${pad}]`;
    if (typeof inner === 'object' && inner !== null)
      return `{${pad}${Object.entries(inner)
        .map(([name, item]) => `${string(name)}: ${flow(item)}`)
        .join(dice(2) === 0 ? ', ' : ' , ')}${pad}}`;
    return JSON.stringify(inner);
  };
  const literal = (plain: string, indent: number) =>
    `|-${eol}${plain
      .split('\n')
      .map((line) => ' '.repeat(indent + unit) + line)
      .join(eol)}`;
  /** What follows `name:` or `-`; ends with its line break. */
  const after = (inner: Json, indent: number, inList: boolean): string => {
    if (inner === null && dice(2) === 0) return `${comment()}${eol}`;
    if (typeof inner === 'string' && /^[a-z]+(?:\n[a-z]+)*$/.test(inner) && dice(3) === 0) return ` ${literal(inner, indent)}${eol}`;
    if (typeof inner !== 'object' || inner === null || Object.keys(inner).length === 0 || dice(4) === 0) return ` ${flow(inner)}${comment()}${eol}`;
    const deeper = indent + (inList ? 2 : Array.isArray(inner) ? dash : unit);
    if (inList && dice(3) !== 0) return ` ${block(inner, deeper, true)}`;
    return `${comment()}${eol}${between(deeper)}${block(inner, deeper, false)}`;
  };
  const block = (inner: Json, indent: number, started: boolean): string => {
    const lead = (index: number) => (index === 0 && started ? '' : `${between(indent) ?? ''}${' '.repeat(indent)}`);
    if (Array.isArray(inner)) return (inner as readonly Json[]).map((item, index) => `${lead(index)}-${after(item, indent, true)}`).join('');
    return Object.entries(inner as JsonObject)
      .map(([name, item], index) => `${lead(index)}${string(name)}:${after(item, indent, false)}`)
      .join('');
  };
  const whole =
    typeof value !== 'object' || value === null || Object.keys(value).length === 0 || dice(8) === 0
      ? `${flow(value)}${comment()}${eol}`
      : block(value, 0, false);
  const head = dice(4) === 0 ? `#c${comments++}c${eol}` : dice(6) === 0 ? `---${eol}` : '';
  const text = head + whole + (dice(4) === 0 ? `#c${comments++}c${eol}` : '');
  return dice(3) === 0 && text.endsWith(eol) ? text.slice(0, -eol.length) : text;
}
