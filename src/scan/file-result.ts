import type { IgnoreComments } from '../model/ignore.ts';
import type { Problem } from '../model/problem.ts';
import type { TargetResult } from './context.ts';
import type { LocatableFile } from './locate.ts';
import type { PulumiFile } from './pulumi-files.ts';

/** What one file came to. */
export interface FileResult {
  readonly path: string;
  /** As reports name it. */
  readonly name: string;
  readonly results: readonly TargetResult[];
  readonly problems: readonly Problem[];
  /** A file met while walking that is nothing we know, or a snapshot that the estate does not name. */
  readonly skipped: boolean;
  /** Recognised, with nothing in it to judge of its own (parameters, a saved report). */
  readonly silent: boolean;
  readonly sha256: string;
  readonly length: number;
  readonly format: 'json' | 'yaml' | 'bicep';
  /** What the comments of a program ask to ignore. */
  readonly ignores?: IgnoreComments;
  /** What it says of a Pulumi project. */
  readonly pulumi?: PulumiFile;
  /** Of a document that findings point into: itself, so that it need not be opened again. Never sent between threads. */
  readonly opened?: LocatableFile;
}

/** Of a file of which nothing is known yet. */
export const EMPTY = { results: [], problems: [], skipped: false, silent: false, sha256: '', length: 0, format: 'json' } as const;

/** Said of a file that somebody named. */
export function nothingToJudge(name: string, what: string): Problem {
  return {
    level: 'warning',
    code: 'file.nothing-to-judge',
    message: `'${name}' was recognised (${what}), and there is nothing in it to judge.`,
    hint: what === KIND_WORDS['pulumi-project'] ? 'Its program is not run: name a preview of it, or give --run-pulumi.' : 'Name what is to be judged.',
    file: name,
  };
}

export const KIND_WORDS: Readonly<Record<string, string>> = {
  estate: 'estate',
  'arm-template': 'ARM template',
  'arm-parameters': 'ARM parameters',
  'resource-list': 'list of Azure resources',
  'pulumi-program': 'Pulumi program',
  'pulumi-preview': 'Pulumi preview',
  'pulumi-events': 'log of Pulumi events',
  'pulumi-state': 'Pulumi state',
  'pulumi-project': 'Pulumi project',
  report: 'saved report',
  sarif: 'SARIF',
};
