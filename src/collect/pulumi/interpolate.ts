/** A part of a text of a Pulumi YAML program. */
export type Piece = string | Access;

/** What `${name.member[0]["key"]}` leads to. */
export interface Access {
  readonly name: string;
  readonly steps: readonly (string | number)[];
  /** As written, without `${` and `}`. */
  readonly text: string;
}

/**
 * Texts and accesses in turn: `$${` stands for `${`. An access that cannot be read is one to nothing, named by its text.
 * https://www.pulumi.com/docs/iac/languages-sdks/yaml/yaml-language-reference/
 */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let literal = '';
  let at = 0;
  for (;;) {
    const found = text.indexOf('${', at);
    if (found < 0) break;
    if (found > at && text[found - 1] === '$') {
      literal += `${text.slice(at, found - 1)}\${`;
      at = found + 2;
      continue;
    }
    const end = closing(text, found + 2);
    if (end < 0) break;
    literal += text.slice(at, found);
    if (literal !== '') pieces.push(literal);
    literal = '';
    pieces.push(accessOf(text.slice(found + 2, end)));
    at = end + 1;
  }
  literal += text.slice(at);
  if (literal !== '' || pieces.length === 0) pieces.push(literal);
  return pieces;
}

/** The brace that ends an access; braces in quotes do not. */
function closing(text: string, from: number): number {
  let quoted = false;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === '"' && text[at - 1] !== '\\') quoted = !quoted;
    else if (char === '}' && !quoted) return at;
  }
  return -1;
}

const STEP = /\.([\w$-]+)|\[(\d{1,6})\]|\["((?:[^"\\]|\\.){0,200})"\]/y;
const NAME = /[\w$:-]+/y;

function accessOf(text: string): Access {
  const trimmed = text.trim();
  NAME.lastIndex = 0;
  const name = NAME.exec(trimmed)?.[0] ?? '';
  const steps: (string | number)[] = [];
  STEP.lastIndex = name.length;
  let end = name.length;
  for (let match = STEP.exec(trimmed); match !== null; match = STEP.exec(trimmed)) {
    steps.push(match[2] === undefined ? (match[1] ?? match[3] ?? '') : Number(match[2]));
    end = STEP.lastIndex;
  }
  return end === trimmed.length && name !== '' ? { name, steps, text: trimmed } : { name: '', steps: [], text: trimmed };
}
