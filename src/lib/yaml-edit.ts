import type { Json } from '../model/json.ts';
import { pointerOf } from '../model/pointer.ts';
import type { Addition, ContainerEdit, Operation, Refusal } from './edit-plan.ts';
import { lineBreakOf, lineEnd, lineStart, type Lines } from './lines.ts';
import type { TextEdit } from './text-edit.ts';
import { flowAdditions, flowRemovals } from './yaml-flow-edit.ts';
import { findNode, type YamlPlace } from './yaml-locate.ts';
import type { YamlText } from './yaml-text.ts';
import type { YamlList, YamlMap, YamlNode } from './yaml-tree.ts';
import { blockText, doubleQuoted, entryText, flowText, isInline, itemText, singleQuoted, valueText, type YamlStyle } from './yaml-write.ts';

/** The edits of a YAML text that carry out operations, in its own style; or why one of them is not made. */
export function yamlEdits(text: string, lines: Lines, tree: YamlText, operations: readonly Operation[]): TextEdit[] | Refusal {
  const style = styleOf(text, lines, tree.root);
  const edits: TextEdit[] = [];
  for (const operation of operations) {
    const pointer = pointerOf(operation.at);
    const place = findNode(tree.root, operation.at);
    const barrier = place === undefined ? 'there is nothing at that place' : (place.barrier ?? childBarrier(place.node, operation));
    if (place === undefined || barrier !== undefined) return { refused: `'${pointer}' is not edited: ${barrier}.`, pointer };
    const made = 'replace' in operation ? replace(text, style, place, operation.replace) : editContainer(text, style, place, operation);
    if (made === undefined) return { refused: `'${pointer}' is not edited: its text cannot be replaced without losing a comment.`, pointer };
    for (const edit of made) edits.push(edit);
  }
  return edits;
}

/** A child that goes must not be what others refer to, nor come from elsewhere. An alias itself may go. */
function childBarrier(node: YamlNode, operation: Operation): string | undefined {
  if ('replace' in operation) return undefined;
  if (node.kind === 'map' && node.bare) return 'the value is a pair inside of a list';
  for (const step of operation.remove) {
    const child = findNode(node, [step]);
    if (child === undefined) return 'there is nothing at that place';
    if (child.barrier !== undefined && child.node.kind !== 'alias') return child.barrier;
    if (node.kind === 'map' && node.merged.has(step)) return 'the value comes from a merge key';
  }
  return undefined;
}

function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** The first nested mapping and the first list below a name show how the file indents. */
function styleOf(text: string, lines: Lines, root: YamlNode): YamlStyle {
  let unit: number | undefined;
  let dash: number | undefined;
  const open: YamlNode[] = [root];
  for (let next = open.pop(); next !== undefined && (unit === undefined || dash === undefined); next = open.pop()) {
    if (next.kind === 'list') for (const item of next.items.toReversed()) open.push(item.node);
    if (next.kind !== 'map' || next.flow) continue;
    for (const member of next.members.toReversed()) open.push(member.node);
    for (const { start, node } of next.members) {
      const nested = (node.kind === 'map' || node.kind === 'list') && !node.flow ? columnOf(text, node.start) - columnOf(text, start) : undefined;
      if (node.kind === 'map' && nested !== undefined && nested > 0) unit ??= nested;
      if (node.kind === 'list' && nested !== undefined && nested >= 0) dash ??= nested;
    }
  }
  return { eol: lineBreakOf(text, lines), unit: unit ?? (dash || 2), dash: dash ?? unit ?? 2 };
}

function restOfLine(text: string, offset: number): string {
  return text.slice(offset, lineEnd(text, offset));
}

/** A new scalar keeps the quotes of the old one. */
function inlineText(value: Json, place: YamlPlace): string {
  const old = place.node.kind === 'scalar' ? place.node.style : undefined;
  if (typeof value === 'string' && old === 'double') return doubleQuoted(value);
  const single = typeof value === 'string' && old === 'single' ? singleQuoted(value) : undefined;
  return single ?? flowText(value, { inFlow: place.inFlow, quoted: place.inFlow && place.member?.keyStyle === 'double' });
}

