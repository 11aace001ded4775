import { parse } from '@babel/parser';
import type { Call, CallName, Comment, Item, Member, Node, Span, Tree } from './tree.ts';

/** A node of the parser's tree (https://github.com/babel/babel/blob/main/packages/babel-parser/ast/spec.md); members by their names there. */
interface Syntax {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

/** Nothing that a person writes is larger, or nested deeper. */
const MAX_LENGTH = 2 * 1024 * 1024;
const MAX_DEPTH = 60;
const MAX_NODES = 2_000_000;

/** The `new` calls of a TypeScript file and the literals in them; null for a text that is no TypeScript. */
export function parseTypescript(text: string, jsx = false): Tree | null {
  if (text.length > MAX_LENGTH) return null;
  const program = syntaxOf(text, jsx);
  if (program === null) return null;
  const imports = new Map<string, NonNullable<Call['imported']>>();
  const calls: Call[] = [];
  const parts: Span[] = [];
  const waiting: Syntax[] = [program.root];
  let seen = 0;
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (++seen > MAX_NODES) return null;
    readImports(node, imports);
    const call = node.type === 'NewExpression' ? callOf(node) : null;
    if (call !== null) calls.push(call);
    for (const [name, held] of Object.entries(node)) {
      for (const inner of Array.isArray(held) ? held : [held]) {
        if (!isSyntax(inner)) continue;
        waiting.push(inner);
        if (PARTS.has(name) && Array.isArray(held)) parts.push({ start: inner.start, end: inner.end });
      }
    }
  }
  return {
    calls: calls.map((call) => ({ ...call, imported: imports.get(call.path[0] ?? '') ?? null })).toSorted((a, b) => a.start - b.start),
    parts,
    comments: program.comments,
    faults: program.faults,
  };
}

/** Members of the parser's nodes that list what stands for itself. */
const PARTS: ReadonlySet<string> = new Set(['body', 'properties', 'elements', 'arguments', 'consequent', 'cases']);

interface Program {
  readonly root: Syntax;
  readonly comments: readonly Comment[];
  readonly faults: number;
}

function syntaxOf(text: string, jsx: boolean): Program | null {
  try {
    const parsed = parse(text, {
      sourceType: 'module',
      plugins: ['typescript', 'decorators-legacy', ...(jsx ? (['jsx'] as const) : [])],
      errorRecovery: true,
      attachComment: false,
      allowReturnOutsideFunction: true,
      allowUndeclaredExports: true,
    });
    const root: unknown = parsed.program;
    return isSyntax(root) ? { root, comments: (parsed.comments ?? []).flatMap(linesOfComment), faults: parsed.errors?.length ?? 0 } : null;
  } catch (error) {
    // What is nested so deep that the parser's stack ends is nobody's program either.
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}

function isSyntax(value: unknown): value is Syntax {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'start' in value && typeof value.start === 'number'
  );
}

/** Each line of a block by itself, without the stars that frame it. */
function linesOfComment(comment: { readonly value: string; readonly start?: number | null; readonly end?: number | null; readonly type: string }): Comment[] {
  const start = comment.start ?? 0;
  const end = comment.end ?? start;
  if (comment.type === 'CommentLine') return [{ start, end, text: comment.value }];
  const lines: Comment[] = [];
  for (const { 0: line, index } of comment.value.matchAll(/[^\r\n]+/g)) {
    const at = start + 2 + index;
    const isLast = at + line.length >= end - 2;
    lines.push({ start: lines.length === 0 ? start : at, end: isLast ? end : at + line.length, text: line.replace(/^[\s*]+/, '') });
  }
  return lines;
}

/** `import * as a from 'x'`, `import { b as c } from 'x'`, `import d = require('x')`, `const e = require('x')`. */
function readImports(node: Syntax, imports: Map<string, NonNullable<Call['imported']>>): void {
  if (node.type === 'ImportDeclaration') {
    const from = textOf(node['source']);
    for (const specifier of listOf(node['specifiers'])) {
      const local = nameOf(specifier['local']);
      const name = specifier.type === 'ImportSpecifier' ? (nameOf(specifier['imported']) ?? textOf(specifier['imported'])) : null;
      if (from !== null && local !== null) imports.set(local, { from, name });
    }
  } else if (node.type === 'TSImportEqualsDeclaration' || node.type === 'VariableDeclarator') {
    const local = nameOf(node['id']);
    const from = requiredBy(node.type === 'VariableDeclarator' ? node['init'] : node['moduleReference']);
    if (local !== null && from !== null) imports.set(local, { from, name: null });
  }
}

function requiredBy(node: unknown): string | null {
  if (!isSyntax(node)) return null;
  if (node.type === 'TSExternalModuleReference') return textOf(node['expression']);
  return node.type === 'CallExpression' && nameOf(node['callee']) === 'require' ? textOf(listOf(node['arguments'])[0]) : null;
}

function listOf(value: unknown): readonly Syntax[] {
  return Array.isArray(value) ? value.filter(isSyntax) : [];
}

function nameOf(node: unknown): string | null {
  return isSyntax(node) && node.type === 'Identifier' && typeof node['name'] === 'string' ? node['name'] : null;
}

function textOf(node: unknown): string | null {
  return isSyntax(node) && node.type === 'StringLiteral' && typeof node['value'] === 'string' ? node['value'] : null;
}

function callOf(node: Syntax): Call | null {
  const path = pathOf(node['callee'], 0);
  if (path === null) return null;
  const given = listOf(node['arguments']);
  const [first, second] = given;
  // Behind a spread nobody knows which argument is which.
  const spread = given.slice(0, 2).some(({ type }) => type === 'SpreadElement');
  return {
    start: node.start,
    end: node.end,
    path,
    imported: null,
    name: spread || first === undefined ? { is: 'any' } : callName(first),
    args: spread || second === undefined ? null : nodeOf(second, 0),
  };
}

function pathOf(node: unknown, depth: number): string[] | null {
  const name = nameOf(node);
  if (name !== null) return [name];
  if (!isSyntax(node) || node.type !== 'MemberExpression' || node['computed'] === true || depth > MAX_DEPTH) return null;
  const above = pathOf(node['object'], depth + 1);
  const last = nameOf(node['property']);
  return above === null || last === null ? null : [...above, last];
}

function callName(node: Syntax): CallName {
  const plain = nodeOf(node, 0);
  if (plain.is === 'text') return { is: 'text', value: plain.value };
  if (node.type !== 'TemplateLiteral') return { is: 'any' };
  const parts = quasisOf(node);
  return parts === null ? { is: 'any' } : { is: 'pattern', parts };
}

function quasisOf(node: Syntax): string[] | null {
  const cooked = listOf(node['quasis']).map((quasi) => {
    const value = quasi['value'];
    return typeof value === 'object' && value !== null && 'cooked' in value && typeof value.cooked === 'string' ? value.cooked : null;
  });
  return cooked.every((part) => part !== null) ? cooked : null;
}

function nodeOf(node: Syntax, depth: number): Node {
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
