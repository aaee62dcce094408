import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/cli/process/**/*.test.ts'],
    globalSetup: ['test/cli/process/build.mjs'],
    // Each test starts processes of its own; a second worker would only make them wait.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
