// What a command works with: the server that does, and the person who decides. Both are handed in, so
// that every way through a command can be tested without a click.

import type { CancellationToken, Memento, TerminalOptions, Uri } from 'vscode';
import type { RepairClient } from '../client.ts';
import type { Telling } from '../progressSteps.ts';

export interface Context {
  readonly client: RepairClient;
  readonly person: Person;
  /** What is remembered between windows. */
  readonly memory: Pick<Memento, 'get' | 'update'>;
  /** What another extension says of itself; undefined where it is not installed. */
  manifestOf(extension: string): unknown;
}

/** The person in front of the editor, and what can be put before them. */
export interface Person {
  /** A notification; resolves to the button that was pressed. */
  tell(how: Tone, sentence: string, ...buttons: readonly string[]): Promise<string | undefined>;
  /** A few seconds in the status bar, for what can be seen to have worked. */
  mention(sentence: string): void;
  /** What has to be answered before anything is done; undefined is a no. */
  ask(question: string, detail: string, ...answers: readonly string[]): Promise<string | undefined>;
  choose<T>(title: string, choices: readonly Choice<T>[]): Promise<T | undefined>;
  /** `hint` stands where somebody types. */
  chooseSome<T>(
    title: string,
    choices: readonly Choice<T>[],
    hint?: string,
  ): Promise<readonly T[] | undefined>;
  /** `object` says what is wrong with a text, or nothing. */
  enter(
    title: string,
    value: string,
    object: (text: string) => string | null,
  ): Promise<string | undefined>;
  chooseFolder(title: string, button: string): Promise<Uri | undefined>;
  /** For what takes a moment as a rule; where it takes longer, nobody has to wait for it. */
  wait<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** For what takes longer: shown with how far it is. No way out is shown where there is none. */
  follow<T>(title: string, work: Work<T>, canBeCancelled: boolean): Promise<T>;
  show(document: Uri, cursor?: Cursor): Promise<void>;
  /** Beside what is being read, which keeps the focus. */
  showBeside(document: Uri): Promise<void>;
  run(command: string, ...values: readonly unknown[]): Promise<void>;
  openTerminal(options: TerminalOptions): void;
  copy(text: string): Promise<void>;
}

/** Counted from zero. */
export interface Cursor {
  readonly line: number;
  readonly character: number;
}

export type Tone = 'information' | 'warning' | 'error';

export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  /** Where several can be chosen: whether it is among them from the beginning. */
  readonly isChosen?: boolean;
  readonly value: T;
}

export type Work<T> = (progress: Telling, token: CancellationToken) => Promise<T>;
