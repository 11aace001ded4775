import { placeholdersOf } from '../../lib/placeholder.ts';
import type { Finding } from '../../model/finding.ts';
import { plainText, sentence } from './text.ts';

/** A policy's message cut at its placeholders. */
export interface Template {
  readonly texts: readonly string[];
  readonly placeholders: readonly string[];
}

export function templateOf(message: string): Template {
  const placeholders = placeholdersOf(message);
  const texts: string[] = [];
  let from = 0;
  for (const placeholder of placeholders) {
    const at = message.indexOf(`{${placeholder}}`, from);
    texts.push(message.slice(from, at));
    from = at + placeholder.length + 2;
  }
  return { texts: [...texts, message.slice(from)], placeholders };
}

/** `Listener '{listener}'` → `Listener '{0}'`; a brace of the text itself is doubled (SARIF §3.11.5). */
export function numbered({ texts, placeholders }: Template): string {
  return texts.map((text, index) => `${doubled(text)}${index < placeholders.length ? `{${index}}` : ''}`).join('');
}

function doubled(text: string): string {
  return text.replaceAll('{', '{{').replaceAll('}', '}}');
}

/**
 * A finding's message: text for every reader, and the rule's message id with its arguments where they really give that
 * text (an unknown's message is worded otherwise).
 */
export function messageOf(finding: Finding, template: Template): object {
  const fits = finding.arguments.length === template.placeholders.length && fill(template, finding.arguments) === finding.message;
  const stale = finding.status === 'stale';
  const when = plainText(finding.lastJudged ?? 'an earlier scan');
  const text = plainText(sentence(finding.message));
  const shown = stale ? `${text} ${STALE.replace('{0}', when)}` : text;
  if (!fits) return { text: shown };
  const values = finding.arguments.map(plainText);
  return stale ? { text: shown, id: 'stale', arguments: [...values, when] } : { text, id: 'default', arguments: values };
}

const STALE = "It could not be judged in this scan and is carried forward from '{0}'.";

/** The message strings of a rule; the last argument of `stale` is when the finding was last judged. */
export function messageStringsOf(template: Template): object {
  const text = sentence(numbered(template));
  return {
    default: { text },
    stale: { text: `${text} ${STALE.replace('{0}', `{${template.placeholders.length}}`)}` },
    pass: { text: "'{0}' complies with this policy." },
  };
}

function fill({ texts }: Template, values: readonly string[]): string {
  let filled = '';
  for (let index = 0; index < texts.length; index++) filled += (texts[index] ?? '') + (values[index] ?? '');
  return filled;
}
