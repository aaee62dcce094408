// Nouns about machines. Codex keeps no identity of a host on disk, so everything here is what somebody
// saw, and says where; what follows from it is worked out in `engine/hosts`.

import type { Filesystem } from './database.ts';
import type { Holder, PathState, Snapshot } from './snapshot.ts';
import type { FilePath, ThreadId } from './words.ts';

/** A host as it calls itself (`hostname`): what Codex writes into its log, and what evidence names. */
export type HostName = string & { readonly flavour?: 'HostName' };

/** What tells one machine from another. */
export interface MachineIdentity {
  readonly hostname: HostName;
  /** A digest of the machine's own id, which itself is nobody's business; null where it has none. */
  readonly machine: string | null;
  readonly system: 'linux' | 'darwin' | 'win32' | 'unknown';
  readonly user: string;
}

/** One look at another host; whatever it did not answer is a gap and never an error. */
export interface HostSight {
  /** The alias under which the person reaches it. */
  readonly alias: string;
  readonly takenAtMs: number;
  /** `node`: our scanner ran there. `shell`: it has no Node, and only the probe answered. */
  readonly by: 'node' | 'shell' | 'nobody';
  readonly machine: MachineIdentity | null;
  readonly homes: readonly SeenHome[];
  /**
   * Whether one of them is the home that the look is about, as it was seen here in the same moment; absent
   * where nobody held them against it.
   */
  readonly sharing?: Sharing;
  /** App servers of Codex that run there, under this account. */
  readonly servers: readonly SeenServer[];
  readonly codexes: readonly SeenCodex[];
  /** Where a Codex would keep its things that is started there now, in each way of starting. */
  readonly starts: readonly SeenStart[];
  /** Of the directories that were asked about: whether they are there. */
  readonly paths: Readonly<Record<FilePath, PathState>>;
  /** Who has files of the home open there, or of those that it was split into, where it is one that we share. */
  readonly holders: readonly Holder[];
  /** What a scan there has seen of its own home; null where the home is ours, or nobody could scan. */
  readonly snapshot: Snapshot | null;
  readonly gaps: readonly HostGap[];
}

/** What is not known of a host that was seen earlier and does not answer now. */
export const SILENT_NOW = 'how it is now';

export interface HostGap {
  /** What is not known for it, as `the host` or `running app servers`. */
  readonly what: string;
  /** A sentence part: `it did not answer within 10 seconds`. */
  readonly why: string;
}

/** Whether two hosts have one home. */
export interface Sharing {
  readonly answer: 'yes' | 'no' | 'unknown';
  /** Whole sentences, what weighs most first. */
  readonly because: readonly string[];
}

/** A Codex home by what can be compared without reading it. */
export interface SeenHome {
  /** Without links. */
  readonly path: FilePath;
  readonly installationId: string | null;
  readonly filesystem: Filesystem | null;
  /** What is mounted there, as `server:/export/home`; null where it is not told. */
  readonly mounted: string | null;
  /** Databases and index, by name. */
  readonly files: Readonly<Record<string, SeenFile>>;
}

export interface SeenFile {
  readonly inode: string;
  readonly bytes: number;
  /** In whole seconds, which is all that every system tells. */
  readonly modifiedS: number;
}

export interface SeenServer {
  readonly pid: number;
  readonly program: string;
  /** As its environment says; null where it says nothing, and the default is used. */
  readonly codexHome: FilePath | null;
  readonly sqliteHome: FilePath | null;
  /** Its environment could not be read, so that the two above say nothing. */
  readonly isOpaque: boolean;
}

export interface SeenCodex {
  readonly path: FilePath;
  readonly version: string | null;
}

export interface SeenStart {
  /** `command`: what a plain command over ssh gets. `login`: what a login shell gets. */
  readonly how: 'command' | 'login';
  readonly shell: string;
  readonly home: FilePath;
  readonly codexHome: FilePath | null;
  readonly sqliteHome: FilePath | null;
}

