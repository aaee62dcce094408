/** Waits until what another process does has come about. */
export async function eventually(what, look, limitMs = 90_000) {
  const end = Date.now() + limitMs;
  while (!(await look())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}
