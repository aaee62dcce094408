// Tells this machine from others without giving its id away: the id itself is nobody's business.

import crypto from 'node:crypto';
import fs from 'node:fs';

/** The probe makes the same digest on other hosts, with the tools of a shell. */
export const DIGESTED_BEFORE = 'codex-session-health:';

export function machineId(platform: NodeJS.Platform): string | null {
  if (platform !== 'linux') return null;
  try {
    const id = fs.readFileSync('/etc/machine-id', 'utf8').trim();
    const digest = crypto.createHash('sha256').update(`${DIGESTED_BEFORE}${id}`).digest('hex');
    return id === '' ? null : digest.slice(0, 16);
  } catch {
    return null;
  }
}
