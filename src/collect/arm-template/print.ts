import type { Node } from './syntax.ts';

/** An expression as text, lower-cased where case does not count. */
export function printed(node: Node): string {
  switch (node.is) {
    case 'literal':
      return typeof node.value === 'string' ? `'${node.value}'` : String(node.value);
    case 'member':
      return `${printed(node.of)}.${node.name}`;
    case 'index':
      return `${printed(node.of)}[${printed(node.index)}]`;
    case 'call':
      return `${node.name}(${node.args.map((arg) => printed(arg)).join(',')})`;
  }
}

/** A symbol of one part without its braces. */
export function inner(text: string): string {
  return text.startsWith('{') && text.indexOf('}') === text.length - 1 ? text.slice(1, -1) : text;
}
