// What all generated pages are made of: escaped text, tables, schemas in words.
import { forMarkdown } from '../src/lib/escape.ts';

export const NOTE = '<!-- Written by `npm run docs`; do not edit. -->\n';

/** Text of ours or of a policy: nothing in it is markup. */
export const plain = (text) => forMarkdown(String(text).replaceAll(/\s+/g, ' ').trim());

/** A code span; the fence is longer than any run of backticks inside. Pipes are escaped, since it may stand in a table. */
export function code(text) {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${text.replaceAll(/[\r\n]+/g, ' ').replaceAll('|', '\\|')}${pad}${fence}`;
}

export function fenced(text, language = '') {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}

/** A table of cells that are Markdown already; nothing when there are no rows. */
export function table(head, rows) {
  if (rows.length === 0) return '';
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Parts with a blank line between them; empty ones are left out. */
export function page(...parts) {
  return `${NOTE}\n${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** What a schema allows, as Markdown. */
export function allowed(schema) {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return 'anything';
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => code(typeof value === 'string' ? value : JSON.stringify(value))).join(', ');
  if ('const' in schema) return code(typeof schema.const === 'string' ? schema.const : JSON.stringify(schema.const));
  if (Array.isArray(schema.anyOf)) return schema.anyOf.map(allowed).join(' or ');
  const types = [schema.type ?? []].flat();
  if (types.length === 0) return 'anything';
  return types.map((type) => typed(type, schema)).join(' or ');
}

function typed(type, schema) {
  if (type === 'boolean') return `${code('true')}, ${code('false')}`;
  if (type === 'null') return 'nothing';
  if (type === 'integer' || type === 'number') return `${type === 'integer' ? 'whole number' : 'number'}${range(schema)}`;
  if (type === 'string') return schema.pattern === undefined ? 'text' : `text like ${code(schema.pattern)}`;
  if (type === 'array') return `list of ${schema.items === undefined ? 'anything' : grouped(allowed(schema.items))}`;
  return 'members';
}

/** Alternatives inside of a list are kept together. */
function grouped(words) {
  return words.includes(' or ') ? `(${words})` : words;
}

function range(schema) {
  const from = schema.minimum ?? schema.exclusiveMinimum;
  const to = schema.maximum ?? schema.exclusiveMaximum;
  if (from === undefined && to === undefined) return '';
  if (to === undefined) return ` from ${from}`;
  return from === undefined ? ` to ${to}` : ` ${from} to ${to}`;
}

/** Rows `name | values | description` for the members of an object's schema, members of members below them. */
export function memberRows(schema, prefix = '') {
  return Object.entries(schema.properties ?? {}).flatMap(([name, part]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const own = [code(path), allowed(part), typeof part === 'object' && part.description !== undefined ? plain(part.description) : ''];
    const inner = part?.type === 'array' ? memberRows(part.items ?? {}, `${path}[]`) : memberRows(part ?? {}, path);
    return [own, ...inner];
  });
}
