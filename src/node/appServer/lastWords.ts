// What a program said about its trouble, out of all that it wrote beside its answers.

const MOST = 1000;

/** The error that it ended with; else the last lines that it wrote. In one line, without colours. */
export function lastWords(stderr: string): string {
  const lines = stderr
    .replace(/\u001b\[[0-9;]*m/g, '')
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '');
  const error = lines.findLastIndex(line => /^Error: |^thread '.*' panicked at /.test(line));
  const told = error === -1 ? lines.slice(-3) : upToBacktrace(lines.slice(error));
  const words = withoutEchoes(told.join(' ').replace(/^Error: /, ''));
  // The cause stands at the end.
  return words.length > MOST ? `…${words.slice(-MOST)}` : words;
}

function upToBacktrace(lines: readonly string[]): readonly string[] {
  const end = lines.findIndex(line => /^stack backtrace:|^note: run with /i.test(line));
  return end === -1 ? lines : lines.slice(0, end);
}

/** Codex 0.169 tells a chain of errors, each of which tells the rest of the chain as well. */
function withoutEchoes(text: string): string {
  for (let at = text.lastIndexOf(': '); at !== -1; at = text.lastIndexOf(': ', at - 1)) {
    const [before, after] = [text.slice(0, at), text.slice(at + 2)];
    if (before.endsWith(after)) return withoutEchoes(before);
  }
  return text;
}
