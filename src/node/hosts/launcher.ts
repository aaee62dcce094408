// What a Node on a host is started with, so that our scanner comes to it through its input and is written to no
// disk there.

/**
 * Reads how long our scanner is, then the scanner itself, and becomes it. It holds no single quote, since it
 * stands between two.
 */
export const LAUNCHER = String.raw`
const chunks = [];
let size = 0, length = null;
const read = chunk => {
  chunks.push(chunk);
  size += chunk.length;
  let all = null;
  if (length === null) {
    all = Buffer.concat(chunks);
    const end = all.indexOf(10);
    if (end < 0) return;
    length = Number(all.subarray(0, end).toString());
    all = all.subarray(end + 1);
    chunks.splice(0, chunks.length, all);
    size = all.length;
  }
  if (size < length) return;
  process.stdin.pause().off("data", read);
  all = Buffer.concat(chunks);
  const packed = require("node:zlib").brotliDecompressSync(all.subarray(0, length));
  const end = packed.indexOf(10);
  const parts = {};
  let at = end + 1;
  for (const [name, bytes] of JSON.parse(packed.subarray(0, end).toString())) {
    parts[name] = packed.subarray(at, at + bytes);
    at += bytes;
  }
  process.stdin.unshift(all.subarray(length));
  globalThis.codexHealth = { parts, mark: process.argv[1] };
  new Function("require", parts["scanner.js"].toString())(require);
};
process.stdin.on("data", read);
process.stdin.on("end", () => process.exit());
`;
