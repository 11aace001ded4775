/**
 * JSON whose comments are blanks, so that every place stays where it was; null for a text without comments. Azure takes both kinds in
 * templates: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax#comments-and-metadata
 */
export function withoutComments(text: string): string | null {
  let out = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) at = stringEnd(text, at);
    if (character !== SLASH) continue;
    const end = commentEnd(text, at);
    if (end === at) continue;
    out += text.slice(from, at) + text.slice(at, end).replaceAll(/[^\r\n]/g, ' ');
    from = end;
    at = end - 1;
  }
  return from === 0 ? null : out + text.slice(from);
}

const LINE_END = /[\r\n]/g;
const [QUOTE, SLASH, BACKSLASH] = [0x22, 0x2f, 0x5c];

/** The closing quote, or the end of a text that has none. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}

/** Behind the comment that begins here; the start itself where none does, or where it never ends. */
function commentEnd(text: string, start: number): number {
  if (text.startsWith('//', start)) {
    LINE_END.lastIndex = start;
    return LINE_END.exec(text)?.index ?? text.length;
  }
  const end = text.startsWith('/*', start) ? text.indexOf('*/', start + 2) : -1;
  return end < 0 ? start : end + 2;
}
