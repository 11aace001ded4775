import type { BicepEntry, CompiledBicep } from '../collect/bicep/compiled.ts';
import { nameOf } from '../collect/files.ts';
import type { Problem } from '../model/problem.ts';
import type { JudgeContext } from './context.ts';
import { EMPTY, type FileResult, nothingToJudge } from './file-result.ts';
import { judgeCloud } from './judge-target.ts';
import type { PlannedFile } from './plan.ts';
import { cloudTarget, readBicepValue } from './read-cloud.ts';

/** A planned Bicep file as it is compiled. */
export function bicepEntryOf({ path, parameters }: PlannedFile): BicepEntry {
  return { path, parameters: parameters ?? null };
}

export function notCompiled({ path }: PlannedFile, sourceRoot: string): FileResult {
  const name = nameOf(path, sourceRoot);
  const message = `'${name}' was not compiled, so it was not judged.`;
  return {
    ...EMPTY,
    path,
    name,
    format: 'bicep',
    problems: [{ level: 'error', code: 'bicep.not-compiled', message, hint: 'Use `rdposture scan`.', file: name }],
  };
}

/** Judges what a Bicep file was compiled to. */
export function judgeBicep(compiled: CompiledBicep, planned: PlannedFile, context: JudgeContext): FileResult {
  const { file: name } = compiled;
  const own = compiled.sources.find(({ file }) => file.name === name)?.file;
  const base = { ...EMPTY, path: planned.path, name, sha256: own?.sha256 ?? '', length: own?.length ?? 0, format: 'bicep' } as const;
  const target = cloudTarget('bicep', name, planned.group);
  const cloud = readBicepValue(compiled.judged, compiled);
  if (cloud === null) return { ...base, problems: withEntry(compiled.problems, name) };
  const problems = [...compiled.problems, ...cloud.problems].map((problem) => ({ file: name, ...problem, target: target.id }));
  const empty = planned.by !== 'walked' && cloud.inventory.resources.length === 0;
  return { ...base, results: [judgeCloud(cloud.inventory, target, problems, context)], problems: empty ? [nothingToJudge(name, 'Bicep')] : [] };
}

/** What is wrong with a module is said of the file that was asked for too: what was open there is not judged. */
function withEntry(problems: readonly Problem[], file: string): readonly Problem[] {
  if (problems.some((problem) => problem.level === 'error' && problem.file === file)) return problems;
  const message = `'${file}' was not judged, since a file that it uses could not be compiled.`;
  return [...problems, { level: 'error', code: 'bicep.not-judged', message, hint: 'Mend that file.', file }];
}
