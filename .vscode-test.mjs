// The suites of test/editor/suite in a desktop VS Code, which is downloaded: `npx vscode-test` (Node 24).
// VSCODE_PATH names one that is there already.

import { defineConfig } from '@vscode/test-cli';
import { desktopTests } from './test/editor/desktop.mjs';

const { VSCODE_PATH } = process.env;

export default defineConfig({
  ...(await desktopTests()),
  ...(VSCODE_PATH === undefined ? {} : { useInstallation: { fromPath: VSCODE_PATH } }),
});
