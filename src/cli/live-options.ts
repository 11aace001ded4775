import type { ParsedOptions } from '../config/options.ts';

/** Seconds for each target. */
export const DEFAULT_TIMEOUT = 300;
/** OpenSSH's server (a jump host) begins to turn away when ten are not yet logged on (`MaxStartups 10:30:100`). */
export const DEFAULT_CONCURRENCY = 10;

export function numberOf(options: ParsedOptions, name: string, otherwise: number): number {
  const value = options.values[name]?.value;
  return typeof value === 'number' ? value : otherwise;
}