function replace(text: string, style: YamlStyle, place: YamlPlace, value: Json): TextEdit[] | undefined {
  const { node } = place;
  if (node.kind === 'scalar' && node.style === 'block' && restOfLine(text, node.start).includes('#')) return undefined;
  const anchorAt = place.member?.colonEnd ?? place.item?.dashEnd;
  if (node.kind === 'scalar' && node.style === 'empty') return fillEmpty(text, style, place, value);
  const commented = /\S/.test(restOfLine(text, node.end));
  const isBlock = (node.kind === 'map' || node.kind === 'list') && !node.flow;
  if (isBlock) return replaceBlock(text, style, place, value);
  const emptyFlow = (node.kind === 'map' || node.kind === 'list') && text.slice(node.start + 1, node.end - 1).trim() === '';
  const mayGrow = !place.inFlow && !commented && (node.kind === 'scalar' || emptyFlow);
  if (isInline(value) || !mayGrow) return [{ start: node.start, end: node.end, text: inlineText(value, place) }];
  if (place.member !== undefined && anchorAt !== undefined && text.slice(anchorAt, node.start).trim() === '') {
    return [{ start: anchorAt, end: node.end, text: valueText(value, columnOf(text, place.member.start), style) }];
  }
  return [{ start: node.start, end: node.end, text: blockText(value, columnOf(text, node.start), style) }];
}

/** `name:`, `-`, a name in a flow mapping without a value, or a document with no value at all. */
function fillEmpty(text: string, style: YamlStyle, place: YamlPlace, value: Json): TextEdit[] {
  const { member, item } = place;
  const insert = (at: number, added: string): TextEdit[] => [{ start: at, end: at, text: added }];
  if (member === undefined && item === undefined) {
    const end = text.length;
    const separator = end > 0 && lineStart(text, end) !== end ? style.eol : '';
    return insert(end, `${separator}${blockText(value, 0, style)}${style.eol}`);
  }
  if (member?.colonEnd === undefined && member !== undefined) return insert(member.keyEnd, `: ${inlineText(value, place)}`);
  const at = member?.colonEnd ?? item?.dashEnd ?? place.node.start;
  if (isInline(value) || place.inFlow) return insert(at, ` ${inlineText(value, place)}`);
  if (member !== undefined) return insert(lineEnd(text, at), valueText(value, columnOf(text, member.start), style));
  const column = columnOf(text, item?.start ?? at) + 2;
  if (/\S/.test(restOfLine(text, at))) return insert(lineEnd(text, at), style.eol + ' '.repeat(column) + blockText(value, column, style));
  return insert(at, ` ${blockText(value, column, style)}`);
}

/** A block collection gives way with all its lines; comments before its first child stay. */
function replaceBlock(text: string, style: YamlStyle, place: YamlPlace, value: Json): TextEdit[] {
  const { node, member, item } = place;
  const end = lineEnd(text, node.end);
  const above = member?.colonEnd ?? item?.dashEnd;
  const below = above !== undefined && lineEnd(text, above) < node.start;
  if (above === undefined || !below)
    return [{ start: node.start, end, text: isInline(value) ? flowText(value, { inFlow: false }) : blockText(value, columnOf(text, node.start), style) }];
  // Comments between the name and the first child are nobody's own: they stay.
  const line = lineStart(text, node.start);
  const start = line - breakLength(text, line);
  if (isInline(value)) {
    return [
      { start: above, end: above, text: ` ${flowText(value, { inFlow: false })}` },
      { start, end, text: '' },
    ];
  }
  const column = columnOf(text, member?.start ?? item?.start ?? 0);
  const body = member === undefined ? `${style.eol}${' '.repeat(column + 2)}${blockText(value, column + 2, style)}` : valueText(value, column, style);
  return [{ start, end, text: body }];
}

function editContainer(text: string, style: YamlStyle, place: YamlPlace, edit: ContainerEdit): TextEdit[] | undefined {
  const { node } = place;
  if (node.kind !== 'map' && node.kind !== 'list') return undefined;
  const children = node.kind === 'map' ? node.members : node.items;
  if (children.length === 0 && text.slice(node.start, node.end).includes('#')) return undefined;
  if (children.length === 0) return replace(text, style, place, valueOf(node, edit.add));
  const removed = new Set(edit.remove.map((step) => (node.kind === 'map' ? node.members.findIndex((member) => member.name === step) : Number(step))));
  if (node.flow) return [...flowRemovals(text, node, removed), ...flowAdditions(text, style.eol, node, removed, edit.add)];
  return [...blockRemovals(text, node, removed), ...blockAdditions(text, style, node, edit.add)];
}

