import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openTypescript } from '../../../src/collect/typescript/document.ts';
import { type DocumentChange, planEdit } from '../../../src/lib/edit-plan.ts';
import { applyReplacements } from '../../../src/lib/text-edit.ts';
import { isObject, type Json } from '../../../src/model/json.ts';
import { escapeStep } from '../../../src/model/pointer.ts';

/** What a program gives to its calls, by running it: an oracle that shares nothing with the parser. */
function given(program: string): Json[] {
  const calls: Json[] = [];
  const made = function made(_name: string, args: Json): void {
    calls.push(JSON.parse(JSON.stringify(args)) as Json);
  };
  runInNewContext(program, { net: { Group: made }, common: { location: 'westeurope' }, extra: [7, 8] });
  return calls;
}

const key = fc.constantFrom('access', 'ports', 'a-b', 'name', 'x1', '$y', 'new', '42');
const scalar = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom("it's", '"', '`', '\\', '${x}', '$${x}', '// no', '/* no */', '\n', '\u2028', '*'),
  fc.integer({ min: -99_999, max: 99_999 }),
  fc.boolean(),
);
const { value: tree } = fc.letrec<{ value: Json; inner: Json }>((tie) => ({
  inner: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('inner'), { maxLength: 4 }),
    fc.uniqueArray(fc.tuple(key, tie('inner')), { maxLength: 4, selector: ([name]) => name }).map((pairs) => Object.fromEntries(pairs)),
  ),
  value: fc.uniqueArray(fc.tuple(key, tie('inner')), { maxLength: 5, selector: ([name]) => name }).map((pairs) => Object.fromEntries(pairs)),
}));

/** How a program may be laid out. */
interface Layout {
  readonly eol: string;
  readonly block: boolean;
  readonly comma: boolean;
  readonly comments: boolean;
  readonly quote: "'" | '"';
}

const layout = fc.record({
  eol: fc.constantFrom('\n', '\r\n'),
  block: fc.boolean(),
  comma: fc.boolean(),
  comments: fc.boolean(),
  quote: fc.constantFrom("'" as const, '"' as const),
});

function text(value: string, quote: string): string {
  const escaped = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll(quote, `\\${quote}`);
  return `${quote}${escaped}${quote}`;
}

function render(value: Json, indent: string, style: Layout): string {
  if (typeof value === 'string') return text(value, style.quote);
  if (typeof value !== 'object' || value === null) return String(value);
  const deeper = `${indent}  `;
  const entries = isObject(value)
    ? Object.entries(value).map(
        ([name, inner]) => `${/^[a-z$]\w*$/.test(name) && name !== 'new' ? name : text(name, style.quote)}: ${render(inner, deeper, style)}`,
      )
    : (value as readonly Json[]).map((inner) => render(inner, deeper, style));
  const [open, close] = isObject(value) ? ['{', '}'] : ['[', ']'];
  if (entries.length === 0) return open + close;
  if (!style.block) return `${open} ${entries.join(style.comments ? ', /* , } */ ' : ', ')}${style.comma ? ',' : ''} ${close}`;
  const last = entries.length - 1;
  const lines = entries.map((entry, index) => `${style.eol}${deeper}${entry}${index < last || style.comma ? ',' : ''}${style.comments ? ' // , } ] it' : ''}`);
  return `${open}${lines.join('')}${style.eol}${indent}${close}`;
}

/** Every place of a value, and where a member or an element may be added. */
function places(value: Json, pointer: string): { pointer: string; missing: boolean }[] {
  const own = { pointer, missing: false };
  if (Array.isArray(value))
    return [own, { pointer: `${pointer}/-`, missing: true }, ...(value as readonly Json[]).flatMap((item, index) => places(item, `${pointer}/${index}`))];
  if (!isObject(value)) return [own];
  return [
    own,
    { pointer: `${pointer}/added`, missing: true },
    ...Object.entries(value).flatMap(([name, inner]) => places(inner, `${pointer}/${escapeStep(name)}`)),
  ];
}

const change = (value: Json): fc.Arbitrary<DocumentChange> =>
  fc
    .tuple(fc.constantFrom(...places(value, '').filter(({ pointer }) => pointer !== '')), fc.boolean(), tree, scalar)
    .map(([{ pointer, missing }, removing, object, plain]) =>
      removing && !missing ? { pointer, remove: true } : { pointer, set: pointer.length % 2 === 0 ? object : plain },
    );

/** What a change means: in a document's value a text that looks like an expression is marked. */
function plain(value: Json): Json {
  if (typeof value === 'string') return value.replaceAll('$${', () => '${');
  if (Array.isArray(value)) return (value as readonly Json[]).map(plain);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)])) : value;
}

test('an edited program gives what is wanted, and nothing else changes', () => {
  let tried = 0;
  fc.assert(
    fc.property(
      tree.chain((value) =>
        fc.tuple(fc.constant(value), layout, places(value, '').length === 1 ? fc.constant([]) : fc.array(change(value), { minLength: 1, maxLength: 3 })),
      ),
      ([value, style, changes]) => {
        const before = `const other = new net.Group('other', { ...common, list: [1, ...extra] }); // kept${style.eol}`;
        const after = `${style.eol}new net.Group(\`last-\${1}\`, {});${style.eol}`;
        const program = `${before}new net.Group(${text('it', style.quote)}, ${render(value, '', style)});${after}`;
        const document = openTypescript(program, 'index.ts');
        if (document === null) throw new Error(`not parsed: ${program}`);
        const plan = planEdit(
          value,
          changes.map((item) => ('set' in item ? { ...item, set: plain(item.set) } : item)),
        );
        const result = document.edit(changes.map((item) => ({ ...item, pointer: `/calls/1/properties${item.pointer}` })));
        // Two changes may meet in one place, and a member before a shadowing one is left alone.
        if ('refused' in plan || 'refused' in result) return;
        tried++;
        const edited = applyReplacements(program, result.replacements);
        const [first, second, third] = given(edited);
        expect(second).toEqual(plan.value);
        expect([first, third]).toEqual([given(program)[0], given(program)[2]]);
        expect(edited.startsWith(before) && edited.endsWith(after)).toBe(true);
      },
    ),
    { seed: 20261130, numRuns: 400 },
  );
  expect(tried).toBeGreaterThan(200);
});

test('any text is read or refused, and never breaks', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom('new a.B(', "'x'", ', ', '{', '}', '[', ']', ')', ';', '`', '${', '/*', '//', '\n', 'a: ', '...', '<', '>', '/', 'as const', 'é'),
        { maxLength: 40 },
      ),
      (parts) => {
        const source = parts.join('');
        const document = openTypescript(source, 'index.ts');
        if (document !== null)
          for (const { start, end } of document.tree.calls) expect(source.slice(start, start + 3) === 'new' && end <= source.length).toBe(true);
      },
    ),
    { seed: 20261130, numRuns: 500 },
  );
});
