// Colours, where there is somebody to see them.

export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
}

export function createPaint(hasColours: boolean): Paint {
  const style = (start: number, end: number) => (text: string) =>
    hasColours && text !== '' ? `\u001b[${String(start)}m${text}\u001b[${String(end)}m` : text;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    red: style(31, 39),
    yellow: style(33, 39),
    green: style(32, 39),
  };
}

/**
 * Whether a stream gets colours. A person's own word on the command line comes first, then
 * FORCE_COLOR and NO_COLOR in the order in which Node takes them, then what the terminal can.
 */
export function wantsColours(
  isTerminal: boolean,
  isForbidden: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if (isForbidden) return false;
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  return isTerminal && environment['TERM'] !== 'dumb';
}
