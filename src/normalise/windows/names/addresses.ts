import { parseV4, parseV6 } from '../firewall/addresses.ts';

/** One spelling for each address, so that two can be compared; undefined for what is none. */
export function addressKey(text: string): string | undefined {
  const trimmed = text.trim();
  const v4 = parseV4(trimmed);
  if (v4 !== undefined) return `4:${v4}`;
  const v6 = parseV6(trimmed.replace(/^\[|\]$/g, ''));
  return v6 === undefined ? undefined : `6:${v6.toString(16)}`;
}

export function isAddress(text: string): boolean {
  return addressKey(text) !== undefined;
}

/** Names are compared without case and without the dot of the root. */
export function nameKey(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, '');
}
