import { rawInteger, rawText } from '../lib/raw.ts';
import { readRows } from '../lib/snapshot-read.ts';
import type { Estate } from '../model/estate.ts';
import { member } from '../model/json.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** Hosts that stand for each other, by the name of their pool: a group's hosts of one role, the hosts behind a gateway. */
export function poolsOf(estate: Estate): Map<string, ReadonlySet<string>> {
  const pools = new Map<string, Set<string>>();
  const add = (pool: string, host: string): void => {
    pools.set(pool, (pools.get(pool) ?? new Set()).add(`windows-host:${host.toLowerCase()}`));
  };
  for (const host of estate.hosts) for (const role of host.roles) for (const group of host.groups) add(`${role} of ${group}`, host.name);
  for (const gateway of estate.gateways) for (const host of gateway.hosts) add(`gateway ${gateway.name}`, host);
  return pools;
}

/** Of each pool, those that are known to do their work: who does not stands for nobody. */
export function workingMembers(pools: ReadonlyMap<string, ReadonlySet<string>>, working: ReadonlySet<string>): Map<string, ReadonlySet<string>> {
  return new Map([...pools].map(([pool, ids]) => [pool, new Set([...ids].filter((id) => working.has(id)))]));
}

/** Whether a host does its work: it takes logons, and where it is a gateway that service runs. Null: that cannot be said. */
export function isServing(snapshot: Snapshot): boolean | null {
  const services = readRows(snapshot, 'services');
  const gateway = services.state === 'read' ? services.rows.find((row) => rawText(member(row, 'Name'))?.toLowerCase() === 'tsgateway') : undefined;
  const running = gateway === undefined ? null : ['4', 'running'].includes(rawText(member(gateway, 'Status'))?.toLowerCase() ?? '');
  if (running === false) return false;
  const settings = readRows(snapshot, 'Win32_TerminalServiceSetting');
  const row = settings.state === 'read' ? settings.rows[0] : undefined;
  if (row === undefined) return running;
  const takes = rawInteger(member(row, 'AllowTSConnections')) === 1 && (rawInteger(member(row, 'SessionBrokerDrainMode')) ?? 0) === 0;
  return takes;
}
