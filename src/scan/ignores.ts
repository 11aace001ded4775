import { isAbsolute, resolve } from 'node:path';
import { isProblem, readTextFile } from '../collect/files.ts';
import { ignoreComments } from '../collect/ignores.ts';
import type { IgnoreComments, SourceIgnore } from '../model/ignore.ts';
import type { Problem } from '../model/problem.ts';
import type { OpenFiles } from './documents.ts';
import type { FileResult } from './file-result.ts';
import { isBicepView } from './source-view.ts';

/** Whose ignores count. */
export interface IgnoreOptions {
  /** `trusted`: those that the trusted checkout has too; without one, all. */
  readonly obey: 'all' | 'trusted' | 'none';
  /** Stands for the source root; null without a trusted checkout. */
  readonly trustedFolder: string | null;
}

/** What the sources of everything that was judged ask to ignore. */
export function ignoresOfSources(results: Iterable<FileResult>, documents: OpenFiles): IgnoreComments {
  const byFile = new Map<string, IgnoreComments>();
  for (const { name, ignores } of results) if (ignores !== undefined) byFile.set(name, ignores);
  const texts = new Map<string, string>();
  for (const view of documents.views.values()) {
    if (isBicepView(view)) for (const { file } of view.compiled.sources) texts.set(file.name, file.text);
  }
  for (const { files } of documents.programs) for (const { file } of files.all()) texts.set(file.name, file.text);
  for (const [name, text] of texts) if (!byFile.has(name)) byFile.set(name, ignoreComments(name, text));
  const all = [...byFile.values()];
  return { ignores: all.flatMap(({ ignores }) => ignores), malformed: all.flatMap(({ malformed }) => malformed) };
}

/** What of it is obeyed, and what is only said. */
export function obeyed(
  comments: IgnoreComments,
  { obey, trustedFolder }: IgnoreOptions,
): { readonly comments: IgnoreComments; readonly problems: readonly Problem[] } {
  if (obey === 'all' || (obey === 'trusted' && trustedFolder === null)) return { comments, problems: [] };
  if (obey === 'none' || trustedFolder === null) {
    return {
      comments: { ignores: [], malformed: comments.malformed },
      problems: comments.ignores.map((ignore) => notObeyed(ignore, 'ignores in sources do not count here')),
    };
  }
  const left = new Map<string, number>();
  for (const file of new Set(comments.ignores.map((ignore) => ignore.file))) {
    for (const ignore of trustedIgnores(file, trustedFolder)) left.set(keyOf(ignore), (left.get(keyOf(ignore)) ?? 0) + 1);
  }
  const counted: SourceIgnore[] = [];
  const problems: Problem[] = [];
  for (const ignore of comments.ignores) {
    const known = left.get(keyOf(ignore)) ?? 0;
    left.set(keyOf(ignore), known - 1);
    // What lies outside the source root is no word of the pull request.
    if (known > 0 || isAbsolute(ignore.file)) counted.push(ignore);
    else problems.push(notObeyed(ignore, 'the trusted checkout does not have it there'));
  }
  return { comments: { ignores: counted, malformed: comments.malformed }, problems };
}

function trustedIgnores(file: string, folder: string): readonly SourceIgnore[] {
  const twin = isAbsolute(file) ? null : readTextFile(resolve(folder, file), folder);
  return twin === null || isProblem(twin) ? [] : ignoreComments(file, twin.text).ignores;
}

/** The same words at the same thing: lines may move, what they stand at may not. */
function keyOf({ file, policies, until, reason, anchor }: SourceIgnore): string {
  return JSON.stringify([file, policies, until, reason, anchor]);
}

function notObeyed({ file, region, policies }: SourceIgnore, why: string): Problem {
  const message = `The ignore of '${policies.join("', '")}' in '${file}', line ${region.startLine}, is not obeyed: ${why}.`;
  return { level: 'warning', code: 'trusted.ignore', message, hint: 'It counts once the trusted configuration has it.', file, region };
}
