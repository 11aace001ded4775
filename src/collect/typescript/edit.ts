import type { ContainerEdit, Operation, Refusal } from '../../lib/edit-plan.ts';
import type { Lines } from '../../lib/lines.ts';
import type { TextEdit } from '../../lib/text-edit.ts';
import { pointerOf } from '../../model/pointer.ts';
import type { ListNode, Node, ObjectNode, Span, Tree } from './tree.ts';
import { findIn, unquoted } from './value.ts';
import { type Style, styleOf, written, writtenKey, writtenText } from './write.ts';

/** A TypeScript text with its tree. */
export interface Source {
  readonly text: string;
  readonly lines: Lines;
  readonly tree: Tree;
}

/** The edits that carry out operations. Literals in the object of a call are edited, and nothing that is computed. */
export function typescriptEdits(source: Source, operations: readonly Operation[]): TextEdit[] | Refusal {
  const style = styleOf(source.text, source.lines);
  const edits: TextEdit[] = [];
  for (const operation of operations) {
    const found = findIn(source.tree, operation.at);
    const pointer = pointerOf(operation.at);
    const node = found?.node ?? null;
    if (node === null) return { refused: 'Only what is given to a resource is edited.', pointer };
    if (node.is === 'expression') return { refused: 'The value is an expression: change what it is made from.', pointer };
    if (holdsExpression(node) && 'replace' in operation) return { refused: 'There are expressions in the value: change it by hand.', pointer };
    if ('replace' in operation) edits.push(replacement(source, style, node, operation.replace));
    else if (node.is === 'object' || node.is === 'list') {
      const made = containerEdits(source, style, node, operation);
      if (made === null) return { refused: 'A spread is in the list: change it by hand.', pointer };
      edits.push(...made);
    } else return { refused: `'${pointer}' is neither an object nor a list.`, pointer };
  }
  return edits;
}

function holdsExpression(node: Node): boolean {
  if (node.is === 'object') return node.members.some(({ value }) => holdsExpression(value));
  if (node.is === 'list') return node.items.some(({ value }) => holdsExpression(value));
  return node.is === 'expression';
}

function replacement(source: Source, style: Style, node: Node, value: Extract<Operation, { replace: unknown }>['replace']): TextEdit {
  const { start, end } = node;
  const own = source.text[start];
  if (typeof value === 'string' && (own === "'" || own === '"')) return { start, end, text: writtenText(unquoted(value), own) };
  const inline = (node.is === 'object' || node.is === 'list') && end - start > 2 && isOneLine(source, node);
  return { start, end, text: written(value, style, indentAt(source, start), inline) };
}

function isOneLine({ lines }: Source, { start, end }: Span): boolean {
  return lines.position(start).line === lines.position(end).line;
}

/** The blanks that the line of an offset begins with. */
function indentAt({ text, lines }: Source, offset: number): string {
  const start = lines.startOf(lines.position(offset).line) ?? 0;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

interface Child extends Span {
  readonly key: string;
}

function childrenOf(node: ObjectNode | ListNode): readonly Child[] {
  if (node.is === 'list') return node.items.map(({ start, end }, index) => ({ key: String(index), start, end }));
  return node.members.map(({ name, start, end }, index) => ({ key: name ?? `...${index}`, start, end }));
}

function containerEdits(source: Source, style: Style, node: ObjectNode | ListNode, edit: ContainerEdit): TextEdit[] | null {
  // Which element of such a list is which is known when the program runs.
  if (node.is === 'list' && node.items.some(({ spread }) => spread)) return null;
  const children = childrenOf(node);
  const removed = new Set(edit.remove);
  const edits = children.filter(({ key }) => removed.has(key)).map((child) => removal(source, child, node));
  return edit.add.length === 0
    ? edits
    : [
        ...edits,
        ...additions(
          source,
          style,
          node,
          children.findLast(({ key }) => !removed.has(key)),
          edit,
        ),
      ];
}

function additions(source: Source, style: Style, node: ObjectNode | ListNode, last: Child | undefined, edit: ContainerEdit): TextEdit[] {
  const { text, lines } = source;
  const inline = isOneLine(source, node);
  const entries = (indent: string): string[] =>
    edit.add.map(({ name, value }) => `${name === undefined ? '' : `${writtenKey(name, style)}: `}${written(value, style, indent, inline)}`);
  if (last === undefined) {
    const only = inline && node.end - node.start === 2;
    if (only) return [{ start: node.start, end: node.end, text: node.is === 'object' ? `{ ${entries('').join(', ')} }` : `[${entries('').join(', ')}]` }];
    const indent = indentAt(source, node.start) + style.unit;
    const lead = inline ? ' ' : style.eol + indent;
    return [{ start: node.start + 1, end: node.start + 1, text: `${lead}${entries(indent).join(`,${lead}`)},` }];
  }
  const comma = commaAfter(text, last.end, node.end);
  if (inline) {
    const at = comma === null ? last.end : comma + 1;
    const list = entries(indentAt(source, last.start)).join(', ');
    return [{ start: at, end: at, text: comma === null ? `, ${list}` : ` ${list},` }];
  }
  const indent = indentAt(source, last.start);
  const behind = comma === null ? last.end : comma + 1;
  // Behind the comment of the last line, when there is nothing else.
  const lineEnd = lines.endOf(lines.position(behind).line) ?? behind;
  const at = /^[ \t]*(?:\/\/.*)?$/.test(text.slice(behind, lineEnd)) ? lineEnd : behind;
  const added = entries(indent)
    .map((entry) => style.eol + indent + entry)
    .join(',');
  return comma === null
    ? [
        { start: last.end, end: last.end, text: ',' },
        { start: at, end: at, text: added },
      ]
    : [{ start: at, end: at, text: `${added},` }];
}

/** The comma that follows a child, behind blanks and comments. */
function commaAfter(text: string, from: number, end: number): number | null {
  const between = /(?:\s|\/\/[^\r\n]*|\/\*[^]*?\*\/)*/y;
  between.lastIndex = from;
  const at = from + (between.exec(text)?.[0].length ?? 0);
  return at < end && text[at] === ',' ? at : null;
}

/** With its lines where it has them for itself, else with the comma beside it. */
function removal({ text, lines }: Source, child: Span, node: Span): TextEdit {
  const from = lines.startOf(lines.position(child.start).line) ?? child.start;
  const comma = commaAfter(text, child.end, node.end);
  const end = comma === null ? child.end : comma + 1;
  const line = lines.position(end).line;
  const lineEnd = lines.endOf(line) ?? end;
  const alone = /^[ \t]*$/.test(text.slice(from, child.start)) && /^[ \t]*(?:\/\/.*)?$/.test(text.slice(end, lineEnd));
  if (alone) return { start: from, end: lines.startOf(line + 1) ?? lineEnd, text: '' };
  if (comma !== null) return { start: child.start, end: end + (/^[ \t]*/.exec(text.slice(end, node.end - 1))?.[0].length ?? 0), text: '' };
  const before = /[ \t]*,[ \t]*$/.exec(text.slice(node.start + 1, child.start))?.[0] ?? '';
  return { start: child.start - before.length, end, text: '' };
}
