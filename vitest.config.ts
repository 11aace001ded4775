import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Spawned command-line tests share one build.
    globalSetup: ['test/support/build.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A process for each file: tests that look for what they left running look at their own.
    pool: 'forks',
    // Much of the time goes by in programs that tests start: two files at once keep two cores busy.
    maxWorkers: 2,
  },
});
