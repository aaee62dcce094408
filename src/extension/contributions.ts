// What package.json contributes, by name. A test holds the two against each other.

export const VIEW = 'codexHealth.threads';
export const SETTINGS = 'codexHealth';
export const RECORD_LANGUAGE = 'codex-health-page';

export const COMMANDS = {
  refresh: 'codexHealth.refresh',
  openRecord: 'codexHealth.openRecord',
  copyReport: 'codexHealth.copyReport',
  showLog: 'codexHealth.showLog',
  showMore: 'codexHealth.showMore',
  repairState: 'codexHealth.repairState',
  repairFinding: 'codexHealth.repairFinding',
  undoRepair: 'codexHealth.undoRepair',
  showHistory: 'codexHealth.showHistory',
  acceptFinding: 'codexHealth.acceptFinding',
  showAccepted: 'codexHealth.showAccepted',
  saveCopy: 'codexHealth.saveCopy',
  moveProvider: 'codexHealth.moveProvider',
  relinkFolder: 'codexHealth.relinkFolder',
  archiveThread: 'codexHealth.archiveThread',
  unarchiveThread: 'codexHealth.unarchiveThread',
  renameThread: 'codexHealth.renameThread',
  forkThread: 'codexHealth.forkThread',
  openInCodex: 'codexHealth.openInCodex',
  copyResumeCommand: 'codexHealth.copyResumeCommand',
} as const;

/** Says which welcome text an empty view shows: `looking`, `no-home`, `failed` or `read`. */
export const STATE_KEY = 'codexHealth.state';

/** The setting that the server does not read: for so many days backups are kept; 0 for ever. */
export const KEEP_BACKUPS_FOR = 'keepBackupsFor';
