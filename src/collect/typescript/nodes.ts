import { isSyntax, listOf, nameOf, type Syntax, textOf } from './syntax.ts';
import type { Item, Member, Node, Span } from './tree.ts';

/** Nested deeper, it is an expression. */
const MAX_DEPTH = 60;

/** A value of the parser's tree, as far as it is written out. */
export function nodeOf(node: Syntax, depth: number): Node {
  const span = { start: node.start, end: node.end };
  if (depth > MAX_DEPTH) return { is: 'expression', ...span };
  switch (node.type) {
    case 'ObjectExpression':
      return { is: 'object', ...span, members: listOf(node['properties']).map((property) => memberOf(property, depth)) };
    case 'ArrayExpression': {
      const elements = Array.isArray(node['elements']) ? (node['elements'] as readonly unknown[]) : [];
      // A list with holes has elements that nothing states.
      return elements.every(isSyntax) ? { is: 'list', ...span, items: elements.map((element) => itemOf(element, depth)) } : { is: 'expression', ...span };
    }
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
      return castOf(node, span, depth);
    default:
      return scalarOf(node, span);
  }
}

function memberOf(property: Syntax, depth: number): Member {
  const span = { start: property.start, end: property.end };
  const { key, value } = property;
  if (property.type !== 'ObjectProperty' || !isSyntax(key) || !isSyntax(value)) return { ...span, name: null, key: span, value: { is: 'expression', ...span } };
  const number = key.type === 'NumericLiteral' && typeof key['value'] === 'number' ? String(key['value']) : null;
  const name = property['computed'] === true ? null : (nameOf(key) ?? textOf(key) ?? number);
  // `__proto__: x` sets no member.
  const known = name === '__proto__' ? null : name;
  return { ...span, name: known, key: { start: key.start, end: key.end }, value: known === null ? { is: 'expression', ...span } : nodeOf(value, depth + 1) };
}

function itemOf(element: Syntax, depth: number): Item {
  const spread = element.type === 'SpreadElement';
  return {
    start: element.start,
    end: element.end,
    spread,
    value: spread ? { is: 'expression', start: element.start, end: element.end } : nodeOf(element, depth + 1),
  };
}

/** What is cast is seen, but a literal that is cast to a type of its own must stay what it is. */
function castOf(node: Syntax, span: Span, depth: number): Node {
  const inner = isSyntax(node['expression']) ? nodeOf(node['expression'], depth + 1) : { is: 'expression' as const, ...span };
  return inner.is === 'object' || inner.is === 'list' ? inner : { is: 'expression', ...span };
}

function scalarOf(node: Syntax, span: Span): Node {
  const { value } = node;
  if (node.type === 'StringLiteral' && typeof value === 'string') return { is: 'text', ...span, value };
  if (node.type === 'NumericLiteral' && typeof value === 'number' && Number.isFinite(value)) return { is: 'plain', ...span, value };
  if (node.type === 'BooleanLiteral' && typeof value === 'boolean') return { is: 'plain', ...span, value };
  if (node.type === 'NullLiteral') return { is: 'plain', ...span, value: null };
  if (node.type === 'TemplateLiteral' && listOf(node['expressions']).length === 0) {
    const [only] = quasisOf(node) ?? [];
    if (only !== undefined) return { is: 'text', ...span, value: only };
  }
  if (node.type === 'UnaryExpression' && node['operator'] === '-' && isSyntax(node['argument'])) {
    const inner = scalarOf(node['argument'], span);
    if (inner.is === 'plain' && typeof inner.value === 'number') return { is: 'plain', ...span, value: -inner.value };
  }
  return { is: 'expression', ...span };
}

/** The texts between the holes of a template. */
export function quasisOf(node: Syntax): string[] | null {
  const cooked = listOf(node['quasis']).map((quasi) => {
    const value = quasi['value'];
    return typeof value === 'object' && value !== null && 'cooked' in value && typeof value.cooked === 'string' ? value.cooked : null;
  });
  return cooked.every((part) => part !== null) ? cooked : null;
}
