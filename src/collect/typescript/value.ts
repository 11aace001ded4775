import type { Json } from '../../model/json.ts';
import type { Call, Node, Span, Tree } from './tree.ts';

/**
 * A program's value as the rest of the scan sees it: `{ calls: [{ new, '(name)', properties }] }`, literals as they are, an
 * expression as a Pulumi YAML program writes one, `${…}`, with its own text in it. A list with a spread is an object: elements
 * before the first spread by their index, which is theirs when the program runs too, those behind it by names that no index is.
 */
export function valueOfTree(tree: Tree, text: string): Json {
  const shown = textWithoutCalls(tree, text);
  return {
    calls: tree.calls.map((call) => ({
      new: call.path.join('.'),
      '(name)': call.name.is === 'text' ? quoted(call.name.value) : call.name.is === 'pattern' ? `\${${call.name.parts.join('\0')}}` : '${}',
      ...(call.args === null ? {} : { properties: valueOf(call.args, shown) }),
    })),
  };
}

type Shown = (span: Span) => string;

/** An expression's text, where a call within it stands for itself: what is edited in one is no change of the other. */
function textWithoutCalls({ calls }: Tree, text: string): Shown {
  return ({ start, end }) => {
    let shown = '';
    let at = start;
    for (let index = firstFrom(calls, start); index < calls.length; index++) {
      const call = calls[index];
      if (call === undefined || call.start >= end) break;
      if (call.start < at || call.end > end) continue;
      shown += `${text.slice(at, call.start)}#${index}`;
      at = call.end;
    }
    return shown + text.slice(at, end);
  };
}

/** The first call that begins at an offset or later. */
function firstFrom(calls: readonly Call[], offset: number): number {
  let low = 0;
  let high = calls.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((calls[middle]?.start ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function valueOf(node: Node, shown: Shown): Json {
  switch (node.is) {
    case 'object':
      return Object.fromEntries(node.members.map(({ name, value }, index) => [name ?? `...${index}`, valueOf(value, shown)] as const));
    case 'list': {
      const first = node.items.findIndex(({ spread }) => spread);
      if (first < 0) return node.items.map(({ value }) => valueOf(value, shown));
      return Object.fromEntries(node.items.map(({ value }, index) => [itemKey(index, first), valueOf(value, shown)] as const));
    }
    case 'text':
      return quoted(node.value);
    case 'plain':
      return node.value;
    default:
      return `\${${shown(node)}}`;
  }
}

/** A text that looks like an expression is told from one, as Pulumi YAML does. */
export function quoted(text: string): string {
  // By a function: a dollar means something in a replacement text.
  return text.replaceAll('${', () => '$${');
}

export function unquoted(text: string): string {
  return text.replaceAll('$${', '${');
}

export function isExpression(text: string): boolean {
  return /(?<!\$)\$\{/.test(text);
}

function itemKey(index: number, firstSpread: number): string {
  return index < firstSpread ? String(index) : `...${index}`;
}

/** What stands at a place of a file's value. */
export interface Found {
  readonly node: Node | null;
  readonly span: Span;
  readonly key: Span | null;
}

export function findIn({ calls }: Tree, steps: readonly string[]): Found | undefined {
  const [section, index, bag, ...rest] = steps;
  const call = section === 'calls' && /^\d{1,9}$/.test(index ?? '') ? calls[Number(index)] : undefined;
  if (call === undefined) return undefined;
  if (bag === undefined) return { node: null, span: call, key: null };
  if (bag !== 'properties' || call.args === null) return undefined;
  let found: Found = { node: call.args, span: call.args, key: null };
  for (const step of rest) {
    const next = found.node === null ? undefined : below(found.node, step);
    if (next === undefined) return undefined;
    found = next;
  }
  return found;
}

function below(node: Node, step: string): Found | undefined {
  if (node.is === 'object') {
    // Of two members of one name the last counts.
    const at = node.members.findLastIndex(({ name }, index) => (name ?? `...${index}`) === step);
    const member = node.members[at];
    return member === undefined ? undefined : { node: member.value, span: member.value, key: member.key };
  }
  if (node.is !== 'list') return undefined;
  const first = node.items.findIndex(({ spread }) => spread);
  const item = node.items.find((_item, index) => (first < 0 ? String(index) : itemKey(index, first)) === step);
  return item === undefined ? undefined : { node: item.value, span: item, key: null };
}
