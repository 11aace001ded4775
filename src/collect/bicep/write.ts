import type { Lines } from '../../lib/lines.ts';
import { isObject, type Json } from '../../model/json.ts';

export interface Style {
  readonly eol: string;
  /** One step of indentation. */
  readonly unit: string;
}

/** The blanks that a line begins with. */
export function indentAt({ text, lines }: { readonly text: string; readonly lines: Lines }, offset: number): string {
  const start = lines.startOf(lines.position(offset).line) ?? 0;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

/** A value as Bicep writes it; `indent` is that of the line on which it begins. Inline it stays on that line. */
export function written(value: Json, style: Style, indent: string, inline = false): string {
  if (typeof value === 'string') return writtenText(value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : `json(${writtenText(String(value))})`;
  if (typeof value !== 'object' || value === null) return String(value);
  const deeper = indent + style.unit;
  const entries = isObject(value)
    ? Object.entries(value).map(([name, inner]) => `${writtenKey(name)}: ${written(inner, style, deeper, inline)}`)
    : value.map((inner) => written(inner, style, deeper, inline));
  const [open, close] = isObject(value) ? '{}' : '[]';
  if (entries.length === 0) return `${open}${close}`;
  if (inline) return isObject(value) ? `{ ${entries.join(', ')} }` : `[${entries.join(', ')}]`;
  return `${open}${entries.map((entry) => `${style.eol}${deeper}${entry}`).join('')}${style.eol}${indent}${close}`;
}

export function writtenKey(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : writtenText(name);
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function writtenText(value: string): string {
  const escaped = value.replaceAll(
    // oxlint-disable-next-line no-control-regex -- control characters are what is escaped
    /[\\'\u0000-\u001f\u007f]|\$(?=\{)/g,
    (char) => ESCAPES[char] ?? (char === '$' ? '\\$' : `\\u{${char.charCodeAt(0).toString(16)}}`),
  );
  return `'${escaped}'`;
}
