import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/hosts/**/*.test.ts'],
    globalSetup: ['test/codex/buildPrograms.mjs'],
    // Each file starts machines of its own, and real programs on them.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
