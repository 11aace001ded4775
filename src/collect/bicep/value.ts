import type { Json } from '../../model/json.ts';
import type { Declaration, Member, Node, Span, Tree } from './tree.ts';

/**
 * A file's value as the rest of the program sees it: one member for each statement, by its name; objects, lists and literals
 * as they are; an expression as an ARM template writes one, `[…]`, with its own text in it; the body of a loop as the one
 * element of a list. A nested resource is the member `::name` of its parent.
 */
export function valueOfTree({ declarations }: Tree, text: string): Json {
  return Object.fromEntries(declarations.toReversed().map((declaration) => [keyOf(declaration), valueOfDeclaration(declaration, text)] as const));
}

/** Parameters, variables, resources and modules share their names; whatever else has one of its own. */
export function keyOf({ word, name }: Declaration): string {
  return word === 'param' || word === 'var' || word === 'resource' || word === 'module' ? name : `${word} ${name}`;
}

export function nestedKey({ name }: Declaration): string {
  return `::${name}`;
}

function valueOfDeclaration({ value }: Declaration, text: string): Json {
  return value === null ? null : valueOf(value, text);
}

function valueOf(node: Node, text: string): Json {
  switch (node.is) {
    case 'object':
      return Object.fromEntries([
        ...node.members.map((member, index) => [memberKey(member, index), valueOf(member.value, text)] as const),
        ...node.nested.map((nested) => [nestedKey(nested), valueOfDeclaration(nested, text)] as const),
      ]);
    case 'list':
      return node.items.map(({ spread, value }) => (spread ? `[...${text.slice(value.start, value.end)}]` : valueOf(value, text)));
    case 'loop':
      return [valueOf(node.body, text)];
    case 'text':
      return node.value.startsWith('[') ? `[${node.value}` : node.value;
    case 'plain':
      return node.value;
    default:
      return `[${text.slice(node.start, node.end)}]`;
  }
}

export function memberKey({ name }: Member, index: number): string {
  return name ?? `...${index}`;
}

/** What stands at a place of a file's value. */
export interface Found {
  /** Null of a statement without a value. */
  readonly node: Node | null;
  readonly span: Span;
  readonly key: Span | null;
}

export function findIn({ declarations }: Tree, steps: readonly string[]): Found | undefined {
  const [first, ...rest] = steps;
  const declaration = declarations.find((candidate) => keyOf(candidate) === first);
  if (declaration === undefined) return undefined;
  let found: Found | undefined = foundOf(declaration);
  for (const step of rest) {
    found = found.node === null ? undefined : below(found.node, step);
    if (found === undefined) return undefined;
  }
  return found;
}

function foundOf({ value, key }: Declaration): Found {
  return { node: value, span: value ?? key, key };
}

function below(node: Node, step: string): Found | undefined {
  if (node.is === 'object') {
    const nested = node.nested.find((candidate) => nestedKey(candidate) === step);
    if (nested !== undefined) return foundOf(nested);
    const member = node.members.find((candidate, index) => memberKey(candidate, index) === step);
    return member === undefined ? undefined : { node: member.value, span: member.value, key: member.key };
  }
  const element = node.is === 'list' ? node.items[Number(step)]?.value : node.is === 'loop' && step === '0' ? node.body : undefined;
  return element === undefined ? undefined : { node: element, span: element, key: null };
}
