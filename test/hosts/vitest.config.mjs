import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/hosts/**/*.test.ts'],
    globalSetup: ['test/codex/buildPrograms.mjs'],
    // Each file starts machines of its own, and real programs on them.
    fileParallelism: false,
    // Those that are to run beside each other wait for servers, and hardly work.
    maxConcurrency: 10,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
