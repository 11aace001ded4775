/** One host of a rolling change. */
export interface BatchHost {
  readonly id: string;
  /** Sets of hosts that stand for each other: a farm, the hosts of a gateway. */
  readonly pools: readonly string[];
}

/**
 * Hosts in the order in which they are changed, so many at once, and never all of a pool at once: of those that stand for each
 * other one is left alone at any time. `members` holds every host of a pool, changed or not.
 */
export function batchesOf<Host extends BatchHost>(hosts: readonly Host[], size: number, members: ReadonlyMap<string, ReadonlySet<string>>): Host[][] {
  const batches: Host[][] = [];
  const waiting = [...hosts];
  while (waiting.length > 0) {
    const batch: Host[] = [];
    for (let at = 0; at < waiting.length && batch.length < Math.max(1, size);) {
      const host = waiting[at] as Host;
      if (leavesOne([...batch, host], host.pools, members)) {
        batch.push(host);
        waiting.splice(at, 1);
      } else at++;
    }
    // A host that is its pool alone takes nobody's place.
    if (batch.length === 0) batch.push(waiting.shift() as Host);
    batches.push(batch);
  }
  return batches;
}

function leavesOne(batch: readonly BatchHost[], pools: readonly string[], members: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  return pools.every((pool) => {
    const all = members.get(pool) ?? new Set<string>();
    const taken = batch.filter((host) => host.pools.includes(pool)).length;
    return all.size < 2 || taken < all.size;
  });
}
