import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These need the real Codex, a built product or a window; scripts/test.mjs runs them apart.
    exclude: [
      'test/codex/**',
      'test/editor/**',
      'test/cli/process/**',
      'test/package/**',
      'test/hosts/**',
    ],
    setupFiles: ['test/support/seed.ts'],
    testTimeout: 20_000,
    // Half of the time would go into loading the same modules anew for every file.
    isolate: false,
    // Left to itself Vitest takes one process less than there are processors. Many tests wait for
    // programs and clocks, so that on two processors half of the time would go by unused.
    maxWorkers: Math.max(2, availableParallelism()),
  },
});
