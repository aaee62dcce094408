// Goes on with a thread: in the editor of the official extension, else in a terminal.

import { l10n, Uri } from 'vscode';
import type { ThreadDetails, ThreadNode } from '../../protocol/tree.ts';
import { forkHere, unarchiveThread } from './changeThreads.ts';
import { editorOf } from './codexExtension.ts';
import type { Context } from './context.ts';
import { relinkFolder } from './relinkFolder.ts';
import { repairFinding } from './repairFinding.ts';
import { mayGoOnHere } from './resumeGuard.ts';
import { resumeArguments, resumeCommand, resumeEnvironment } from './resumeCommand.ts';
import { threadOf, type Target } from './targets.ts';

export async function openInCodex(context: Context, target: Target): Promise<void> {
  const found = await detailsOf(context, target);
  if (found === null) return;
  const { thread, details } = found;
  const fork = () => forkHere(context, thread);
  if (!(await mayGoOnHere(context, details, { anyway: l10n.t('Resume Here Anyway'), fork })))
    return;
  if (!(await goesOn(context, thread, details))) return;
  // The official extension looks into the home that Codex takes by itself.
  const editor = details.isDefaultHome ? editorOf(details.id, context) : null;
  if (editor !== null && (await isOpenedBy(editor, context))) return;
  await openTerminal(context, details);
}

export async function copyResumeCommand(context: Context, target: Target): Promise<void> {
  const found = await detailsOf(context, target);
  if (found === null) return;
  const { thread, details } = found;
  const { person } = context;
  const fork = () => forkHere(context, thread);
  if (!(await mayGoOnHere(context, details, { anyway: l10n.t('Copy Anyway'), fork }))) return;
  await person.copy(resumeCommand(details, process.platform === 'win32' ? 'powershell' : 'posix'));
  person.mention(l10n.t('The command that resumes the thread is on the clipboard.'));
}

/** Its editor is nothing that it has promised; where it no longer opens, the terminal does. */
async function isOpenedBy(editor: readonly [Uri, string], { person }: Context): Promise<boolean> {
  return person.run('vscode.openWith', ...editor).then(
    () => true,
    () => false,
  );
}

interface Found {
  readonly thread: ThreadNode;
  readonly details: ThreadDetails;
}

async function detailsOf({ client, person }: Context, target: Target): Promise<Found | null> {
  const thread = await threadOf(client, target);
  const details =
    thread === null ? null : await client.ask('codexHealth/thread', { id: thread.id });
  if (thread !== null && details !== null) return { thread, details };
  await person.tell('information', l10n.t('This thread is not there any more.'));
  return null;
}

/** Says first why it will not go well, and offers what helps; whether it is tried all the same, the person decides. */
async function goesOn(
  context: Context,
  thread: ThreadNode,
  details: ThreadDetails,
): Promise<boolean> {
  const obstacle = obstacleOf(thread, details);
  if (obstacle === null) return true;
  const anyway = l10n.t('Open Anyway');
  const { says, help } = obstacle;
  const buttons = help === null ? [anyway] : [help.button, anyway];
  const pressed = await context.person.tell('warning', says, ...buttons);
  if (pressed === anyway) return true;
  if (pressed !== undefined) await help?.do(context, { clicked: thread });
  return false;
}

interface Obstacle {
  readonly says: string;
  readonly help: {
    readonly button: string;
    readonly do: (context: Context, target: Target) => Promise<void>;
  } | null;
}

function obstacleOf(
  { findings }: ThreadNode,
  { resumable, archived, cwd, isCwdThere }: ThreadDetails,
): Obstacle | null {
  if (resumable?.answer === false) {
    const says =
      resumable.why === null
        ? l10n.t('Codex will not resume this thread.')
        : l10n.t('Codex will not resume this thread: {0}.', resumable.why);
    if (findings.some(({ cures }) => cures.length > 0))
      return { says, help: { button: l10n.t('Repair…'), do: repairFinding } };
    if (archived) return { says, help: { button: l10n.t('Unarchive'), do: unarchiveThread } };
    return { says, help: null };
  }
  if (isCwdThere !== false) return null;
  return {
    says: l10n.t('The directory of this thread is not there any more: {0}.', cwd),
    help: { button: l10n.t('Relink Folder…'), do: relinkFolder },
  };
}

/** The program itself is what runs in the terminal: no shell reads what came from disk. */
async function openTerminal({ person }: Context, details: ThreadDetails): Promise<void> {
  const { id, codex, cwd, isCwdThere, title } = details;
  if (codex === null)
    return void (await person.tell(
      'warning',
      l10n.t(
        'No Codex was found on this machine. "Copy Resume Command" gives the command for another terminal.',
      ),
    ));
  person.openTerminal({
    name: l10n.t('Codex: {0}', title),
    shellPath: codex,
    shellArgs: [...resumeArguments(id)],
    // Without its own, Codex works where a new terminal of this window would.
    ...(isCwdThere === false || cwd === '' ? {} : { cwd: Uri.file(cwd) }),
    env: { ...resumeEnvironment(details) },
  });
}
