import { entryKey } from '../collect/bicep/compiled.ts';
import type { JudgedFact } from '../evaluate/evaluate.ts';
import { applyReplacements } from '../lib/text-edit.ts';
import type { Fix } from '../model/finding.ts';
import type { FileChange, FixWorld } from './fix-view.ts';
import { compiling, type Steps } from './job.ts';
import { bicepEntryOf, judgeBicep } from './judge-bicep.ts';
import { keyOf } from './keys.ts';
import { isCompiledSource } from './source-view.ts';

/** Compilations that proofs may cost; what is left then is not offered. */
const MAX_TRIES = 60;

interface Candidate {
  readonly key: string;
  /** Place in the finding's fixes. */
  readonly index: number;
  readonly changes: readonly FileChange[];
}

/**
 * Edits of Bicep files were proved by changing what the files were compiled to. Here they are compiled and judged for real: all
 * together, and halved where that fails. What does not prove out loses its edit and says so.
 */
export function* proveBicep(fixes: ReadonlyMap<string, Fix[]>, world: FixWorld): Steps<Map<string, Fix[]>> {
  const candidates = [...fixes].flatMap(([key, list]) => list.flatMap((fix, index) => candidateOf(key, index, fix, world)));
  const dropped = new Map<Candidate, string>();
  const budget = { left: MAX_TRIES };
  if (candidates.length > 0) yield* proveAll(candidates, world, budget, dropped);
  const result = new Map(fixes);
  for (const [{ key, index }, note] of dropped)
    result.set(
      key,
      (result.get(key) ?? []).map((fix, at) => (at === index ? withoutEdits(fix, note) : fix)),
    );
  return result;
}

function candidateOf(key: string, index: number, fix: Fix, world: FixWorld): Candidate[] {
  if (fix.edits === undefined || !fix.edits.some(({ file }) => isCompiledSource(file, world.views))) return [];
  const changes = fix.changes.flatMap(({ edit }): FileChange[] => {
    if (edit === undefined) return [];
    const { file, pointer } = edit;
    return [{ file, change: edit.remove === true ? { pointer, remove: true } : { pointer, set: edit.set ?? null } }];
  });
  return [{ key, index, changes }];
}

function withoutEdits({ edits: _edits, ...fix }: Fix, note: string): Fix {
  return { ...fix, changes: fix.changes.map(({ edit: _edit, ...change }) => change), note };
}

function* proveAll(candidates: readonly Candidate[], world: FixWorld, budget: { left: number }, dropped: Map<Candidate, string>): Steps<void> {
  if (budget.left <= 0) {
    for (const candidate of candidates) dropped.set(candidate, 'It was not compiled to prove it: too many were tried.');
    return;
  }
  budget.left--;
  const why = yield* tried(candidates, world);
  if (why === null) return;
  const [only, ...others] = candidates;
  if (only === undefined) return;
  if (others.length === 0) {
    dropped.set(only, why);
    return;
  }
  const middle = Math.ceil(candidates.length / 2);
  yield* proveAll(candidates.slice(0, middle), world, budget, dropped);
  yield* proveAll(candidates.slice(middle), world, budget, dropped);
}

/** Compiles and judges the edited files; null when the findings are gone and nothing else came. */
function* tried(candidates: readonly Candidate[], world: FixWorld): Steps<string | null> {
  const texts = editedTexts(candidates, world);
  if (typeof texts === 'string') return texts;
  const touched = [...world.files].filter(([, { result }]) => {
    const view = world.views.get(result.name);
    return view !== undefined && [...texts.keys()].some((file) => view.source(file) !== null);
  });
  const entries = touched.map(([, { planned }]) => bicepEntryOf(planned));
  const compiled = yield* compiling({ compile: entries, sourceRoot: world.sourceRoot, edited: texts });
  const wanted = new Set(candidates.map(({ key }) => key));
  for (const [target, { planned }] of touched) {
    const now = compiled.get(entryKey(bicepEntryOf(planned)));
    const before = world.results.get(target);
    const known = new Set([...(before?.problems ?? []), ...(world.files.get(target)?.result.problems ?? [])].map(({ message }) => message));
    const after = now === undefined ? null : judgeBicep(now, planned, world.context);
    const [result] = after?.results ?? [];
    const problem = [...(after?.problems ?? []), ...(result?.problems ?? [])].find(({ message }) => !known.has(message));
    if (problem !== undefined) return `Compiled with it: ${problem.message}`;
    if (result === undefined) return 'It could not be compiled to prove it.';
    const failing = new Set((before?.judged ?? []).map(keyOf));
    const wrong = result.judged.find((judged: JudgedFact) => (wanted.has(keyOf(judged)) ? judged.outcome === 'fail' : !failing.has(keyOf(judged))));
    if (wrong === undefined) continue;
    const what = `${wrong.policy.policy.id} on '${wrong.fact.name}'`;
    return wanted.has(keyOf(wrong)) ? `Compiled with it, ${what} is still there.` : `It would uncover another finding: ${what}.`;
  }
  return null;
}

function editedTexts(candidates: readonly Candidate[], world: FixWorld): Map<string, string> | string {
  const changes = candidates.flatMap((candidate) => candidate.changes);
  const texts = new Map<string, string>();
  for (const file of new Set(changes.map((change) => change.file))) {
    const document = world.open(file)?.document;
    const result = document?.edit(changes.filter((change) => change.file === file).map(({ change }) => change));
    if (document === undefined || result === undefined) return `'${file}' cannot be read.`;
    if ('refused' in result) return result.refused;
    texts.set(file, applyReplacements(document.text, result.replacements));
  }
  return texts;
}
