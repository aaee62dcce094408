import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/cli/process/**/*.test.ts'],
    globalSetup: ['test/cli/process/build.mjs'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
