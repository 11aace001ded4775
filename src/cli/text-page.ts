import { forTerminal } from '../lib/escape.ts';
import { wrap } from '../report/console/wrap.ts';

const WIDTH = 80;

/** Text of at most 80 columns under an indentation; everything is made safe for a terminal. */
export function paragraph(text: string, indent = 0, hang = indent): string {
  const [first = '', ...rest] = wrap(forTerminal(text.replaceAll(/\s+/g, ' ').trim()), WIDTH - hang, 0);
  return [`${' '.repeat(indent)}${first}\n`, ...rest.map((line) => `${' '.repeat(hang)}${line}\n`)].join('');
}

/** A heading and what stands under it; nothing where there is nothing to say. */
export function section(title: string, body: string): string {
  return body === '' ? '' : `\n${forTerminal(title)}\n${body}`;
}

export function bullets(items: readonly string[], indent = 2): string {
  return items.map((item) => paragraph(`- ${item}`, indent, indent + 2)).join('');
}

/** Lines as they are (commands, addresses), made safe and indented, never broken. */
export function verbatim(text: string, indent = 2): string {
  return text
    .replaceAll('\r\n', '\n')
    .trimEnd()
    .split('\n')
    .map((line) => `${' '.repeat(indent)}${forTerminal(line)}\n`)
    .join('');
}

/** `label  text` with the texts in one column. */
export function labelled(rows: readonly (readonly [label: string, text: string])[], indent = 2): string {
  const width = Math.max(0, ...rows.map(([label]) => label.length)) + 2;
  return rows.map(([label, text]) => paragraph(text, indent + width).replace(/^ */, `${' '.repeat(indent)}${forTerminal(label).padEnd(width)}`)).join('');
}
