import { linesOf } from '../../lib/lines.ts';
import type { Comment } from './tokens.ts';

/** A finding that a comment in the source asks to ignore. */
export interface InlineIgnore {
  readonly policies: readonly string[];
  /** The last day, `2027-01-31`; null without one. */
  readonly until: string | null;
  readonly reason: string;
  /** 1-based, of the comment. */
  readonly line: number;
}

const WORD = 'rdposture-ignore';
const POLICIES = /^[A-Z]{1,8}-\d{3}(?:\s*,\s*[A-Z]{1,8}-\d{3})*$/;

/**
 * `// rdposture-ignore NET-004, NET-005 until 2027-01-31: reason`, as a comment of its own. What begins so and says something
 * else is in `malformed`, by its line: an ignore that is not understood must not be silent.
 */
export function ignoresIn(comments: readonly Comment[], text: string): { readonly ignores: readonly InlineIgnore[]; readonly malformed: readonly number[] } {
  const lines = linesOf(text);
  const ignores: InlineIgnore[] = [];
  const malformed: number[] = [];
  for (const comment of comments) {
    const said = comment.text.trim();
    if (said !== WORD && !/^rdposture-ignore\b/.test(said)) continue;
    const { line } = lines.position(comment.start);
    const ignore = ignoreIn(said.slice(WORD.length).trim(), line);
    if (ignore === null) malformed.push(line);
    else ignores.push(ignore);
  }
  return { ignores, malformed };
}

function ignoreIn(said: string, line: number): InlineIgnore | null {
  const colon = said.indexOf(':');
  const reason = colon < 0 ? '' : said.slice(colon + 1).trim();
  const [listed = '', until] = (colon < 0 ? said : said.slice(0, colon)).split(/\s+until\s+/);
  if (reason === '' || !POLICIES.test(listed.trim())) return null;
  if (until !== undefined && (!/^\d{4}-\d{2}-\d{2}$/.test(until.trim()) || !isDay(until.trim()))) return null;
  return { policies: listed.split(',').map((id) => id.trim()), until: until?.trim() ?? null, reason: reason.slice(0, 500), line };
}

/** A day that the calendar has. */
function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