function valueOf(node: YamlMap | YamlList, add: readonly Addition[]): Json {
  return node.kind === 'list' ? add.map((addition) => addition.value) : Object.fromEntries(add.map((addition) => [addition.name ?? '', addition.value]));
}

/** New children follow the collection's deepest last leaf, at the end of its line: behind its own comment, before any other. */
function blockAdditions(text: string, style: YamlStyle, node: YamlMap | YamlList, add: readonly Addition[]): TextEdit[] {
  if (add.length === 0) return [];
  const first = node.kind === 'map' ? node.members[0] : node.items[0];
  const column = columnOf(text, first?.start ?? node.start);
  const lines = add.map(({ name, value }) => (name === undefined ? itemText(value, column, style) : entryText(name, value, column, style)));
  const at = lineEnd(text, node.end);
  const lead = isSpaced(text, node) ? style.eol + style.eol : style.eol;
  return [{ start: at, end: at, text: lines.map((line) => lead + ' '.repeat(column) + line).join('') }];
}

/** Whether a blank line stands between any two neighbours, of at least one pair; after a block scalar that keeps them it would be text. */
function isSpaced(text: string, node: YamlMap | YamlList): boolean {
  const children = rangesOf(node);
  if (children.length < 2 || keepsBlankLines(text, node)) return false;
  return children.slice(1).every((child, index) => /\n[ \t]*\r?\n/.test(text.slice(lineEnd(text, children[index]?.end ?? 0), child.start)));
}

function keepsBlankLines(text: string, node: YamlNode): boolean {
  let last: YamlNode | undefined = node;
  while (last !== undefined && (last.kind === 'map' || last.kind === 'list') && !last.flow) {
    last = last.kind === 'map' ? last.members.at(-1)?.node : last.items.at(-1)?.node;
  }
  return last?.kind === 'scalar' && last.style === 'block' && /^[|>][-0-9]*\+/.test(text.slice(last.start, last.start + 4));
}

function rangesOf(node: YamlMap | YamlList): { start: number; end: number }[] {
  return node.kind === 'map'
    ? node.members.map((member) => ({ start: member.start, end: Math.max(member.keyEnd, member.colonEnd ?? 0, member.node.end) }))
    : node.items.map((item) => ({ start: item.start, end: Math.max(item.dashEnd, item.node.end) }));
}

/** Each run of removed children goes with its lines and their comments. */
function blockRemovals(text: string, node: YamlMap | YamlList, removed: ReadonlySet<number>): TextEdit[] {
  const children = rangesOf(node);
  const edits: TextEdit[] = [];
  for (let index = 0; index < children.length; index++) {
    if (!removed.has(index)) continue;
    const first = children[index];
    while (removed.has(index + 1)) index++;
    const last = children[index];
    if (first !== undefined && last !== undefined) edits.push(lineRemoval(text, first.start, lineEnd(text, last.end)));
  }
  return edits;
}

/**
 * Whole lines go with the line break before them, so that the deletion starts behind what is on the line above. What
 * begins in the middle of a line (`- name: …`) goes up to the same column of the next line.
 */
function lineRemoval(text: string, start: number, end: number): TextEdit {
  const line = lineStart(text, start);
  if (text.slice(line, start).trim() === '' && line > 0) return { start: line - breakLength(text, line), end, text: '' };
  const column = start - line;
  const next = /(?:\r?\n[ \t]*(?=\r?\n))*\r?\n( *)/y;
  next.lastIndex = end;
  const found = next.exec(text);
  const follows = found !== null && (found[1] ?? '').length >= column;
  return { start, end: follows ? end + found[0].length - (found[1] ?? '').length + column : end, text: '' };
}

function breakLength(text: string, offset: number): number {
  return text.startsWith('\r\n', offset - 2) ? 2 : 1;
}