/** A server that was started there only to be asked where it keeps its things, as Codex is started. */
export interface FreshServer {
  readonly how: SeenStart['how'];
  readonly program: FilePath;
  /** As it said itself; null where it was not started or did not say. */
  readonly codexHome: FilePath | null;
  /** Why there is no answer, as a sentence part; null where there is one. */
  readonly why: string | null;
}

/** What is known of the hosts of a home, beside what lies in it. */
export interface HostKnowledge {
  readonly here: MachineIdentity;
  readonly sights: readonly HostSight[];
  /**
   * This machine by the same probe, as the last look at hosts has shown it; null where no split gives it a home of
   * its own, and where nobody has looked since.
   */
  readonly own: HostSight | null;
  /** Whether the person wants that what is seen is kept; null where they have never said. */
  readonly remembers: boolean | null;
  /** What this program saw on each host that shares our state directory, if the person wants it kept. */
  readonly observed: readonly ObservedHost[];
  readonly pins: HostPins;
  /** What Codex itself has written into its log: which server had to do with which thread. */
  readonly logged: readonly LoggedThread[];
  /** Homes that were split, this one or others, as it is kept in the person's state directory. */
  readonly splits: readonly PlannedSplit[];
  /** Databases that a host has on a disk of its own, of this home or others; kept there as well. */
  readonly ownDatabases: readonly OwnDatabases[];
}

export interface ObservedHost {
  readonly machine: MachineIdentity;
  readonly threads: Readonly<Record<ThreadId, ObservedThread>>;
}

export interface ObservedThread {
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface LoggedThread {
  readonly thread: ThreadId;
  readonly host: HostName;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** What a person has said. */
export interface HostPins {
  readonly threads: Readonly<Record<ThreadId, HostName>>;
  readonly projects: Readonly<Record<FilePath, HostName>>;
}

/** Whose thread it is, and from what that follows. */
export interface Attribution {
  /**
   * `told`: the person said so. `seen`: somebody saw it being used there. `inferred`: it follows from what
   * lies on disk. `conflict`: it was seen on several. `unknown`: nothing tells.
   */
  readonly confidence: 'told' | 'seen' | 'inferred' | 'conflict' | 'unknown';
  /** Null for a conflict and where nothing tells. */
  readonly host: HostName | null;
  /** Strongest first. */
  readonly evidence: readonly HostEvidence[];
}

export interface HostEvidence {
  readonly kind: 'pin' | 'writing' | 'observed' | 'log' | 'desktop' | 'folder' | 'parent';
  readonly host: HostName;
  /** A sentence, as `Its folder is only on gpu-1.` */
  readonly says: string;
  readonly atMs: number | null;
}

/** The Codex home that a host is to have. */
export interface HostHome {
  readonly host: HostName;
  readonly home: FilePath;
}

/** A home that was split into one for each host, and of which the split was not undone. */
export interface PlannedSplit {
  /** The home that all of them had. */
  readonly home: FilePath;
  readonly hosts: readonly HostHome[];
  /** The repair that has made it. */
  readonly receipt: string;
  readonly at: string;
}

/** The databases of a home that one host has in a folder of its own, so long as that was not undone. */
export interface OwnDatabases {
  readonly home: FilePath;
  readonly host: HostName;
  /** On a disk of that host; whatever lies at this path on any other host is something else. */
  readonly folder: FilePath;
  /** Whether those in the home have stayed there, for other hosts. */
  readonly isShared: boolean;
  /** The repair that has made it. */
  readonly receipt: string;
  readonly at: string;
}

/** Whether a split has taken on one of its hosts. */
export interface HostTook extends HostHome {
  /** `unknown`: it was not seen, or did not say what is started there. */
  readonly answer: 'yes' | 'no' | 'unknown';
  /** Ways of starting that give another home than the planned one. */
  readonly wrong: readonly SeenStart[];
  /** Servers that were started before, and go on with the home that was split. */
  readonly stale: readonly SeenServer[];
  /** What fresh servers there said; nothing is started for a mere look. */
  readonly fresh: readonly FreshServer[];
}
