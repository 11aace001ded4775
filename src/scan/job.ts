import type { JudgeContext } from './context.ts';
import { type FileResult, judgeFile } from './judge-file.ts';
import type { PlannedFile } from './plan.ts';
import type { EditedTexts } from './read-input.ts';

/** Files to judge in one context; whoever drives the scan decides in which threads. */
export interface JudgeJob {
  readonly files: readonly PlannedFile[];
  readonly sourceRoot: string;
  readonly context: JudgeContext;
  readonly edited?: EditedTexts;
}

/** A part of a scan that needs files judged on its way: it hands out jobs and goes on with their results, in the files' order. */
export type Steps<Result> = Generator<JudgeJob, Result, readonly FileResult[]>;

/** Judges a job in this thread. */
export function judgeHere({ files, sourceRoot, context, edited }: JudgeJob): FileResult[] {
  return files.map((planned) => judgeFile(planned, sourceRoot, context, edited));
}

/** Goes through all steps in this thread. */
export function runHere<Result>(steps: Steps<Result>): Result {
  let step = steps.next();
  while (step.done !== true) step = steps.next(judgeHere(step.value));
  return step.value;
}
