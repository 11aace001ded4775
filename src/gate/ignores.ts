import type { Finding, WaiverRef } from '../model/finding.ts';
import type { IgnoreComments, SourceIgnore } from '../model/ignore.ts';
import type { Problem } from '../model/problem.ts';
import { daysLeft, DEFAULT_MAX_DAYS } from './waivers.ts';

/** What tells a good ignore from one that is said and not obeyed. */
export interface IgnoreContext {
  /** ISO 8601 UTC. */
  readonly now: string;
  /** Ids of all policies that there are. */
  readonly known: ReadonlySet<string>;
  /** Ids of those that this scan judges by. */
  readonly judged: ReadonlySet<string>;
  /** Whether what an ignore stands at was there to be judged: another stack may have it. */
  readonly isJudged: (ignore: SourceIgnore) => boolean;
}

/**
 * Marks findings that are shown on a line which an ignore covers. An ignore that is malformed, names no policy that there is,
 * ends nowhere, has ended or matches nothing of what was judged is a warning.
 */
export function applyIgnores(findings: readonly Finding[], comments: IgnoreComments, context: IgnoreContext): { findings: Finding[]; problems: Problem[] } {
  const problems: Problem[] = comments.malformed.map(({ file, region }) => problemAt({ file, region }, MALFORMED));
  const good: SourceIgnore[] = [];
  for (const ignore of comments.ignores) {
    const faults = faultsOf(ignore, context);
    problems.push(...faults);
    if (faults.length === 0) good.push(ignore);
  }
  const used = new Set<string>();
  const byFile = Map.groupBy(good, ({ file }) => file);
  const marked = findings.map((finding): Finding => {
    const matching = (byFile.get(finding.locations[0]?.file ?? '') ?? []).filter((ignore) => covers(ignore, finding));
    for (const ignore of matching) used.add(keyOf(ignore, finding.policy));
    const [first] = matching;
    const isOpen = finding.outcome === 'fail' && finding.status === 'open';
    return first === undefined || !isOpen ? finding : { ...finding, status: 'waived', waiver: refOf(first) };
  });
  for (const ignore of good) {
    const unused = ignore.policies.filter((policy) => context.judged.has(policy) && !used.has(keyOf(ignore, policy)));
    if (unused.length > 0 && context.isJudged(ignore)) problems.push(problemAt(ignore, unusedOf(unused)));
  }
  return { findings: marked, problems };
}

function covers({ policies, from, to }: SourceIgnore, { policy, locations }: Finding): boolean {
  const line = locations[0]?.region.startLine ?? 0;
  return policies.includes(policy) && from <= line && line <= to;
}

function keyOf({ file, region }: SourceIgnore, policy: string): string {
  return `${file}\0${region.startLine}\0${region.startColumn}\0${policy}`;
}

interface Said {
  readonly code: string;
  readonly what: string;
  readonly hint: string;
}

const MALFORMED: Said = {
  code: 'ignore.malformed',
  what: 'cannot be read, so it is not obeyed',
  hint: 'Write it as `rdposture-ignore NET-004 until 2027-01-31: why`.',
};

function unusedOf(policies: readonly string[]): Said {
  return {
    code: 'ignore.unused',
    what: `matches no finding of '${policies.join("', '")}'`,
    hint: 'Take it away when its finding is fixed, or put it where the finding is shown.',
  };
}

/** `'infra/network.ts', line 12`: a comment that asks for something, in a sentence. */
function problemAt({ file, region }: Pick<SourceIgnore, 'file' | 'region'>, { code, what, hint }: Said): Problem {
  return { level: 'warning', code, message: `The ignore in '${file}', line ${region.startLine}, ${what}.`, hint, file, region };
}

function faultsOf(ignore: SourceIgnore, { now, known }: IgnoreContext): Problem[] {
  const unknown = ignore.policies.filter((policy) => !known.has(policy));
  if (unknown.length > 0) {
    const what = `names '${unknown.join("', '")}', which is no policy, so it is not obeyed`;
    return [problemAt(ignore, { code: 'ignore.unknown-policy', what, hint: '`rdposture policy list` lists them.' })];
  }
  if (ignore.until === null) {
    return [problemAt(ignore, { code: 'ignore.endless', what: 'names no day on which it ends, so it is not obeyed', hint: MALFORMED.hint })];
  }
  const left = daysLeft({ until: ignore.until }, now);
  if (left < 0) {
    const what = `ended on ${ignore.until}: its findings are back`;
    return [problemAt(ignore, { code: 'ignore.expired', what, hint: 'Fix them, or have the risk accepted again.' })];
  }
  if (left <= DEFAULT_MAX_DAYS) return [];
  const what = `ends on ${ignore.until}, more than ${DEFAULT_MAX_DAYS} days from now, so it is not obeyed`;
  return [problemAt(ignore, { code: 'ignore.too-far', what, hint: 'Name an earlier day.' })];
}

function refOf({ file, region, reason, until }: SourceIgnore): WaiverRef {
  return { kind: 'in-source', id: `${file}:${region.startLine}`, reason, owner: 'in source', until: until ?? '', location: { file, region } };
}
