/**
 * Just enough of PowerShell's tokenizer to check generated commands: splits a text into literals and the code between them, and
 * gives the value that each literal has. Typographic quotes are quotes, as they are to PowerShell.
 */
export interface Literal {
  readonly source: string;
  readonly value: string;
}

const QUOTES = "'\u2018\u2019\u201a\u201b";
const DOUBLE = '"\u201c\u201d\u201e';

export function readPowerShell(text: string): { readonly literals: Literal[]; readonly code: string } {
  const literals: Literal[] = [];
  let code = '';
  let at = 0;
  while (at < text.length) {
    const character = text[at] ?? '';
    if (character === '#') {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else if (QUOTES.includes(character)) {
      const { end, value } = readQuoted(text, at);
      const isEscaped = code.endsWith('([regex]::Unescape(') && text[end] === ')';
      literals.push({ source: text.slice(at, end), value: isEscaped ? unescapeRegex(value) : value });
      code += '\u00a7';
      at = end;
    } else if (DOUBLE.includes(character)) {
      throw new Error('A double quote opens a literal that expands variables.');
    } else {
      const end = nextOf(text, at);
      code += text.slice(at, end);
      at = end;
    }
  }
  return { literals, code };
}

/** Where the next quote or comment begins. */
function nextOf(text: string, from: number): number {
  const special = /['"#\u2018-\u201e]/g;
  special.lastIndex = from;
  return special.exec(text)?.index ?? text.length;
}

function readQuoted(text: string, start: number): { readonly end: number; readonly value: string } {
  let value = '';
  let at = start + 1;
  while (at < text.length) {
    const character = text[at] ?? '';
    if (!QUOTES.includes(character)) {
      const end = Math.max(at + 1, nextOf(text, at));
      value += text.slice(at, end);
      at = end;
    } else if (QUOTES.includes(text[at + 1] ?? ' ')) {
      value += character;
      at += 2;
    } else return { end: at + 1, value };
  }
  throw new Error('A literal has no end.');
}

/** What .NET's Regex.Unescape does with `\uXXXX` and escaped letters. */
function unescapeRegex(text: string): string {
  return text.replaceAll(/\\u([0-9a-fA-F]{4})|\\(.)/gs, (_whole, hex: string | undefined, other: string | undefined) =>
    hex === undefined ? (other ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
