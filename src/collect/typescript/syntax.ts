/** A node of the parser's tree (https://github.com/babel/babel/blob/main/packages/babel-parser/ast/spec.md); members by their names there. */
export interface Syntax {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

export function isSyntax(value: unknown): value is Syntax {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'start' in value && typeof value.start === 'number'
  );
}

export function listOf(value: unknown): readonly Syntax[] {
  return Array.isArray(value) ? value.filter(isSyntax) : [];
}

export function nameOf(node: unknown): string | null {
  return isSyntax(node) && node.type === 'Identifier' && typeof node['name'] === 'string' ? node['name'] : null;
}

export function textOf(node: unknown): string | null {
  return isSyntax(node) && node.type === 'StringLiteral' && typeof node['value'] === 'string' ? node['value'] : null;
}
