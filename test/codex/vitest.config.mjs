import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/codex/**/*.test.ts'],
    globalSetup: ['test/codex/buildPrograms.mjs'],
    // Much of a test is waiting for one program, so that two processors have room for a second one.
    maxWorkers: 2,
    // Real programs are started hundreds of times, on machines that do other things as well.
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
});
