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
  findThread: 'codexHealth.findThread',
  showAllThreads: 'codexHealth.showAllThreads',
  showThreadsInTrouble: 'codexHealth.showThreadsInTrouble',
  showHiddenThreads: 'codexHealth.showHiddenThreads',
  showArchivedThreads: 'codexHealth.showArchivedThreads',
  repairState: 'codexHealth.repairState',
  applyPlan: 'codexHealth.applyPlan',
  repairFinding: 'codexHealth.repairFinding',
  undoRepair: 'codexHealth.undoRepair',
  showHistory: 'codexHealth.showHistory',
  acceptFinding: 'codexHealth.acceptFinding',
  showAccepted: 'codexHealth.showAccepted',
  saveCopy: 'codexHealth.saveCopy',
  moveProvider: 'codexHealth.moveProvider',
  splitHome: 'codexHealth.splitHome',
  askHosts: 'codexHealth.askHosts',
  keepDatabasesLocal: 'codexHealth.keepDatabasesLocal',
  relinkFolder: 'codexHealth.relinkFolder',
  archiveThread: 'codexHealth.archiveThread',
  unarchiveThread: 'codexHealth.unarchiveThread',
  renameThread: 'codexHealth.renameThread',
  forkThread: 'codexHealth.forkThread',
  openInCodex: 'codexHealth.openInCodex',
  copyResumeCommand: 'codexHealth.copyResumeCommand',
  pinToHost: 'codexHealth.pinToHost',
  noteWriting: 'codexHealth.noteWriting',
  stopNoting: 'codexHealth.stopNoting',
} as const;

/** Says which welcome text an empty view shows, and whether it is empty at all. */
export const STATE_KEY = 'codexHealth.state';

/** Which threads are shown: `all`, `trouble`, `hidden` or `archived`. */
export const FILTER_KEY = 'codexHealth.filter';

/** Whether other hosts have the home as well, and whether what is written here is noted. */
export const SHARED_KEY = 'codexHealth.shared';
export const NOTING_KEY = 'codexHealth.noting';

/** The setting that the server does not read: for so many days backups are kept; 0 for ever. */
export const KEEP_BACKUPS_FOR = 'keepBackupsFor';
