import type { ContainerEdit, Operation, Refusal } from '../../lib/edit-plan.ts';
import { lineBreakOf, type Lines } from '../../lib/lines.ts';
import type { TextEdit } from '../../lib/text-edit.ts';
import { isObject } from '../../model/json.ts';
import { pointerOf } from '../../model/pointer.ts';
import type { ListNode, ObjectNode, Span, Tree } from './tree.ts';
import { findIn, keyOf, memberKey, nestedKey } from './value.ts';
import { indentAt, type Style, written, writtenKey } from './write.ts';

/** A Bicep text with its tree. */
export interface Source {
  readonly text: string;
  readonly lines: Lines;
  readonly tree: Tree;
}

/** The edits that carry out operations. Only literals are edited: an expression, or the body of a loop as an element, is not. */
export function bicepEdits(source: Source, operations: readonly Operation[]): TextEdit[] | Refusal {
  const style: Style = { eol: lineBreakOf(source.text, source.lines), unit: unitOf(source.text) };
  const edits: TextEdit[] = [];
  for (const operation of operations) {
    if (operation.at.length === 0) {
      const removed = statementsToRemove(operation, source);
      if (removed === null) return { refused: 'Statements are not added.', pointer: '' };
      edits.push(...statementsRemoved(source, removed));
      continue;
    }
    const found = findIn(source.tree, operation.at);
    const pointer = pointerOf(operation.at);
    const node = found?.node ?? null;
    if (node === null) return { refused: `Nothing is stated at '${pointer}'.`, pointer };
    if (node.is === 'name' || node.is === 'expression') return { refused: 'The value is an expression: change what it is made from.', pointer };
    if (node.is === 'loop') return { refused: 'The list is made by a loop: change what it is made from.', pointer };
    if ('replace' in operation) {
      if (node.is === 'object' && node.nested.length > 0) return { refused: 'There are resources in it.', pointer };
      const inline = (node.is === 'object' || node.is === 'list') && node.end - node.start > 2 && isOneLine(source, node);
      edits.push({ start: node.start, end: node.end, text: written(operation.replace, style, indentAt(source, node.start), inline) });
    } else if (node.is === 'object' || node.is === 'list') edits.push(...containerEdits(source, style, node, operation));
    else return { refused: `'${pointer}' is neither an object nor a list.`, pointer };
  }
  return edits;
}

function isOneLine({ lines }: Source, { start, end }: Span): boolean {
  return lines.position(start).line === lines.position(end).line;
}

/** One step of indentation, as the first indented line has it. */
function unitOf(text: string): string {
  return /^([ \t]+)\S/m.exec(text.slice(0, 100_000))?.[1]?.slice(0, 8) ?? '  ';
}

interface Child extends Span {
  readonly key: string;
}

/** Null when the operation does anything else. */
function statementsToRemove(operation: Operation, { tree }: Source): readonly string[] | null {
  if ('replace' in operation) return isObject(operation.replace) && Object.keys(operation.replace).length === 0 ? tree.declarations.map(keyOf) : null;
  return operation.add.length === 0 ? operation.remove : null;
}

function statementsRemoved(source: Source, names: readonly string[]): TextEdit[] {
  const whole = { start: 0, end: source.text.length };
  return source.tree.declarations.filter((declaration) => names.includes(keyOf(declaration))).map((declaration) => removal(source, declaration, whole));
}

function childrenOf(node: ObjectNode | ListNode): Child[] {
  if (node.is === 'list') return node.items.map(({ value, spread }, index) => ({ key: String(index), start: value.start - (spread ? 3 : 0), end: value.end }));
  return node.members.map((member, index) => ({ key: memberKey(member, index), start: member.start, end: member.end }));
}

function containerEdits(source: Source, style: Style, node: ObjectNode | ListNode, edit: ContainerEdit): TextEdit[] {
  const children = childrenOf(node);
  const removed = new Set(edit.remove);
  const nested =
    node.is === 'object' ? node.nested.map((declaration) => ({ key: nestedKey(declaration), start: declaration.start, end: declaration.end })) : [];
  const edits = [...children, ...nested].filter(({ key }) => removed.has(key)).map((child) => removal(source, child, node));
  if (edit.add.length === 0) return edits;
  const { text, lines } = source;
  const last = children.findLast(({ key }) => !removed.has(key));
  const oneLine = isOneLine(source, node);
  const inline = oneLine && last !== undefined;
  const entries = (indent: string): string[] =>
    edit.add.map(({ name, value }) => `${name === undefined ? '' : `${writtenKey(name)}: `}${written(value, style, indent, inline)}`);
  if (inline) return [...edits, { start: last.end, end: last.end, text: `, ${entries(indentAt(source, last.start)).join(', ')}` }];
  const indent = last === undefined ? indentAt(source, node.start) + style.unit : indentAt(source, last.start);
  const text_ = entries(indent)
    .map((entry) => `${style.eol}${indent}${entry}`)
    .join('');
  if (last === undefined) {
    const closing = oneLine ? `${style.eol}${indentAt(source, node.start)}` : '';
    return [...edits, { start: node.start + 1, end: node.start + 1, text: text_ + closing }];
  }
  // Behind the comment of the last line, when there is nothing else.
  const lineEnd = lines.endOf(lines.position(last.end).line) ?? last.end;
  const at = /^[ \t]*,?[ \t]*(?:\/\/.*)?$/.test(text.slice(last.end, lineEnd)) ? lineEnd : last.end;
  return [...edits, { start: at, end: at, text: text_ }];
}

/** With its lines where it has them for itself, else with the comma beside it. */
function removal({ text, lines }: Source, child: Span, node: Span): TextEdit {
  const from = lines.startOf(lines.position(child.start).line) ?? child.start;
  const line = lines.position(child.end).line;
  const lineEnd = lines.endOf(line) ?? child.end;
  const alone = /^[ \t]*$/.test(text.slice(from, child.start)) && /^[ \t]*,?[ \t]*(?:\/\/.*)?$/.test(text.slice(child.end, lineEnd));
  if (alone) return { start: from, end: lines.startOf(line + 1) ?? lineEnd, text: '' };
  const after = /^[ \t]*,[ \t]*/.exec(text.slice(child.end, node.end - 1))?.[0] ?? '';
  const before = after === '' ? (/[ \t]*,[ \t]*$/.exec(text.slice(node.start + 1, child.start))?.[0] ?? '') : '';
  return { start: child.start - before.length, end: child.end + after.length, text: '' };
}
