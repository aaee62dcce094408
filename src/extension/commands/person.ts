// The person, reached through VS Code.

import {
  CancellationError,
  commands,
  env,
  Position,
  ProgressLocation,
  Range,
  ViewColumn,
  window,
  type CancellationToken,
  type Disposable,
  type QuickPickItem,
  type QuickPickOptions,
  type Uri,
} from 'vscode';
import { forMessage, forRow } from '../plainText.ts';
import type { Telling } from '../progressSteps.ts';
import { tabsUnderOtherTitle } from '../threadPages.ts';
import type { Choice, Person, Tone } from './context.ts';

const MENTION_MS = 8000;

export const person: Person = {
  tell: async (how, sentence, ...buttons) => {
    const closed = TONES[how](forMessage(sentence), ...buttons);
    // Nothing hangs on when somebody closes what has no button.
    return buttons.length === 0 ? undefined : closed;
  },
  mention: sentence => void window.setStatusBarMessage(`$(check) ${forRow(sentence)}`, MENTION_MS),
  ask: async (question, detail, ...answers) =>
    window.showWarningMessage(
      forMessage(question),
      { modal: true, detail: forMessage(detail) },
      ...answers,
    ),
  choose: async (title, choices) =>
    (await window.showQuickPick(choices.map(rowOf), { ...LIST, title: forMessage(title) }))?.value,
  chooseSome: async (title, choices, hint) => {
    const placeHolder = hint === undefined ? {} : { placeHolder: forRow(hint) };
    const options = {
      ...LIST,
      ...placeHolder,
      title: forMessage(title),
      canPickMany: true,
    } as const;
    return (await window.showQuickPick(choices.map(rowOf), options))?.map(({ value }) => value);
  },
  enter: async (title, value, object) =>
    window.showInputBox({
      title: forMessage(title),
      value,
      ignoreFocusOut: true,
      validateInput: text => object(text),
    }),
  chooseFolder: async (title, button) => {
    const chosen = await window.showOpenDialog({
      title,
      openLabel: button,
      canSelectFiles: false,
      canSelectFolders: true,
    });
    return chosen?.[0];
  },
  wait: (title, work) => waitPatiently(forMessage(title), work()),
  follow: async (title, work, cancellable) =>
    window.withProgress(
      { location: ProgressLocation.Notification, title: forMessage(title), cancellable },
      (progress, token) => work(inPlainText(progress), token),
    ),
  show: async (document, { line, character } = { line: 0, character: 0 }) => {
    const position = new Position(line, character);
    const selection = new Range(position, position);
    const [outdated] = tabsUnderOtherTitle(document);
    const column = outdated === undefined ? {} : { viewColumn: outdated.group.viewColumn };
    await window.showTextDocument(document, { selection, preview: true, ...column });
    // Looked for anew, and not waited for: for tabs as they were before, 1.103 never answers.
    for (const tab of tabsUnderOtherTitle(document)) void window.tabGroups.close(tab, true);
  },
  showBeside: async document => {
    const viewColumn = columnFor(document);
    await window.showTextDocument(document, { viewColumn, preview: true, preserveFocus: true });
  },
  run: async (command, ...values) => void (await commands.executeCommand(command, ...values)),
  openTerminal: options => window.createTerminal(options).show(),
  copy: async text => env.clipboard.writeText(text),
};

/** A new plan takes the place of the one before, and no third column is opened. */
function columnFor({ scheme, path }: Uri): ViewColumn {
  const kind = (path: string) => path.split('/')[1];
  const before = window.visibleTextEditors.find(
    ({ document: { uri } }) => uri.scheme === scheme && kind(uri.path) === kind(path),
  );
  if (before?.viewColumn !== undefined) return before.viewColumn;
  return window.activeTextEditor === undefined ? ViewColumn.Active : ViewColumn.Beside;
}

/** So long it says in the status bar that it works; then it can be left. */
const SLOW_MS = 8000;

/** Whoever leaves only stops waiting: what the server does comes to its end. */
async function waitPatiently<T>(title: string, working: Promise<T>): Promise<T> {
  const { Window, Notification } = ProgressLocation;
  return window.withProgress({ location: Window, title }, async () => {
    if (await isOverIn(SLOW_MS, working)) return working;
    return window.withProgress({ location: Notification, title, cancellable: true }, (_, token) =>
      orCancelled(working, token),
    );
  });
}

async function isOverIn(milliseconds: number, working: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const over = working.then(
    () => true,
    () => true,
  );
  return Promise.race([over, late]).finally(() => clearTimeout(timer));
}

export async function orCancelled<T>(working: Promise<T>, token: CancellationToken): Promise<T> {
  let hearing: Disposable | undefined;
  const cancelled = new Promise<never>((_, reject) => {
    hearing = token.onCancellationRequested(() => reject(new CancellationError()));
  });
  return Promise.race([working, cancelled]).finally(() => void hearing?.dispose());
}

type Show = (sentence: string, ...buttons: readonly string[]) => Thenable<string | undefined>;

const TONES: Readonly<Record<Tone, Show>> = {
  information: (sentence, ...buttons) => window.showInformationMessage(sentence, ...buttons),
  warning: (sentence, ...buttons) => window.showWarningMessage(sentence, ...buttons),
  error: (sentence, ...buttons) => window.showErrorMessage(sentence, ...buttons),
};

const LIST: QuickPickOptions = {
  ignoreFocusOut: true,
  matchOnDescription: true,
  matchOnDetail: true,
};

function rowOf<T>(choice: Choice<T>): QuickPickItem & { value: T } {
  const { label, description, detail, isChosen = false, value } = choice;
  return {
    label: forRow(label),
    ...(description === undefined ? {} : { description: forRow(description) }),
    ...(detail === undefined ? {} : { detail: forRow(detail) }),
    picked: isChosen,
    value,
  };
}

function inPlainText(progress: Telling): Telling {
  return {
    report: ({ message, ...rest }) =>
      progress.report(message === undefined ? rest : { ...rest, message: forMessage(message) }),
  };
}
