import type { CompiledBicep } from '../collect/bicep/compiled.ts';
import type { Compiler } from '../collect/bicep/rpc.ts';
import type { CompileJob, JobResult } from './job.ts';

/** The Bicep compiler, and what it may do. */
export interface BicepOptions {
  /** Absolute; null when there is none. */
  readonly program: string | null;
  /** Modules and extensions of registries are fetched; else a file that reaches one is not compiled. */
  readonly restore: boolean;
  /** All that the compiler sees of the environment: what a parameters file reads of it ends in reports. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface BicepDriver {
  readonly compile: (job: CompileJob) => Promise<JobResult>;
  readonly close: () => void;
}

/** For one file, in milliseconds; what comes from a registry has to be waited for. */
const DEADLINE = 60_000;
const RESTORE_DEADLINE = 300_000;
/** Files that do not end in time before the others are not tried. */
const MAX_LATE = 3;

/** One process for all files of a scan, started with the first one, and loaded with it. */
export function bicepDriver(options: BicepOptions | undefined): BicepDriver {
  const { program = null, restore = false, environment = {} } = options ?? {};
  const deadline = restore ? RESTORE_DEADLINE : DEADLINE;
  let compiler: Compiler | null = null;
  let late = 0;
  return {
    async compile({ compile, sourceRoot, edited }) {
      const [{ compileBicep }, { compilerOf }] = await Promise.all([import('../collect/bicep/compile.ts'), import('../collect/bicep/rpc.ts')]);
      if (program !== null) compiler ??= compilerOf({ program, environment, deadline });
      const compiled: CompiledBicep[] = [];
      for (const entry of compile) {
        const result = await compileBicep(entry, {
          sourceRoot,
          restore,
          compiler: compiler !== null && late >= MAX_LATE ? TOO_LATE : compiler,
          ...(edited === undefined ? {} : { edited }),
        });
        if (result.problems.some(({ code }) => code === 'bicep.late')) late++;
        compiled.push(result);
      }
      return { compiled };
    },
    close: () => compiler?.close(),
  };
}

/** Stands for a compiler that was ended too often. */
const TOO_LATE: Compiler = {
  call: async () => ({ failed: 'late', said: `as ${MAX_LATE} files before it` }),
  close: () => undefined,
};
