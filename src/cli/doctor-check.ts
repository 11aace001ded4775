/**
 * `ok`: it works. `warning`: it works, and somebody should know. `partial`: reached, but not all of it could be read. `failed`: it
 * cannot be used or read.
 */
export type CheckStatus = 'ok' | 'warning' | 'partial' | 'failed';

/** Sections that the same thing keeps from being read. */
export interface Unread {
  readonly status: 'denied' | 'error';
  /** Names of sections; of the registry, with how many keys. */
  readonly sections: readonly string[];
  /** What is needed to read them, and how it is given; null where no right is missing. */
  readonly needs: string | null;
  readonly grant: string | null;
  /** What the collector said; hostile text. */
  readonly said: string;
}

/** One thing that was tried. All texts may hold what a host sent: they are escaped where they are printed. */
export interface Check {
  readonly about: 'machine' | 'target' | 'endpoint' | 'snapshot';
  readonly name: string;
  /** Id of the target, as reports have it; null for what is no target. */
  readonly target: string | null;
  /** How a target is connected to; null for what is no target. */
  readonly over: string | null;
  readonly status: CheckStatus;
  /** What was found: a few words, or a sentence. */
  readonly said: string;
  /** What to do about it; null when there is nothing to do. */
  readonly todo: string | null;
  readonly unread: readonly Unread[];
  readonly notes: readonly string[];
}

/** A check with nothing to add. */
export function check(about: Check['about'], name: string, status: CheckStatus, said: string, more: Partial<Check> = {}): Check {
  return { about, name, target: null, over: null, status, said, todo: null, unread: [], notes: [], ...more };
}

export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

const SHOWN = 5;

/** `'a', 'b' and 3 more`. */
export function listed(names: readonly string[], most = SHOWN): string {
  const shown = names.slice(0, most);
  return `${shown.join(', ')}${names.length > shown.length ? ` and ${names.length - shown.length} more` : ''}`;
}
