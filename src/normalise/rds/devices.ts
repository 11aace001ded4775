import { rawInteger, rawText } from '../../lib/raw.ts';
import type { Json } from '../../model/json.ts';
import { REDIRECTED_DEVICES } from '../../model/facts/rds-collection-devices.ts';

/** The enum's names as PowerShell prints them, lower case. */
const BITS: Readonly<Record<string, number>> = {
  none: 0,
  audiovideoplayback: 1,
  audiorecording: 2,
  comport: 4,
  plugandplaydevice: 8,
  smartcard: 16,
  clipboard: 32,
  lptport: 64,
  drive: 128,
  timezone: 256,
};

/** ClientDeviceRedirectionOptions: the integer of the flags, or their names with commas. Undefined for anything else. */
export function redirectedDevices(raw: Json | undefined): string[] | undefined {
  const bits = typeof raw === 'boolean' ? undefined : (rawInteger(raw) ?? bitsOfNames(rawText(raw)));
  if (bits === undefined || bits > 0x1ff) return undefined;
  return Object.entries(REDIRECTED_DEVICES)
    .filter(([bit]) => (bits & Number(bit)) !== 0)
    .map(([, name]) => name);
}

function bitsOfNames(text: string | undefined): number | undefined {
  if (text === undefined || text.length > 400 || text.trim() === '') return undefined;
  let bits = 0;
  for (const name of text.split(',')) {
    const key = name.trim().toLowerCase();
    const bit = Object.hasOwn(BITS, key) ? BITS[key] : undefined;
    if (bit === undefined) return undefined;
    bits |= bit;
  }
  return bits;
}
