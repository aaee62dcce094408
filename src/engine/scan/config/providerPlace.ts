// Where config.toml names the provider, byte by byte: what sets another one changes nothing else.

import { asBytes } from '../../model/bytes.ts';
import type { ProviderPlace } from '../../model/closerLook.ts';
import type { FilePath } from '../../model/words.ts';
import type { World } from '../../world.ts';
import { readToml } from './toml.ts';

const MOST_BYTES = 1024 * 1024;
const MARK = [0xef, 0xbb, 0xbf];

/** Null when it is not there, or not understood. */
export async function readProviderPlace(
  world: World,
  config: FilePath,
): Promise<ProviderPlace | null> {
  // Many people keep it elsewhere, and a link here: the link shall stay one.
  const file = await world.files.realPath(config);
  const [state, read] = [await world.files.stat(file), await world.files.whole(file, MOST_BYTES)];
  if (!state.ok || !read.ok || state.value.bytes !== read.value.length) return null;
  const text = asText(read.value);
  const toml = text === null ? null : readToml(text);
  if (text === null || toml?.state !== 'read') return null;
  const { bytes, modifiedMs } = state.value;
  const begin = MARK.every((byte, at) => read.value[at] === byte) ? MARK.length : 0;
  const place = toml.placeOf('model_provider') ?? { start: 0, end: 0 };
  const byteAt = (character: number) => begin + encode(text.slice(0, character)).length;
  const [at, end] = [byteAt(place.start), byteAt(place.end)];
  return {
    ...{ file, bytes, modifiedMs, at },
    written: asBytes(read.value.subarray(at, end)),
    lineBreak: /\r?\n/.exec(text)?.[0] === '\r\n' ? '\r\n' : '\n',
  };
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Without a byte order mark; null when it is no text. */
function asText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
