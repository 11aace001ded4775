import { forTerminal, truncate } from '../../lib/escape.ts';

/** Cheap to ask of every message: whether there is anything to take care of. */
const SUSPECT = /[^\u0020-\u007e\u00a1-\u02ff\u2010-\u2027]|\]\(|\{\d+\}/;

/**
 * Text for a SARIF message. `[text](target)` is a link there and `{0}` a placeholder (§3.11.5, §3.11.6); a name that
 * comes from a host must be neither.
 */
export function plainText(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return forTerminal(text.replaceAll(/\s/g, ' '))
    .replaceAll('](', '] (')
    .replaceAll(/\{(\d+)\}/g, '{{$1}}');
}

/** Ends with a period, as every SARIF message does. */
export function sentence(text: string): string {
  const trimmed = text.trimEnd();
  return trimmed.endsWith('.') ? trimmed : `${trimmed}.`;
}

/** At most `max` UTF-16 units, still a sentence: GitHub takes 1,024 for a description and 255 for a name. */
export function shortSentence(text: string, max: number): string {
  const whole = sentence(text);
  return whole.length <= max ? whole : `${truncate(whole, max - 1)}.`;
}

/** `snapshot.not-json` → `SnapshotNotJson`. */
export function pascalCase(code: string): string {
  return code
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
}
