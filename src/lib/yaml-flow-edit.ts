import type { Addition } from './edit-plan.ts';
import { lineEnd, lineStart } from './lines.ts';
import type { TextEdit } from './text-edit.ts';
import type { YamlList, YamlMap } from './yaml-tree.ts';
import { flowText, memberText } from './yaml-write.ts';

interface Span {
  readonly start: number;
  readonly end: number;
}

function childrenOf(node: YamlMap | YamlList): Span[] {
  return node.kind === 'map'
    ? node.members.map((member) => ({ start: member.start, end: Math.max(member.keyEnd, member.colonEnd ?? 0, member.node.end) }))
    : node.items.map((item) => ({ start: item.start, end: item.node.end }));
}

/** Offset of the comma after a child, if there is one: behind blanks, line breaks and comments. */
function commaAfter(text: string, end: number): number | undefined {
  const gap = /(?:\s|(?<=\s)#[^\r\n]*)*/y;
  gap.lastIndex = end;
  const at = end + (gap.exec(text)?.[0].length ?? 0);
  return text.charAt(at) === ',' ? at : undefined;
}

/** Each run of removed children goes with the comma after it; at the end, with the comma before it. */
export function flowRemovals(text: string, node: YamlMap | YamlList, removed: ReadonlySet<number>): TextEdit[] {
  const children = childrenOf(node);
  const edits: TextEdit[] = [];
  for (let index = 0; index < children.length; index++) {
    if (!removed.has(index)) continue;
    const before = children[index - 1];
    const first = children[index];
    while (removed.has(index + 1)) index++;
    const last = children[index];
    const after = children[index + 1];
    if (first === undefined || last === undefined) continue;
    if (after !== undefined) edits.push({ start: first.start, end: after.start, text: '' });
    else if (before !== undefined) edits.push(...lastRemoval(text, before.end, first.start, commentEnd(text, last.end)));
  }
  return edits;
}

/** The comma before the last child goes too, but a comment between them stays. */
function lastRemoval(text: string, before: number, start: number, end: number): TextEdit[] {
  const gap = text.slice(before, start);
  if (!gap.includes('#')) return [{ start: before, end, text: '' }];
  const comma = commaAfter(text, before);
  const line = lineStart(text, start);
  const from = text.slice(line, start).trim() === '' && line > 0 ? line - (text.startsWith('\r\n', line - 2) ? 2 : 1) : start;
  const rest = { start: Math.max(from, (comma ?? before) + 1), end, text: '' };
  return comma === undefined ? [rest] : [{ start: comma, end: comma + 1, text: '' }, rest];
}

export function flowAdditions(text: string, eol: string, node: YamlMap | YamlList, removed: ReadonlySet<number>, add: readonly Addition[]): TextEdit[] {
  const children = childrenOf(node);
  let index = children.length - 1;
  while (index > 0 && removed.has(index)) index--;
  const last = children[index];
  if (add.length === 0 || last === undefined) return [];
  const quoted = node.kind === 'map' ? node.members.at(-1)?.keyStyle === 'double' : false;
  const written = add.map(({ name, value }) =>
    name === undefined ? flowText(value, { inFlow: true, quoted }) : memberText(name, value, { inFlow: true, quoted }),
  );
  const line = lineStart(text, last.start);
  const ownLine = line > node.start && text.slice(line, last.start).trim() === '';
  const separator = ownLine ? eol + text.slice(line, last.start) : ' ';
  const trailing = removed.size === 0 ? commaAfter(text, last.end) : undefined;
  const body = written.map((child) => separator + child).join(',');
  if (trailing !== undefined) {
    const at = ownLine ? commentEnd(text, trailing + 1) : trailing + 1;
    return [{ start: at, end: at, text: ownLine ? `${body},` : body }];
  }
  // A comment beside the last child stays beside it: the comma goes before the comment, the rest below.
  const at = ownLine && removed.size === 0 ? commentEnd(text, last.end) : last.end;
  if (at === last.end) return [{ start: at, end: at, text: `,${body}` }];
  return [
    { start: last.end, end: last.end, text: ',' },
    { start: at, end: at, text: body },
  ];
}

/** The end of the line when nothing but a comment is left on it, else the offset itself. */
function commentEnd(text: string, offset: number): number {
  const end = lineEnd(text, offset);
  return /^[ \t]+#/.test(text.slice(offset, end)) ? end : offset;
}
