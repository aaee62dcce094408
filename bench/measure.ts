// What both tables of the bench are measured with.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export const ROOT = path.join(import.meta.dirname, '..');

export interface Measure {
  readonly ms: number;
  readonly peakMb: number;
  readonly output: string;
}

/** A whole process, from its start to its end; the system's own record of its peak memory. */
export function time(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Measure> {
  const startedAt = performance.now();
  const child = spawn(program, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  let peakMb = 0;
  const watch = setInterval(() => (peakMb = Math.max(peakMb, peakOf(child.pid ?? 0))), 10);
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      clearInterval(watch);
      resolve({ ms: performance.now() - startedAt, peakMb, output });
    });
  });
}

/** The high-water mark that Linux keeps; it only ever rises, so the last look is nearly the peak. */
function peakOf(pid: number): number {
  try {
    const status = fs.readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

export function verdict(value: number, target: number, digits = 2): string {
  const mark = target === Infinity ? '' : value <= target ? ' ok' : ` over ${String(target)}`;
  return `${value.toFixed(digits)}${mark}`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** The rounds of a table, each told as it begins: minutes without a word look like a standstill. */
export function* roundsOf(table: string, rounds: number): Generator<number> {
  for (let round = 1; round <= rounds; round += 1) {
    const seconds = (performance.now() / 1000).toFixed(0);
    process.stderr.write(`${table}: round ${String(round)} of ${String(rounds)}, ${seconds} s\n`);
    yield round;
  }
}

export function print(text: string): void {
  process.stdout.write(text);
}
