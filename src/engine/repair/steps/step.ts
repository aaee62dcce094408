// What a kind of step can do. Undoing decides by looking and not by what is remembered: it is right
// from before, from after, and from wherever a stop has left things in between.

import type { TableImages } from '../../model/closerLook.ts';
import type { Left, Step } from '../../model/plan.ts';
import type { FilePath, ThreadId } from '../../model/words.ts';
import type { Hands } from '../../hands.ts';
import type { World } from '../../world.ts';

export interface StepHandler<S extends Step> {
  /** One sentence for the person who reads the plan. */
  describe(step: S): string;
  /** Files and rows, as a person would name them. */
  touches(step: S): readonly string[];
  /** How many bytes are kept so that it can be undone. */
  backupBytes(step: S): number;
  /** Why the disk is no longer as the plan found it; null when it is. Looks, and changes nothing. */
  whyStale(step: S, ground: Ground): Promise<string | null>;
  /** Nothing when all of it was done, and nothing besides. */
  apply(step: S, ground: Ground): Promise<Outcome | void>;
  /** Puts back what is still ours; what Codex or somebody has changed since is left and named. */
  undo(step: S, ground: Ground): Promise<readonly Left[]>;
}

export interface Outcome {
  /** The parts that could not be done, by their findings. */
  readonly failed: readonly Left[];
  /** What happened beside the plan, in sentences. */
  readonly unplanned: readonly string[];
}

/** What came of a step that was taken beside others; nothing where an error kept it from being done. */
export interface Answer<T> {
  readonly result: T;
  readonly error: Error | null;
}

/** Where steps are taken. */
export interface Ground {
  readonly world: World;
  readonly hands: Hands;
  /** The folder for files that this repair takes out of the home. */
  readonly keptFiles: FilePath;
  /** What the state database says of threads, exactly. */
  tables(database: FilePath): Promise<TableImages>;
  /** Where a file of this name lies now: Codex moves rollouts when it archives a thread. */
  locate(file: FilePath): Promise<FilePath>;
  /** Of the files that were made about when the repair was begun or later: by what they lean on. */
  leaning(): Promise<ReadonlyMap<ThreadId, readonly ThreadId[]>>;
  readonly watch: Watch;
}

/** Whoever waits for something long: is told how far it is, and may have had enough. */
export interface Watch {
  readonly signal: AbortSignal | null;
  tell(done: number, total: number, what: string): void;
}

/** The disk is not as a step needs it. Nothing was changed by this step. */
export class Stale extends Error {}

/** The person has had enough while something long went on: all that was begun is to be taken back. */
export class Interrupted extends Error {}
