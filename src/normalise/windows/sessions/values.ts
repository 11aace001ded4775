import { rawInteger, rawText } from '../../../lib/raw.ts';
import { readRegistryValue, readRows } from '../../../lib/snapshot-read.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { numberOf } from '../drivers/parts.ts';

export const POLICIES = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services';
export const LSA = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa';
export const DELEGATION = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\CredentialsDelegation';
const WINSTATIONS = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations';

/** The integer of a registry value: null when it could not be read, undefined when it is not set. */
export function registryNumber(input: SnapshotInput, key: string, name: string): number | null | undefined {
  return numberOf(readRegistryValue(input.snapshot, key, name));
}

/** A switch of the registry: anything but 0 and 1 is not understood, and unknown. */
export function registryFlag(input: SnapshotInput, key: string, name: string, absent: boolean): boolean | null {
  const number = registryNumber(input, key, name);
  if (number === undefined) return absent;
  return number === 1 ? true : number === 0 ? false : null;
}

/** The key of a listener; null for a name that would lead to another key. */
export function listenerKey(listener: string): string | null {
  return listener === '' || listener.includes('\\') ? null : `${WINSTATIONS}\\${listener}`;
}

/** Listeners that are on, by name, or why there is no list; each once. */
export function listeners(input: SnapshotInput, section: string): readonly { readonly name: string; readonly row: JsonObject }[] | 'absent' | 'unread' {
  const rows = readRows(input.snapshot, section);
  if (rows.state !== 'read') return rows.state;
  const seen = new Set<string>();
  return rows.rows.flatMap((row) => {
    const name = rawText(member(row, 'TerminalName')) ?? '';
    const key = listenerKey(name);
    if (key === null || seen.has(name.toLowerCase()) || registryNumber(input, key, 'fEnableWinStation') === 0) return [];
    seen.add(name.toLowerCase());
    return [{ name, row }];
  });
}

/** A switch of a row: 1 or true, 0 or false. */
export function rowFlag(row: JsonObject, column: string): boolean | null {
  const number = rawInteger(member(row, column));
  return number === 1 ? true : number === 0 ? false : null;
}
