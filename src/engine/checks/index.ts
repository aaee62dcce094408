// All checks, in the order in which a person reads them. An id that was published is never reused:
// a check that goes leaves its id here as a comment.

import type { Check } from './check.ts';
import migrationRowsMissing from './migration-rows-missing.ts';
import migrationPartial from './migration-partial.ts';
import migrationChecksumForeign from './migration-checksum-foreign.ts';
import migrationAhead from './migration-ahead.ts';
import schemaObjectMissing from './schema-object-missing.ts';
import databaseDamaged from './database-damaged.ts';
import databaseMissing from './database-missing.ts';
import backfillUnfinished from './backfill-unfinished.ts';
import databaseTwoHomes from './database-two-homes.ts';
import databaseOnNetworkFilesystem from './database-on-network-filesystem.ts';
import logDatabaseOvergrown from './log-database-overgrown.ts';
import databaseLocked from './database-locked.ts';
import walHeldByStaleProcess from './wal-held-by-stale-process.ts';
import threadRowMissing from './thread-row-missing.ts';
import threadFileMissing from './thread-file-missing.ts';
import threadPathStale from './thread-path-stale.ts';
import threadFileElsewhere from './thread-file-elsewhere.ts';
import threadBoundToOther from './thread-bound-to-other.ts';
import threadFileDuplicate from './thread-file-duplicate.ts';
import threadArchiveMismatch from './thread-archive-mismatch.ts';
import threadCwdMissing from './thread-cwd-missing.ts';
import threadCwdMismatch from './thread-cwd-mismatch.ts';
import threadProviderMismatch from './thread-provider-mismatch.ts';
import threadSourceMismatch from './thread-source-mismatch.ts';
import threadPreviewMissing from './thread-preview-missing.ts';
import threadNameLost from './thread-name-lost.ts';
import threadUntitled from './thread-untitled.ts';
import threadHistoryMissing from './thread-history-missing.ts';
import threadForkParentMissing from './thread-fork-parent-missing.ts';
import threadOtherHost from './thread-other-host.ts';
import threadTemporary from './thread-temporary.ts';
import rowUndecodable from './row-undecodable.ts';
import rolloutHeaderBad from './rollout-header-bad.ts';
import rolloutIdMismatch from './rollout-id-mismatch.ts';
import rolloutMisnamed from './rollout-misnamed.ts';
import rolloutLineBad from './rollout-line-bad.ts';
import rolloutTwin from './rollout-twin.ts';
import rolloutUnreadableByOldCodex from './rollout-unreadable-by-old-codex.ts';
import rolloutOversized from './rollout-oversized.ts';
import providerHidesThreads from './provider-hides-threads.ts';
import providerUndefined from './provider-undefined.ts';
import configUnreadable from './config-unreadable.ts';
import homeShared from './home-shared.ts';
import listCrowded from './list-crowded.ts';
import codexVersionSkew from './codex-version-skew.ts';
import splitNotEffective from './split-not-effective.ts';
import ownDatabasesNotUsed from './own-databases-not-used.ts';

export const checks: readonly Check[] = [
  migrationRowsMissing,
  migrationPartial,
  migrationChecksumForeign,
  migrationAhead,
  schemaObjectMissing,
  databaseDamaged,
  databaseMissing,
  backfillUnfinished,
  databaseTwoHomes,
  databaseOnNetworkFilesystem,
  logDatabaseOvergrown,
  databaseLocked,
  walHeldByStaleProcess,
  threadRowMissing,
  threadFileMissing,
  threadPathStale,
  threadFileElsewhere,
  threadBoundToOther,
  threadFileDuplicate,
  threadArchiveMismatch,
  threadCwdMissing,
  threadCwdMismatch,
  threadProviderMismatch,
  threadSourceMismatch,
  threadPreviewMissing,
  threadNameLost,
  threadUntitled,
  threadHistoryMissing,
  threadForkParentMissing,
  threadOtherHost,
  threadTemporary,
  rowUndecodable,
  rolloutHeaderBad,
  rolloutIdMismatch,
  rolloutMisnamed,
  rolloutLineBad,
  rolloutTwin,
  rolloutUnreadableByOldCodex,
  rolloutOversized,
  providerHidesThreads,
  providerUndefined,
  configUnreadable,
  homeShared,
  listCrowded,
  codexVersionSkew,
  splitNotEffective,
  ownDatabasesNotUsed,
];
