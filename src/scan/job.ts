import { type BicepEntry, type CompiledBicep, entryKey } from '../collect/bicep/compiled.ts';
import type { JudgeContext } from './context.ts';
import type { FileResult } from './file-result.ts';
import { judgeFile } from './judge-file.ts';
import type { PlannedFile } from './plan.ts';
import { projectFilesOf } from './pulumi-files.ts';
import type { EditedTexts } from './read-input.ts';

/** Files to judge in one context; whoever drives the scan decides in which threads. */
export interface JudgeJob {
  readonly files: readonly PlannedFile[];
  readonly sourceRoot: string;
  readonly context: JudgeContext;
  readonly edited?: EditedTexts;
  /** What the Bicep files among them were compiled to, by `entryKey`. */
  readonly compiled?: CompiledFiles;
}

export type CompiledFiles = ReadonlyMap<string, CompiledBicep>;

/** Bicep files to compile; only who drives the scan has a compiler. */
export interface CompileJob {
  readonly compile: readonly BicepEntry[];
  readonly sourceRoot: string;
  readonly edited?: EditedTexts;
}

/** What a job came to, in the order of its files. */
export type JobResult = { readonly judged: readonly FileResult[] } | { readonly compiled: readonly CompiledBicep[] };

/** A part of a scan that needs files judged or compiled on its way: it hands out jobs and goes on with their results. */
export type Steps<Result> = Generator<JudgeJob | CompileJob, Result, JobResult>;

export function* judging(job: JudgeJob): Steps<readonly FileResult[]> {
  const result = yield job;
  return 'judged' in result ? result.judged : [];
}

/** By `entryKey`. */
export function* compiling(job: CompileJob): Steps<CompiledFiles> {
  if (job.compile.length === 0) return new Map();
  const result = yield job;
  const compiled = 'compiled' in result ? result.compiled : [];
  return new Map(job.compile.flatMap((entry, index) => (compiled[index] === undefined ? [] : [[entryKey(entry), compiled[index]] as const])));
}

/** Judges a job in this thread. */
export function judgeHere({ files, sourceRoot, context, edited, compiled }: JudgeJob): FileResult[] {
  const input = { ...(edited && { edited, projectFiles: projectFilesOf(files) }), ...(compiled && { compiled }) };
  return files.map((planned) => judgeFile(planned, sourceRoot, context, input));
}

/** Goes through all steps in this thread, without a compiler: to compile is to wait. */
export function runHere<Result>(steps: Steps<Result>): Result {
  let step = steps.next();
  while (step.done !== true) step = steps.next('compile' in step.value ? { compiled: [] } : { judged: judgeHere(step.value) });
  return step.value;
}
