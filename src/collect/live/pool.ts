/** Runs the work on at most `limit` items at once and yields what comes of each, as it comes. What is not taken holds its place. */
export async function* pooled<Item, Result>(items: readonly Item[], limit: number, work: (item: Item) => Promise<Result>): AsyncGenerator<Result> {
  const running = new Map<number, Promise<readonly [number, Result]>>();
  let next = 0;
  for (;;) {
    for (; running.size < limit && next < items.length; next++) {
      const index = next;
      running.set(
        index,
        work(items[index] as Item).then((result) => [index, result] as const),
      );
    }
    if (running.size === 0) return;
    const [index, result] = await Promise.race(running.values());
    running.delete(index);
    yield result;
  }
}

/** Takes from all sources at once, from each one thing at a time. */
export async function* merged<Result>(sources: readonly AsyncIterable<Result>[]): AsyncGenerator<Result> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const pull = async (index: number): Promise<readonly [number, IteratorResult<Result, unknown>]> => {
    const iterator = iterators[index];
    return [index, iterator === undefined ? { done: true, value: undefined } : await iterator.next()];
  };
  const waiting = new Map(iterators.map((_, index) => [index, pull(index)]));
  while (waiting.size > 0) {
    const [index, result] = await Promise.race(waiting.values());
    if (result.done === true) waiting.delete(index);
    else {
      waiting.set(index, pull(index));
      yield result.value;
    }
  }
}
