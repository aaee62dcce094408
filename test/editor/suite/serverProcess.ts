import assert from 'node:assert/strict';
import fs from 'node:fs';
import { commands } from 'vscode';
import { test, until } from './harness.ts';
import { markerOf } from './sample.ts';

test('a server that died is started again', async () => {
  const [before] = serverProcesses();
  assert.ok(before !== undefined);
  process.kill(before, 'SIGKILL');
  await until('another server', () => serverProcesses().find(pid => pid !== before));
  await commands.executeCommand('codexHealth.refresh');
  await markerOf('thread-row-missing');
});

test('there is one server for the window', async () => {
  assert.equal(serverProcesses().length, 1);
});

/** Processes that this extension host started with our server in them; the host runs on Linux. */
function serverProcesses(): readonly number[] {
  return fs
    .readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      const commandLine = read(`/proc/${pid}/cmdline`);
      const parent = / \(.*\) \S (\d+) /.exec(read(`/proc/${pid}/stat`))?.[1];
      return commandLine.includes('dist/server.js') && parent === String(process.pid);
    })
    .map(Number);
}

/** A process may be gone before it is looked at. */
function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
