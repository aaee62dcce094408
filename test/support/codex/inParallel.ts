/** Handles all items, at most `lanes` of them at once, and returns the answers in the order of the items. */
export async function inParallel<T, R>(
  lanes: number,
  items: readonly T[],
  handle: (item: T) => Promise<R>,
): Promise<R[]> {
  const answers: R[] = [];
  const queue = items.entries();
  const work = async (): Promise<void> => {
    // All lanes draw from the one iterator, so that each item is handled once.
    for (const [index, item] of queue) {
      answers[index] = await handle(item);
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return answers;
}
