import type { Declared, EstateHost } from '../model/estate.ts';
import { escapeStep, type Pointer } from '../model/pointer.ts';
import type { Area } from '../model/setting.ts';
import { connectOf } from './connect.ts';
import { declaredOf } from './declared.ts';
import type { RawEstate, RawGroup, RawHost } from './raw.ts';

/** Hosts by themselves and those that only groups name, with what their groups declare for them. */
export function hostsOf(raw: RawEstate, catalogue: readonly Area[], errors: string[]): EstateHost[] {
  const groups = Object.entries(raw.groups ?? {});
  // By name: what code scanning keeps together, and how a host is connected to, does not hang on the order in the file.
  const byName = groups.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const own = raw.hosts ?? [];
  const groupsOf = new Map<string, (readonly [string, RawGroup])[]>();
  for (const entry of byName) {
    for (const key of new Set(entry[1].hosts.map((name) => name.toLowerCase()))) groupsOf.set(key, [...(groupsOf.get(key) ?? []), entry]);
  }
  const declaredByGroup = new Map(
    groups.map(([id, group]) => [id, declaredOf(group.settings, `/groups/${escapeStep(id)}/settings`, 'windows-host', catalogue, errors)]),
  );
  const build = (host: RawHost, pointer: Pointer, ownPointer: Pointer | null): EstateHost => {
    const mine = groupsOf.get(host.name.toLowerCase()) ?? [];
    const inherited = mergeGroups(
      host.name,
      mine.map(([id]) => [id, declaredByGroup.get(id) ?? []]),
      errors,
    );
    const connect = host.connect ?? mine.find(([, group]) => group.connect !== undefined)?.[1].connect;
    const declared = ownPointer === null ? [] : declaredOf(host.settings, `${ownPointer}/settings`, 'windows-host', catalogue, errors);
    return {
      name: host.name,
      address: host.address ?? host.name,
      rdpPort: host.rdpPort ?? null,
      roles: [...new Set([...(host.roles ?? []), ...mine.flatMap(([, group]) => group.roles ?? [])])],
      azureId: host.azureId ?? null,
      ...(host.rdWeb === undefined ? {} : { rdWeb: host.rdWeb }),
      groups: mine.map(([id]) => id),
      over: connect?.over ?? 'snapshot',
      ...connectOf(connect),
      pointer,
      own: ownPointer,
      declared: [...declared, ...inherited.filter((entry) => !declared.some((mineToo) => samePath(mineToo, entry)))],
    };
  };
  const hosts = own.map((host, index) => build(host, `/hosts/${index}`, `/hosts/${index}`));
  const known = new Set(hosts.map((host) => host.name.toLowerCase()));
  for (const key of groups.flatMap(([, group]) => group.hosts.map((name) => name.toLowerCase()))) {
    const [first] = groupsOf.get(key) ?? [];
    if (first === undefined || known.has(key)) continue;
    known.add(key);
    const [id, group] = first;
    const index = group.hosts.findIndex((name) => name.toLowerCase() === key);
    hosts.push(build({ name: group.hosts[index] ?? key }, `/groups/${escapeStep(id)}/hosts/${index}`, null));
  }
  return hosts;
}

const samePath = (a: Declared, b: Declared): boolean => a.path.length === b.path.length && a.path.every((step, index) => step === b.path[index]);

function mergeGroups(host: string, groups: readonly (readonly [string, readonly Declared[]])[], errors: string[]): Declared[] {
  const merged: { entry: Declared; group: string }[] = [];
  for (const [group, declared] of groups) {
    for (const entry of declared) {
      const other = merged.find((known) => samePath(known.entry, entry));
      if (other === undefined) merged.push({ entry, group });
      else if (JSON.stringify(other.entry.value) !== JSON.stringify(entry.value)) {
        errors.push(`The groups '${other.group}' and '${group}' disagree on '${entry.path.join('/')}' of '${host}'.`);
      }
    }
  }
  return merged.map(({ entry }) => entry);
}
