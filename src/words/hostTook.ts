// Whether a split has taken on a host, in sentences: what speaks against it first, since a short message has room
// for one alone; then what fresh servers there have said.

import type { FreshServer, HostTook, SeenStart } from '../engine/model/host.ts';

/** `path`: how a path is said to those who read it. */
export function sayTook(
  { home, answer, fresh, wrong, stale }: HostTook,
  path: (path: string) => string,
): readonly string[] {
  const isStrange = ({ codexHome }: FreshServer) => codexHome !== null && codexHome !== home;
  const strange = fresh.filter(isStrange);
  const others = fresh.filter(one => !isStrange(one));
  const says = [
    ...wrong.map(
      ({ how, shell, codexHome }) =>
        `${STARTS[how]} (${shell}) gets ${codexHome === null ? 'the usual home' : path(codexHome)}.`,
    ),
    ...(wrong.length === 0 ? [] : [HOW_TO_PUT_IT_RIGHT]),
    ...stale.map(
      ({ program, pid }) =>
        `${program} (process ${String(pid)}) still runs with the old home: end it, or close the window that it belongs to (and reload a remote one), and start it again.`,
    ),
    ...[...strange, ...others].map(({ how, program, codexHome, why }) =>
      why === null
        ? `${STARTS[how]} (${program}) says that it uses ${codexHome === null ? 'no home that it names' : path(codexHome)}.`
        : `${STARTS[how]} (${program}) could not be asked: ${why}.`,
    ),
  ];
  return says.length === 0 && answer === 'unknown' ? [NOT_SEEN] : says;
}

const STARTS: Readonly<Record<SeenStart['how'], string>> = {
  command: 'A Codex that is started over ssh',
  login: 'A Codex that is started in a terminal',
};

const HOW_TO_PUT_IT_RIGHT =
  'A line behind ours sets CODEX_HOME once more, or the shell reads another file. Take that line out, or put our marked lines into the file that is read.';

const NOT_SEEN = 'Nobody has seen what is started there: it was not looked at, or did not answer.';
