import { rawInteger } from '../../../lib/raw.ts';
import { readRegistryValue } from '../../../lib/snapshot-read.ts';
import type { Snapshot } from '../../../model/snapshot.ts';
import type { Tri } from './tri.ts';

const POLICY = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services';
const TERMINAL_SERVER = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server';

/** The first of the keys that has the value; undefined when none has it, null when that cannot be said. */
function firstValue(snapshot: Snapshot, keys: readonly string[], name: string): number | null | undefined {
  for (const key of keys) {
    const reading = readRegistryValue(snapshot, key, name);
    if (!reading.known) return null;
    if (reading.value !== undefined) return rawInteger(reading.value) ?? null;
  }
  return undefined;
}

/** fDenyTSConnections: 1 refuses every connection; policy first. Windows always writes it, so its absence says nothing. */
export function remoteDesktopEnabled(snapshot: Snapshot): Tri {
  const denied = firstValue(snapshot, [POLICY, TERMINAL_SERVER], 'fDenyTSConnections');
  return denied === undefined || denied === null ? null : denied === 0;
}

/** SelectTransport, of Group Policy alone. */
export function transportPolicy(snapshot: Snapshot): 'not-configured' | 'both' | 'tcp-only' | 'either' | null {
  const value = firstValue(snapshot, [POLICY], 'SelectTransport');
  if (value === undefined) return 'not-configured';
  return value === 0 ? 'both' : value === 1 ? 'tcp-only' : value === 2 ? 'either' : null;
}

const SHADOWING = ['disabled', 'control-with-consent', 'control-without-consent', 'view-with-consent', 'view-without-consent'] as const;

/** Shadow: policy, then the listener; absent is 1. */
export function shadowingOf(snapshot: Snapshot): (typeof SHADOWING)[number] | null {
  const value = firstValue(snapshot, [POLICY, `${TERMINAL_SERVER}\\WinStations\\RDP-Tcp`], 'Shadow');
  if (value === undefined) return 'control-with-consent';
  return value === null ? null : (SHADOWING[value] ?? null);
}
