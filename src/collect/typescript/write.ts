import { breakBefore, type Lines } from '../../lib/lines.ts';
import { isObject, type Json } from '../../model/json.ts';
import { unquoted } from './value.ts';

export interface Style {
  readonly eol: string;
  /** One step of indentation. */
  readonly unit: string;
  readonly quote: "'" | '"';
  /** A comma follows the last member of an object on lines of its own. */
  readonly comma: boolean;
}

/** How a file is written, as far as its text shows. */
export function styleOf(text: string, lines: Lines): Style {
  const second = lines.startOf(2);
  const start = text.slice(0, 200_000);
  return {
    eol: second !== undefined && breakBefore(text, second) === 2 ? '\r\n' : '\n',
    unit: /^([ \t]+)[^\s*]/m.exec(start)?.[1]?.slice(0, 8) ?? '  ',
    quote: (start.match(/'/g)?.length ?? 0) > (start.match(/"/g)?.length ?? 0) ? "'" : '"',
    comma: /,[ \t]*(?:\/\/[^\r\n]*)?\r?\n[ \t]*[}\]]/.test(start),
  };
}

/** A value of a document (see `valueOfTree`) as TypeScript writes it; `indent` is that of the line on which it begins. Inline it stays on that line. */
export function written(value: Json, style: Style, indent: string, inline = false): string {
  if (typeof value === 'string') return writtenText(unquoted(value), style.quote);
  if (typeof value !== 'object' || value === null) return String(value);
  const deeper = indent + style.unit;
  const entries = isObject(value)
    ? Object.entries(value).map(([name, inner]) => `${writtenKey(name, style)}: ${written(inner, style, deeper, inline)}`)
    : value.map((inner: Json) => written(inner, style, deeper, inline));
  const [open, close] = isObject(value) ? '{}' : '[]';
  if (entries.length === 0) return `${open}${close}`;
  const flat = !isObject(value) && value.every((item: Json) => typeof item !== 'object' || item === null);
  if (inline || flat) return isObject(value) ? `{ ${entries.join(', ')} }` : `[${entries.join(', ')}]`;
  return `${open}${style.eol}${entries.map((entry) => deeper + entry).join(`,${style.eol}`)}${style.comma ? ',' : ''}${style.eol}${indent}${close}`;
}

export function writtenKey(name: string, style: Style): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) && name !== '__proto__' ? name : writtenText(name, style.quote);
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export function writtenText(value: string, quote: "'" | '"'): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is escaped
  const escaped = value.replaceAll(/[\\'"\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/gu, (char) => {
    if (char === '"' || char === "'") return char === quote ? `\\${char}` : char;
    return ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `${quote}${escaped}${quote}`;
}
