// `codex resume` for a terminal. Folders and ids come from disk and can hold anything; here they become
// arguments, and never more than that.

import type { ThreadDetails } from '../../protocol/tree.ts';

/** An id that begins with a dash would be taken for an option. */
export function resumeArguments(thread: string): readonly string[] {
  return thread.startsWith('-') ? ['resume', '--', thread] : ['resume', thread];
}

/** The home is named only where Codex would take another one by itself. */
export function resumeEnvironment({
  homePath,
  isDefaultHome,
}: Pick<ThreadDetails, 'homePath' | 'isDefaultHome'>): Readonly<Record<string, string>> {
  return isDefaultHome ? {} : { CODEX_HOME: homePath };
}

/** The line to type; it goes to the thread's directory first, where that is there. */
export function resumeCommand(details: ThreadDetails, shell: 'posix' | 'powershell'): string {
  const { id, codex, cwd, isCwdThere } = details;
  const program = codex ?? 'codex';
  const values = resumeArguments(id);
  const environment = Object.entries(resumeEnvironment(details));
  const folder = isCwdThere !== false && canBeTyped(cwd) ? cwd : null;
  if (shell === 'posix') {
    const go = folder === null ? '' : `cd -- ${forPosix(folder)} && `;
    const set = environment.map(([name, value]) => `${name}=${forPosix(value)} `).join('');
    return `${go}${set}${[program, ...values].map(forPosix).join(' ')}`;
  }
  const go =
    folder === null ? '' : `Set-Location -LiteralPath ${forPowerShell(folder)} -ErrorAction Stop; `;
  const set = environment
    .map(([name, value]) => `$env:${name} = ${forPowerShell(value)}; `)
    .join('');
  return `${go}${set}& ${[program, ...values].map(forPowerShell).join(' ')}`;
}

/** A terminal acts on controls that are pasted, however they are quoted. */
function canBeTyped(folder: string): boolean {
  return folder !== '' && !/[\u0000-\u001f\u007f-\u009f]/.test(folder);
}

const PLAIN = /^[\w@%+:,./-]+$/;

function forPosix(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** PowerShell takes typographic quotes for quotes too. */
function forPowerShell(text: string): string {
  return `'${text.replaceAll(/['\u2018-\u201b]/g, '$&$&')}'`;
}
