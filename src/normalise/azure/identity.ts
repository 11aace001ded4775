import { normaliseId, relativeId, sameResource } from '../../lib/azure-id.ts';
import type { EstateHost } from '../../model/estate.ts';
import type { Fact } from '../../model/fact.ts';
import { MACHINE_ID } from '../../model/facts/windows-machine-id.ts';
import type { JoinEstate } from '../../model/normalise.ts';

/** A host, and the Azure machine that it is: by what the estate declares, else by the number of the machine. Never by its name. */
export interface MachineHost {
  readonly name: string;
  /** Its entry in the estate. */
  readonly entry: EstateHost | null;
  /** Canonical. */
  readonly azureId: string | null;
  readonly uuid: string | null;
}

/** The hosts of the estate, and those that only a snapshot shows. */
export function machineHosts(facts: readonly Fact[], estate: Pick<JoinEstate, 'hosts'>): MachineHost[] {
  const uuids = new Map<string, { readonly name: string; readonly uuid: string | null }>();
  for (const { kind, data } of facts) {
    const { host, uuid } = data;
    if (kind === MACHINE_ID.kind && typeof host === 'string') uuids.set(host.toLowerCase(), { name: host, uuid: typeof uuid === 'string' ? uuid : null });
  }
  const named = estate.hosts.map((entry): MachineHost => {
    const key = entry.name.toLowerCase();
    const uuid = uuids.get(key)?.uuid ?? null;
    uuids.delete(key);
    return { name: entry.name, entry, azureId: entry.azureId === null ? null : normaliseId(entry.azureId), uuid };
  });
  return [...named, ...[...uuids.values()].map(({ name, uuid }): MachineHost => ({ name, entry: null, azureId: null, uuid }))];
}

/** What tells which machine something in Azure is of. */
export interface MachineKey {
  readonly id: string | null;
  readonly vmId: string | null;
}

/** Finds by machine, without a walk through everything for each. */
export interface MachineIndex<T> {
  readonly of: (host: MachineHost) => readonly T[];
}

export function indexByMachine<T>(items: readonly T[], keyOf: (item: T) => MachineKey): MachineIndex<T> {
  const byId = new Map<string, { readonly id: string; readonly item: T }[]>();
  const byNumber = new Map<string, T[]>();
  for (const item of items) {
    const { id, vmId } = keyOf(item);
    if (id !== null) push(byId, relativeId(id), { id, item });
    if (vmId !== null) push(byNumber, vmId.toLowerCase(), item);
  }
  return {
    of: ({ azureId, uuid }) => {
      if (azureId !== null) return (byId.get(relativeId(azureId)) ?? []).flatMap(({ id, item }) => (sameResource(id, azureId) ? [item] : []));
      return uuid === null ? [] : (byNumber.get(uuid) ?? []);
    },
  };
}

function push<K, T>(map: Map<K, T[]>, key: K, item: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}
