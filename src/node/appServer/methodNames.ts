// Which methods a server has. There is no question for that, but a refusal that names them all:
// "Invalid request: unknown variant `x`, expected one of `initialize`, `thread/start`, …".

import { AppServerRefusal } from '../../engine/hands.ts';

/** `ask` asks for a method that does not exist. */
export async function readMethodNames(ask: () => Promise<unknown>): Promise<ReadonlySet<string>> {
  const refusal = await refusalOf(ask);
  const [, expected = ''] = refusal.split(/unknown variant `[^`]*`, expected /);
  const names = [...expected.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  // Codex names the method that we have just used; where it does not, it speaks in another way now.
  if (!names.includes('initialize'))
    throw new Error('Codex does not say which methods it has, so it is not known what it can do');
  return new Set(names);
}

async function refusalOf(ask: () => Promise<unknown>): Promise<string> {
  try {
    await ask();
    return '';
  } catch (error) {
    if (error instanceof AppServerRefusal) return error.message;
    throw error;
  }
}
