// A person who answers as a test says, and a server that answers as the protocol types it. Both keep what
// they were asked, so that a test sees every way through a command without a click.

import assert from 'node:assert/strict';
import { CancellationTokenSource, EventEmitter, Uri } from 'vscode';
import type { RepairClient } from '../../../../src/extension/client.ts';
import type { Context, Person } from '../../../../src/extension/commands/context.ts';
import {
  REFUSED,
  type AnswerOf,
  type ParamsOf,
  type RequestName,
} from '../../../../src/protocol/requests.ts';

/** What a person does when they are asked: a button or a row by its words, a text, a folder, or nothing. */
export type Answer = string | RegExp | Uri | readonly (string | RegExp)[] | undefined;

type Server = {
  readonly [Name in RequestName]?: (
    params: ParamsOf<Name>,
    help: { readonly cancel: () => void },
  ) => AnswerOf<Name> | Promise<AnswerOf<Name>>;
};

export interface Scene {
  readonly context: Context;
  /** What the person was told and asked, in order: `how: words | buttons`. */
  readonly heard: readonly string[];
  /** What the server was asked, in order. */
  readonly asked: readonly (readonly [name: RequestName, params: unknown])[];
  /** What VS Code was told to do: documents, commands, terminals, the clipboard. */
  readonly done: readonly (readonly [what: string, ...values: readonly unknown[]])[];
  /** What was told as progress. */
  readonly progress: readonly string[];
  readonly remembered: Map<string, unknown>;
  /** Other extensions that are installed, by their ids. */
  readonly manifests: Map<string, unknown>;
  /** Fails when an answer was not asked for. */
  end(): void;
}

export function sceneOf(server: Server, ...answers: readonly Answer[]): Scene {
  const heard: string[] = [];
  const asked: [RequestName, unknown][] = [];
  const done: [string, ...unknown[]][] = [];
  const progress: string[] = [];
  const remembered = new Map<string, unknown>();
  const manifests = new Map<string, unknown>();
  const left = [...answers];
  const cancelling = new CancellationTokenSource();

  const answer = async <Name extends RequestName>(name: Name, params: unknown) => {
    asked.push([name, params]);
    const work = server[name] as
      ((params: unknown, help: { cancel: () => void }) => AnswerOf<Name>) | undefined;
    if (work === undefined) throw new Error(`nobody expects ${name}`);
    return work(params, { cancel: () => cancelling.cancel() });
  };
  const press = (buttons: readonly string[]): string | undefined => {
    const wanted = left.shift();
    if (wanted === undefined) return undefined;
    const found = buttons.find(button => fits(button, wanted));
    assert.ok(found !== undefined, `${String(wanted)} is not among ${buttons.join(', ')}`);
    return found;
  };
  const hear = (how: string, words: string, buttons: readonly string[] = []) =>
    heard.push(`${how}: ${[words, ...buttons].join(' | ')}`);

  const person: Person = {
    tell: async (how, sentence, ...buttons) => {
      hear(how, sentence, buttons);
      return buttons.length === 0 ? undefined : press(buttons);
    },
    mention: sentence => void hear('mention', sentence),
    ask: async (question, detail, ...buttons) => {
      hear('ask', `${question}\n${detail}`, buttons);
      return press(buttons);
    },
    choose: async (title, choices) => {
      hear(
        'choose',
        title,
        choices.map(({ label }) => label),
      );
      const label = press(choices.map(choice => choice.label));
      return choices.find(choice => choice.label === label)?.value;
    },
    chooseSome: async (title, choices, hint) => {
      const rows = choices.map(({ label, isChosen }) => (isChosen === true ? `☑ ${label}` : label));
      hear('choose', title, hint === undefined ? rows : [...rows, hint]);
      const wanted = left.shift();
      return Array.isArray(wanted)
        ? choices
            .filter(({ label }) => wanted.some(one => fits(label, one as Answer)))
            .map(({ value }) => value)
        : undefined;
    },
    enter: async (title, value, object) => {
      hear('enter', title, [value]);
      const text = left.shift();
      if (typeof text !== 'string') return undefined;
      const objection = object(text);
      if (objection !== null) hear('objection', objection);
      return objection === null ? text : undefined;
    },
    chooseFolder: async title => {
      hear('folder', title);
      const folder = left.shift();
      return folder instanceof Uri ? folder : undefined;
    },
    wait: async (_title, work) => work(),
    follow: async (title, work, canBeCancelled) => {
      hear('follow', title, canBeCancelled ? ['Cancel'] : []);
      const report = ({ message }: { message?: string }) => void progress.push(message ?? '');
      return work({ report }, cancelling.token);
    },
    show: async document => void done.push(['show', document.toString()]),
    showBeside: async document => void done.push(['beside', document.toString()]),
    run: async (command, ...values) => void done.push([command, ...values]),
    openTerminal: options => void done.push(['terminal', options]),
    copy: async text => void done.push(['copy', text]),
  };

  const client: RepairClient = {
    ask: (name, ...[params]) => answer(name, params),
    carryOut: async (name, params, telling, token) => {
      const gone = new Promise<never>((_resolve, reject) => {
        token.onCancellationRequested(() => reject(refusal('stopped', 'The waiting was ended.')));
      });
      telling.report({ message: 'begun' });
      return Promise.race([answer(name, params), gone]);
    },
    onChanged: new EventEmitter<void>().event,
  };
  const memory = {
    get: <T>(key: string, initial?: T) =>
      (remembered.has(key) ? remembered.get(key) : initial) as T,
    update: async (key: string, value: unknown) => void remembered.set(key, value),
  };
  return {
    context: { client, person, memory, manifestOf: id => manifests.get(id) } as Context,
    ...{ heard, asked, done, progress, remembered, manifests },
    end: () => assert.deepEqual(left, [], 'the person was not asked for these answers'),
  };
}

/** What the server says when it refuses. */
export function refusal(code: string, says: string, next = 'Do something else.'): Error {
  return Object.assign(new Error(says), { code: REFUSED, data: { refusal: code, next } });
}

export function namesOf({ asked }: Scene): readonly string[] {
  return asked.map(([name]) => name.replace('codexHealth/', ''));
}

function fits(words: string, wanted: Answer): boolean {
  return wanted instanceof RegExp ? wanted.test(words) : words === wanted;
}
