/** An IPv4 network: its first address as a number, and the length of its prefix. */
export interface Network {
  readonly base: number;
  readonly length: number;
}

/** `10.60.0.0/22`; undefined for anything else, addresses with bits beyond the prefix included. */
export function parseNetwork(text: string): Network | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const numbers = match.slice(1).map(Number);
  const length = numbers[4] ?? 33;
  if (length > 32 || numbers.slice(0, 4).some((number) => number > 255)) return undefined;
  const base = numbers.slice(0, 4).reduce((sum, number) => sum * 256 + number, 0);
  return base % sizeOf(length) === 0 ? { base, length } : undefined;
}

export function networkText({ base, length }: Network): string {
  const numbers = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  return `${numbers.join('.')}/${length}`;
}

/** A network inside of another, `offset` addresses from its start. */
export function subnetOf({ base }: Network, offset: number, length: number): string {
  return networkText({ base: base + offset, length });
}

/** Private by RFC 1918, or shared by RFC 6598: nobody comes from there over the Internet. */
export function isPrivate(network: Network): boolean {
  return ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].some((text) => isInside(network, parseNetwork(text)));
}

function isInside(inner: Network, outer: Network | undefined): boolean {
  return outer !== undefined && inner.length >= outer.length && inner.base >= outer.base && inner.base < outer.base + sizeOf(outer.length);
}

/** How many addresses a prefix of a length holds. */
export function sizeOf(length: number): number {
  return 2 ** (32 - length);
}
