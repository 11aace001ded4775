import { isObject, type Json } from '../model/json.ts';

/**
 * A value as a PowerShell literal in ASCII, so that no code page changes it: Windows PowerShell 5.1 reads UTF-8 without byte
 * order mark as ANSI, and typographic quotes are quotes to it. Text that is not printable ASCII goes through
 * `[regex]::Unescape`, whose own input is ASCII.
 */
export function literal(value: Json): string {
  if (value === null) return '$null';
  if (typeof value === 'boolean') return value ? '$true' : '$false';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : textLiteral(String(value));
  if (typeof value === 'string') return textLiteral(value);
  if (Array.isArray(value)) return `@(${(value as readonly Json[]).map((item) => literal(item)).join(', ')})`;
  if (isObject(value))
    return `@{ ${Object.entries(value)
      .map(([name, member]) => `${textLiteral(name)} = ${literal(member)}`)
      .join('; ')} }`;
  return '$null';
}

export function textLiteral(text: string): string {
  if (/^[\u0020-\u007e]*$/.test(text)) return `'${text.replaceAll("'", "''")}'`;
  let escaped = '';
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const plain = code >= 0x20 && code <= 0x7e && !"\\*+?|{}[]()^$.#'".includes(text[index] ?? '');
    escaped += plain ? text[index] : `\\u${code.toString(16).padStart(4, '0')}`;
  }
  return `([regex]::Unescape('${escaped}'))`;
}

/** Text that is a comment of one line, whatever it holds. */
export function comment(text: string): string {
  return `# ${text.replaceAll(/[^\u0020-\u007e]/g, '?').slice(0, 300)}`;
}
