/**
 * Finds what belongs to a session host by the name that the broker knows. The full name decides; a short name (`rdsh01`)
 * stands for the one full name that begins with it, and for none when two do.
 */
export interface HostIndex<Item> {
  readonly find: (name: string) => Item | undefined;
}

export function indexByHost<Item>(items: readonly Item[], nameOf: (item: Item) => string): HostIndex<Item> {
  const full = new Map<string, Item>();
  const short = new Map<string, Item | null>();
  for (const item of items) {
    const name = normal(nameOf(item));
    if (full.has(name)) continue;
    full.set(name, item);
    const label = firstLabel(name);
    short.set(label, short.has(label) ? null : item);
  }
  return {
    find: (name) => {
      const wanted = normal(name);
      const exact = full.get(wanted);
      if (exact !== undefined) return exact;
      const candidate = short.get(firstLabel(wanted)) ?? undefined;
      if (candidate === undefined) return undefined;
      // Two full names that differ are two hosts, whatever their first labels.
      return wanted.includes('.') && normal(nameOf(candidate)).includes('.') ? undefined : candidate;
    },
  };
}

/** Whether a list names a host, in any spelling that means it alone. */
export function listsHost(names: readonly string[], host: string): boolean {
  return indexByHost(names, (name) => name).find(host) !== undefined;
}

function normal(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, '');
}

function firstLabel(name: string): string {
  const dot = name.indexOf('.');
  // An IPv4 address has no host label.
  return dot < 0 || /^[\d.]+$/.test(name) ? name : name.slice(0, dot);
}
