import type { Region } from './location.ts';

/**
 * Something the tool could not do or doubts. `error`: a target or file could not be read or judged. `warning`: everything
 * was judged, but the user should know. Problems never stop other items.
 */
export interface Problem {
  readonly level: 'error' | 'warning';
  /** Stable, dotted, lower case: `snapshot.missing`, `file.not-json`. */
  readonly code: string;
  /** What happened and where, one sentence. */
  readonly message: string;
  /** What to do next, one sentence. */
  readonly hint?: string;
  readonly target?: string;
  readonly file?: string;
  readonly region?: Region;
}

/** Its message, with line and column where they are known. */
export function placedMessage({ message, file, region }: Problem): string {
  return file === undefined || region === undefined ? message : `${message} (${file}:${region.startLine}:${region.startColumn})`;
}

/** The user must change an argument, the configuration or a policy: exit code 2. Only `cli/main.ts` catches it. */
export class UserError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  /** More to say, a line each. */
  readonly details: readonly string[];
  constructor(code: string, message: string, hint?: string, details: readonly string[] = []) {
    super(message);
    this.name = 'UserError';
    this.code = code;
    this.hint = hint;
    this.details = details;
  }
}
