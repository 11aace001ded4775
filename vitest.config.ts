import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Spawned command-line tests share one build.
    globalSetup: ['test/support/build.ts'],
    // Against what hangs, far above what a busy machine needs: a test starts PowerShell up to a dozen times.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // A process for each file: tests that look for what they left running look at their own.
    pool: 'forks',
    // Much of the time goes by in programs that tests start: two files at once keep two cores busy.
    maxWorkers: 2,
  },
});
