import { Worker } from 'node:worker_threads';
import type { FileResult } from './file-result.ts';
import type { CompileJob, CompiledFiles, JobResult, JudgeJob, Steps } from './job.ts';
import { judgeHere } from './job.ts';
import type { PlannedFile } from './plan.ts';
import { policiesOf, receivedResult, sentContext, type SentContext, type SentPolicy, sentPolicy } from './wire.ts';

/** Below this many files a thread costs more to start than it saves. */
export const MANY_FILES = 100;
/** Files that a thread takes at once: few enough that all threads end together, enough that a message is worth its while. */
const BATCH = 8;

export interface ThreadOptions {
  /** The module that runs in each further thread. */
  readonly worker: URL;
  /** Threads that judge; this one only gathers what they send. With one, everything is judged here. */
  readonly threads: number;
  /** Jobs of fewer files stay in this thread. */
  readonly from?: number;
  /** Runs what keeps this thread busy; the command line makes it end at an interrupt. */
  readonly busy?: <Result>(work: () => Result) => Promise<Result>;
  /** Compiles Bicep files; without it nothing is compiled. */
  readonly compile?: (job: CompileJob) => Promise<JobResult>;
}

/** What a worker is started with. */
export interface WorkerStart {
  readonly policies: readonly SentPolicy[];
}

/** A job as a worker gets it. `next` counts the files that are taken, by whichever thread. */
export interface WorkerJob {
  readonly files: readonly PlannedFile[];
  readonly sourceRoot: string;
  readonly context: SentContext;
  readonly compiled?: CompiledFiles;
  readonly next: SharedArrayBuffer;
}

/** Results of a batch as text, and the number of its first file; or that nothing is left to take. */
export type WorkerAnswer = { readonly first: number; readonly results: readonly string[] } | { readonly done: true };

/** Goes through all steps; jobs of many files are shared with other threads. Results do not depend on their number. */
export async function runInThreads<Result>(steps: Steps<Result>, options: ThreadOptions): Promise<Result> {
  const workers: Worker[] = [];
  try {
    const busy = options.busy ?? (async (work) => work());
    let step = await busy(() => steps.next());
    while (step.done !== true) {
      const job = step.value;
      const result = 'compile' in job ? ((await options.compile?.(job)) ?? { compiled: [] }) : { judged: await judged(job, workers, options) };
      step = await busy(() => steps.next(result));
    }
    return step.value;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function judged(job: JudgeJob, workers: Worker[], options: ThreadOptions): Promise<readonly FileResult[]> {
  const shared = options.threads > 1 && job.edited === undefined && job.files.length >= (options.from ?? MANY_FILES);
  const busy = options.busy ?? (async (work) => work());
  return shared ? judgeTogether(job, workers, options) : busy(() => judgeHere(job));
}

/**
 * Most of what judging makes is dropped at once. A young generation of three times 8 MB holds it; left alone it grows to many
 * times that, and touching fresh memory then costs a fifth of the time.
 */
const LIMITS = { maxYoungGenerationSizeMb: 24 };

async function judgeTogether(job: JudgeJob, workers: Worker[], options: ThreadOptions): Promise<FileResult[]> {
  const policies = policiesOf(job.context);
  const workerData: WorkerStart = { policies: policies.map(sentPolicy) };
  while (workers.length < options.threads) workers.push(new Worker(options.worker, { workerData, resourceLimits: LIMITS }));
  const results: FileResult[] = [];
  const { files, sourceRoot, compiled } = job;
  const sent: WorkerJob = { files, sourceRoot, context: sentContext(job.context), next: new SharedArrayBuffer(4), ...(compiled && { compiled }) };
  await Promise.all(
    workers.map((worker) =>
      ask(worker, sent, (first, answers) => {
        for (const [index, result] of answers.entries()) results[first + index] = receivedResult(result, policies);
      }),
    ),
  );
  return results;
}

/** Has a worker take its share of a job. */
function ask(worker: Worker, job: WorkerJob, take: (first: number, results: readonly string[]) => void): Promise<void> {
  return new Promise<void>((done, failed) => {
    const listen = (answer: WorkerAnswer): void => {
      if ('results' in answer) {
        take(answer.first, answer.results);
        return;
      }
      worker.off('message', listen);
      worker.off('error', failed);
      done();
    };
    worker.on('message', listen);
    worker.on('error', failed);
    worker.postMessage(job);
  });
}

/** The next files that no thread has taken yet. */
export function takeFiles(files: readonly PlannedFile[], next: SharedArrayBuffer): { readonly first: number; readonly list: readonly PlannedFile[] } | null {
  const first = Atomics.add(new Int32Array(next), 0, BATCH);
  return first >= files.length ? null : { first, list: files.slice(first, first + BATCH) };
}
