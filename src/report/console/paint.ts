import type { Band } from '../../model/policy.ts';

/** ANSI colours and signs, or plain text and ASCII. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly doubt: (text: string) => string;
  readonly accent: (text: string) => string;
  readonly band: Readonly<Record<Band, (text: string) => string>>;
  readonly signs: Signs;
}

export interface Signs {
  readonly fail: string;
  readonly pass: string;
  readonly warning: string;
  readonly unknown: string;
  readonly dot: string;
  readonly bullet: string;
  readonly arrow: string;
  readonly more: string;
  readonly line: string;
}

const UNICODE: Signs = { fail: '✖', pass: '✔', warning: '▲', unknown: '?', dot: '·', bullet: '•', arrow: '→', more: '…', line: '─' };
const ASCII: Signs = { fail: 'x', pass: '+', warning: '!', unknown: '?', dot: '-', bullet: '*', arrow: '->', more: '...', line: '-' };

export function paintFor(color: boolean, ascii: boolean): Paint {
  const style =
    (on: string, off: string) =>
    (text: string): string =>
      color && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  const red = style('31', '39');
  return {
    bold: style('1', '22'),
    dim: style('2', '22'),
    good: style('32', '39'),
    bad: red,
    doubt: style('33', '39'),
    accent: style('36', '39'),
    band: { critical: style('1;31', '22;39'), high: red, medium: style('33', '39'), low: style('36', '39') },
    signs: ascii ? ASCII : UNICODE,
  };
}
