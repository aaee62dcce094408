// What package.json contributes, by name. A test holds the two against each other.

export const VIEW = 'codexHealth.threads';
export const SETTINGS = 'codexHealth';
export const RECORD_LANGUAGE = 'codex-health-page';

export const COMMANDS = {
  refresh: 'codexHealth.refresh',
  openRecord: 'codexHealth.openRecord',
  openTranscript: 'codexHealth.openTranscript',
  copyReport: 'codexHealth.copyReport',
  showLog: 'codexHealth.showLog',
  showMore: 'codexHealth.showMore',
} as const;

/** Says which welcome text an empty view shows: `looking`, `no-home`, `failed` or `read`. */
export const STATE_KEY = 'codexHealth.state';
