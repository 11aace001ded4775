import { parse } from '@babel/parser';
import { castDepth } from './casts.ts';
import { nodeOf, quasisOf } from './nodes.ts';
import { isSyntax, listOf, nameOf, type Syntax, textOf } from './syntax.ts';
import type { Call, CallName, Comment, Span, Tree } from './tree.ts';

/** Nothing that a person writes is larger, or nested deeper. */
const MAX_LENGTH = 1024 * 1024;
const MAX_CASTS = 6;
const MAX_DEPTH = 60;
const MAX_NODES = 2_000_000;

/** The `new` calls of a TypeScript file and the literals in them; null for a text that is no TypeScript. */
export function parseTypescript(text: string, jsx = false): Tree | null {
  if (text.length > MAX_LENGTH || castDepth(text) > MAX_CASTS) return null;
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
