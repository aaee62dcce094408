import path from 'node:path';

/** Where this system keeps what programs remember between runs; null when it does not say. */
export function stateFolder(
  system: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
  userHome: string,
): string | null {
  const { join, isAbsolute } = system === 'win32' ? path.win32 : path.posix;
  const named = environment[system === 'win32' ? 'LOCALAPPDATA' : 'XDG_STATE_HOME'] ?? '';
  const usual = {
    win32: ['AppData', 'Local'],
    darwin: ['Library', 'Application Support'],
    others: ['.local', 'state'],
  }[system === 'win32' || system === 'darwin' ? system : 'others'];
  // The specification of these folders says that a relative path is to be ignored.
  const base = system !== 'darwin' && isAbsolute(named) ? named : join(userHome, ...usual);
  return isAbsolute(base) ? join(base, 'codex-session-health') : null;
}
