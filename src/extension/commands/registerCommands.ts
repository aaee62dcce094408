// Every command, in one place: what it is called, what it does, and how a failure of it begins.

import {
  commands,
  extensions,
  l10n,
  Uri,
  window,
  type Disposable,
  type LogOutputChannel,
  type Memento,
} from 'vscode';
import { DOCUMENT_SCHEME } from '../../protocol/documents.ts';
import type { RepairClient } from '../client.ts';
import { COMMANDS } from '../contributions.ts';
import { acceptFinding, acceptNamed, showAccepted } from './accepting.ts';
import { askHosts } from './askHosts.ts';
import { applyPlan } from './change.ts';
import { archiveThread, forkThread, renameThread, unarchiveThread } from './changeThreads.ts';
import type { Context } from './context.ts';
import { orTell } from './failures.ts';
import { keepDatabasesLocal } from './keepDatabasesLocal.ts';
import { copyReport, openRecord, refresh } from './looking.ts';
import { moveProvider } from './moveProvider.ts';
import { copyResumeCommand, openInCodex } from './openInCodex.ts';
import { registerOutcomePages } from './outcomePage.ts';
import { note } from './noting.ts';
import { person } from './person.ts';
import { pinToHost } from './pinToHost.ts';
import { relinkFindings, relinkFolder } from './relinkFolder.ts';
import { repairFinding, repairNamed } from './repairFinding.ts';
import { repairState } from './repairState.ts';
import { saveCopy } from './saveCopy.ts';
import { showHistory } from './showHistory.ts';
import { splitHome } from './splitHome.ts';
import type { Target } from './targets.ts';
import { undoRepair } from './undoRepair.ts';

export function registerCommands(
  client: RepairClient,
  memory: Memento,
  log: LogOutputChannel,
): readonly Disposable[] {
  const context: Context = {
    ...{ client, person, memory },
    manifestOf: id => extensions.getExtension(id)?.packageJSON as unknown,
  };
  const on = (
    name: keyof typeof COMMANDS,
    failure: string,
    work: (...values: readonly unknown[]) => Promise<void>,
  ) =>
    commands.registerCommand(COMMANDS[name], (...values: readonly unknown[]) =>
      orTell(person, failure, () => work(...values)),
    );
  /** For what is asked for on rows of the tree, or on an open record. */
  const onTarget = (
    name: keyof typeof COMMANDS,
    failure: string,
    work: (context: Context, target: Target) => Promise<void>,
  ) => on(name, failure, (clicked, selected) => work(context, { clicked, selected }));
  /** What can be asked for on a page as well, from the palette too, where nobody says which. */
  const onPage = (
    name: keyof typeof COMMANDS,
    failure: string,
    work: (context: Context, target: Target) => Promise<void>,
  ) =>
    onTarget(name, failure, (context, { clicked = activePage(), selected }) =>
      work(context, { clicked, selected }),
    );
  return [
    registerOutcomePages(),
    commands.registerCommand(COMMANDS.showLog, () => log.show()),
    on('refresh', l10n.t('Could not look at the Codex home'), () => refresh(client)),
    on('openRecord', l10n.t('Could not open the session record'), (target, line, character) =>
      openRecord(context, target, numberOf(line), numberOf(character)),
    ),
    on('copyReport', l10n.t('Could not copy the report'), () => copyReport(context)),
    on('repairState', l10n.t('Could not repair'), () => repairState(context)),
    // A lightbulb names its finding, and its cure.
    on('repairFinding', l10n.t('Could not repair'), (target, selected) =>
      typeof target === 'string'
        ? repairNamed(context, target, typeof selected === 'string' ? selected : null)
        : repairFinding(context, { clicked: target ?? activePage(), selected }),
    ),
    onPage('applyPlan', l10n.t('Could not carry out the plan'), (_, { clicked }) =>
      applyPlan(context, clicked instanceof Uri ? clicked : undefined),
    ),
    on('undoRepair', l10n.t('Could not undo the repair'), repair => undoRepair(context, repair)),
    on('showHistory', l10n.t('Could not show the history'), () => showHistory(context)),
    on('acceptFinding', l10n.t('Could not accept the finding'), (target, selected) =>
      typeof target === 'string'
        ? acceptNamed(context, [target])
        : acceptFinding(context, { clicked: target, selected }),
    ),
    on('showAccepted', l10n.t('Could not show what is accepted'), () => showAccepted(context)),
    on('saveCopy', l10n.t('Could not save a copy'), () => saveCopy(context)),
    on('splitHome', l10n.t('Could not split the Codex home'), () => splitHome(context)),
    on('askHosts', l10n.t('Could not ask the hosts'), () => askHosts(context)),
    on('keepDatabasesLocal', l10n.t('Could not give this host databases of its own'), () =>
      keepDatabasesLocal(context),
    ),
    onTarget('pinToHost', l10n.t('Could not note the host'), pinToHost),
    on('noteWriting', l10n.t('Could not note what is written here'), () => note(context, true)),
    on('stopNoting', l10n.t('Could not stop noting what is written here'), () =>
      note(context, false),
    ),
    onTarget('moveProvider', l10n.t('Could not move the threads'), moveProvider),
    on('relinkFolder', l10n.t('Could not relink the folder'), (target, selected) =>
      typeof target === 'string'
        ? relinkFindings(context, [target])
        : relinkFolder(context, { clicked: target, selected }),
    ),
    onTarget('archiveThread', l10n.t('Could not archive'), archiveThread),
    onTarget('unarchiveThread', l10n.t('Could not take it out of the archive'), unarchiveThread),
    onTarget('renameThread', l10n.t('Could not rename the thread'), renameThread),
    onTarget('forkThread', l10n.t('Could not fork the thread'), forkThread),
    onPage('openInCodex', l10n.t('Could not open the thread in Codex'), openInCodex),
    onPage('copyResumeCommand', l10n.t('Could not copy the command'), copyResumeCommand),
  ];
}

/** The page of ours that somebody is reading. */
function activePage(): Uri | undefined {
  const uri = window.activeTextEditor?.document.uri;
  return uri?.scheme === DOCUMENT_SCHEME ? uri : undefined;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
