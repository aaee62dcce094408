#!/usr/bin/env node
// Stands in for the program `code` where no desktop VS Code is to be had: it takes what @vscode/test-cli
// passes, and runs the same in a VS Code server. VSCODE_PATH=test/editor/asDesktop.mjs npx vscode-test

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installHost } from '../../scripts/vscode-host.mjs';
import { runInHost } from './inHost.mjs';

const passed = process.argv.slice(2);
const say = text => console.error(`[as desktop] ${text}`);
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'codex-health-desktop-'));
try {
  const settings = path.join(valueOf('user-data-dir'), 'User/settings.json');
  process.exitCode = await runInHost({
    host: await installHost(undefined, say),
    data: path.join(temporary, 'server'),
    extension: valueOf('extensionDevelopmentPath'),
    module: valueOf('extensionTestsPath'),
    folder: passed.find(argument => !argument.startsWith('-')),
    settings: JSON.parse(fs.readFileSync(settings, 'utf8')),
    hear: values => console.log(...values),
    say,
  });
} finally {
  fs.rmSync(temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

function valueOf(name) {
  const prefix = `--${name}=`;
  const argument = passed.find(candidate => candidate.startsWith(prefix));
  if (argument === undefined) throw new Error(`${prefix}… is missing`);
  return argument.slice(prefix.length);
}
