import { isObject, type Json } from '../model/json.ts';
import { pointerOf } from '../model/pointer.ts';
import type { Addition, ContainerEdit, Operation } from './edit-plan.ts';
import type { JsonContainer, JsonLocator } from './json-locate.ts';
import { skipBlank } from './json-text.ts';
import { lineBreakOf, type Lines } from './lines.ts';
import type { TextEdit } from './text-edit.ts';

/** A JSON text. Its line index is used rather than a search for line breaks: the document may be one line of many megabytes. */
export interface Source {
  readonly text: string;
  readonly lines: Lines;
  readonly locator: JsonLocator;
}

/** The edits of a JSON text that carry out operations, in its own style. Pointers lead to what exists. */
export function jsonEdits(source: Source, operations: readonly Operation[]): TextEdit[] {
  const { locator } = source;
  locator.spans(operations.map((operation) => pointerOf(operation.at)));
  const style = styleOf(source);
  return operations.flatMap((operation) => {
    const pointer = pointerOf(operation.at);
    if ('replace' in operation) {
      const span = locator.spans([pointer]).get(pointer);
      return span === undefined ? [] : [replacement(source, style, span, operation.replace)];
    }
    const container = locator.container(pointer);
    return container === undefined ? [] : containerEdits(source, style, container, operation);
  });
}

interface Style {
  readonly eol: string;
  /** One step of indentation; null when the document is on one line. */
  readonly unit: string | null;
  /** Between a name and its value: `:` or `: `. */
  readonly colon: string;
  /** Between two children on one line: `,` or `, `. */
  readonly comma: string;
}

function styleOf({ text, lines, locator }: Source): Style {
  const root = locator.container('');
  const first = root?.starts[0];
  if (root === undefined || first === undefined) return { eol: lineBreakOf(text, lines), unit: '  ', colon: ': ', comma: ', ' };
  const keyStart = root.keyStarts[0] ?? first;
  const keyEnd = root.keyEnds[0];
  const colon = keyEnd === undefined ? ': ' : text.slice(keyEnd, first);
  const blank = text.slice(root.start + 1, keyStart);
  const spaced = keyEnd === undefined ? /^[^\n]{0,1000}?[,:] /.test(text.slice(root.start, root.start + 1000)) : colon.endsWith(' ');
  return {
    eol: lineBreakOf(text, lines),
    unit: /[\r\n]/.test(blank) ? blank.slice(Math.max(blank.lastIndexOf('\n'), blank.lastIndexOf('\r')) + 1) : null,
    colon: /[\r\n]/.test(colon) ? ': ' : keyEnd === undefined && !spaced ? ':' : colon,
    comma: spaced ? ', ' : ',',
  };
}

function lineStartAt(lines: Lines, offset: number): number {
  return offset - lines.position(offset).column + 1;
}

/** The blanks that a line begins with. */
function indentAt({ text, lines }: Source, offset: number): string {
  const start = lineStartAt(lines, offset);
  let end = start;
  while (end < offset && (text.charCodeAt(end) === 32 || text.charCodeAt(end) === 9)) end++;
  return text.slice(start, end);
}

function write(value: Json, style: Style, indent: string, inline: boolean): string {
  const isContainer = typeof value === 'object' && value !== null;
  if (!isContainer || Object.keys(value).length === 0) return JSON.stringify(value);
  const children = isObject(value)
    ? Object.entries(value).map(([name, inner]) => [`${JSON.stringify(name)}${style.colon}`, inner] as const)
    : value.map((inner) => ['', inner] as const);
  const [open, close] = isObject(value) ? '{}' : '[]';
  if (inline || style.unit === null) {
    return `${open}${children.map(([label, inner]) => label + write(inner, style, indent, true)).join(style.comma)}${close}`;
  }
  const deeper = indent + style.unit;
  const lines = children.map(([label, inner]) => `${style.eol}${deeper}${label}${write(inner, style, deeper, false)}`);
  return `${open}${lines.join(',')}${style.eol}${indent}${close}`;
}

function replacement(source: Source, style: Style, span: { start: number; end: number }, value: Json): TextEdit {
  const old = source.text.slice(span.start, span.end);
  const wasContainer = old.startsWith('{') || old.startsWith('[');
  const inline = wasContainer && skipBlank(old, 1) < old.length - 1 && !/[\r\n]/.test(old);
  return { start: span.start, end: span.end, text: write(value, style, indentAt(source, span.start), inline) };
}

function childStart(container: JsonContainer, index: number): number {
  return (container.isList ? container.starts[index] : container.keyStarts[index]) ?? container.start + 1;
}

function containerEdits(source: Source, style: Style, container: JsonContainer, edit: ContainerEdit): TextEdit[] {
  const count = container.starts.length;
  if (count === 0) {
    // Nothing but blanks between the brackets: written as a whole.
    const value: Json = container.isList
      ? edit.add.map((addition) => addition.value)
      : Object.fromEntries(edit.add.map((addition) => [addition.name ?? '', addition.value]));
    return [{ start: container.start, end: container.end, text: write(value, style, indentAt(source, container.start), false) }];
  }
  const removed = new Set(edit.remove.map((step) => (container.isList ? Number(step) : (container.byName.get(step) ?? -1))));
  const edits = removals(container, removed);
  if (edit.add.length > 0) {
    let last = count - 1;
    while (last > 0 && removed.has(last)) last--;
    const at = container.ends[last] ?? container.end;
    edits.push({ start: at, end: at, text: additions(source, style, container, edit.add) });
  }
  return edits;
}

/** Each run of removed children goes with the comma that follows it; at the end, with the comma before it. */
function removals(container: JsonContainer, removed: ReadonlySet<number>): TextEdit[] {
  const edits: TextEdit[] = [];
  const count = container.starts.length;
  for (let index = 0; index < count; index++) {
    if (!removed.has(index)) continue;
    let next = index + 1;
    while (next < count && removed.has(next)) next++;
    if (next < count) edits.push({ start: childStart(container, index), end: childStart(container, next), text: '' });
    else edits.push({ start: container.ends[index - 1] ?? container.start + 1, end: container.ends[count - 1] ?? container.end, text: '' });
    index = next;
  }
  return edits;
}

function additions(source: Source, style: Style, container: JsonContainer, add: readonly Addition[]): string {
  const { text } = source;
  const last = childStart(container, container.starts.length - 1);
  const indent = indentAt(source, last);
  const line = lineStartAt(source.lines, last);
  const ownLine = line + indent.length === last && line > container.start;
  const keyEnd = container.keyEnds.at(-1);
  const colon = keyEnd === undefined ? style.colon : text.slice(keyEnd, container.starts.at(-1));
  const before = /[\r\n]/.test(colon) ? style : { ...style, colon };
  // A list of one element shows no comma: then the document's own.
  const previous = container.ends.at(-2);
  const gap = previous === undefined ? style.comma : text.slice(previous, last);
  const comma = /^\s*,[ \t]*$/.test(gap) ? gap : style.comma;
  return add
    .map(({ name, value }) => {
      const label = name === undefined ? '' : `${JSON.stringify(name)}${before.colon}`;
      return `${ownLine ? `,${style.eol}${indent}` : comma}${label}${write(value, before, indent, !ownLine)}`;
    })
    .join('');
}
