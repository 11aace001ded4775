import { isObject, type Json } from '../model/json.ts';

/** How values are written into a YAML text, so that they look like what is there. */
export interface YamlStyle {
  readonly eol: string;
  /** One step of indentation, in spaces. */
  readonly unit: number;
  /** How far the `-` of a list stands from the name above it. */
  readonly dash: number;
}

/** A value on one line. `quoted`: every text in double quotes, as in JSON. */
export function flowText(value: Json, options: { inFlow: boolean; quoted?: boolean }): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map((item) => flowText(item, { ...options, inFlow: true })).join(', ')}]`;
  if (isObject(value)) {
    const members = Object.entries(value).map(([name, inner]) => memberText(name, inner, { ...options, inFlow: true }));
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
  }
  return typeof value === 'string' ? stringText(value, options) : JSON.stringify(value);
}

export function memberText(name: string, value: Json, options: { inFlow: boolean; quoted?: boolean }): string {
  return `${stringText(name, options)}: ${flowText(value, options)}`;
}

/** Whether a value is written on one line even where there is room: all but objects with members and lists that hold such. */
export function isInline(value: Json): boolean {
  if (Array.isArray(value)) return value.every((item: Json) => typeof item !== 'object' || item === null);
  return !isObject(value) || Object.keys(value).length === 0;
}

/**
 * The lines of a block mapping or list, without the first line's indentation and without a last line break.
 * `column`: how many columns its lines are indented by.
 */
export function blockText(value: Json, column: number, style: YamlStyle): string {
  const lines = Array.isArray(value)
    ? (value as readonly Json[]).map((item) => itemText(item, column, style))
    : isObject(value)
      ? Object.entries(value).map(([name, inner]) => entryText(name, inner, column, style))
      : [flowText(value, { inFlow: false })];
  return lines.join(style.eol + ' '.repeat(column));
}

/** `name: value`, the value below it when it is a mapping or a list of mappings. */
export function entryText(name: string, value: Json, column: number, style: YamlStyle): string {
  const label = `${stringText(name, { inFlow: false })}:`;
  return label + valueText(value, column, style);
}

/** What follows a `name:` that stands at a column. */
export function valueText(value: Json, column: number, style: YamlStyle): string {
  if (isInline(value)) return ` ${flowText(value, { inFlow: false })}`;
  const deeper = column + (Array.isArray(value) ? style.dash : style.unit);
  return style.eol + ' '.repeat(deeper) + blockText(value, deeper, style);
}

/** `- value` for a `-` that stands at a column. */
export function itemText(value: Json, column: number, style: YamlStyle): string {
  return `- ${isInline(value) ? flowText(value, { inFlow: false }) : blockText(value, column + 2, style)}`;
}

/** A text as a YAML scalar: plain where every reader takes it for the same text, else in double quotes. */
export function stringText(text: string, options: { inFlow: boolean; quoted?: boolean }): string {
  if (options.quoted !== true && isPlainSafe(text) && !(options.inFlow && text.includes(':'))) return text;
  return doubleQuoted(text);
}

/**
 * Begins with a letter, digit, `_`, `/`, `.`, `\` or `(`, holds printable characters only, and neither begins nor ends
 * anything: no `: `, ` #`, brackets or quotes at a place where they mean something. Stricter than YAML.
 */
function isPlainSafe(text: string): boolean {
  if (text.length > 1000 || !/^[\p{L}\p{N}_/\\(.](?:[\p{L}\p{M}\p{N} !$%&'()*+./:;<=>?@\\^_|~#-]*[\p{L}\p{M}\p{N}!$%&()*+./;<=>?@\\^_|~-])?$/u.test(text))
    return false;
  if (/:(?: |$)| #|^(?:\.\.\.|---)/.test(text)) return false;
  return !looksTyped(text);
}

/** What YAML 1.1 or 1.2 readers take for a boolean, null, number, date or merge key. */
function looksTyped(text: string): boolean {
  if (/^(?:y|n|yes|no|on|off|true|false|null|nan|inf|\.nan|\.inf|~|=|<<)$/i.test(text)) return true;
  // Digits with anything that numbers, dates, times and hexadecimal have; four parts with dots are an address.
  return /^[.\d][\d_.,:eExXoObBa-fA-FTtZz+ -]*$/.test(text) && !/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text);
}

/** JSON's escapes are YAML's; further characters that break lines, hide or turn text around are escaped too. */
export function doubleQuoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u00a0\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** In single quotes, where nothing needs an escape; else undefined. */
export function singleQuoted(text: string): string | undefined {
  return doubleQuoted(text).replaceAll('\\"', '"').replaceAll('\\\\', '\\') === `"${text}"` ? `'${text.replaceAll("'", "''")}'` : undefined;
}
