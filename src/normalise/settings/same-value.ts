import type { Json } from '../../model/json.ts';

/** A declared list is the whole list, whatever its order. Windows compares names, addresses and thumbprints without case. */
export function sameValue(actual: Json, declared: Json): boolean {
  if (Array.isArray(actual) && Array.isArray(declared)) {
    const a = new Set((actual as readonly Json[]).map((item) => plainText(item)));
    const b = new Set((declared as readonly Json[]).map((item) => plainText(item)));
    return a.size === b.size && [...a].every((item) => b.has(item));
  }
  return plainText(actual) === plainText(declared);
}

/** A value as texts are compared: without case, a subnet by the length of its mask. */
export function plainText(value: Json): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const subnet = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,3}(?:\.\d{1,3}){3})$/.exec(value);
  return JSON.stringify(subnet === null ? value.toLowerCase() : `${subnet[1]}/${prefixOf(subnet[2] ?? '') ?? subnet[2]}`);
}

/** `255.255.255.0` as 24: the firewall shows a subnet with its mask, however it was written. */
function prefixOf(mask: string): number | undefined {
  const bits = mask
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits) && bits.length === 32 ? bits.lastIndexOf('1') + 1 : undefined;
}
