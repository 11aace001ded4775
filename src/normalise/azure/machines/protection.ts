import { normaliseId, relativeId, sameResource } from '../../../lib/azure-id.ts';
import { type CloudResource, isUnresolved } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import { isObject, type Json, type JsonObject, member } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import { belongingTo, holdsAll, isThere, plainId } from '../coverage.ts';
import { PATH_KIND } from '../path-fact.ts';
import { RDP_PORT } from '../group-fact.ts';
import { listOf, memberOf, ofType, referenceOf, type Resources } from '../resources.ts';
import { anyOf, HOUR, isAbsent } from '../values.ts';

const JIT_TYPE = 'microsoft.security/locations/jitnetworkaccesspolicies';
const ASSOCIATION_TYPE = 'microsoft.insights/datacollectionruleassociations';

/** Whether a data collection rule tells the monitoring agent what to send. */
export function hasCollectionRule(resources: Resources, machine: CloudResource): boolean | null {
  const found = belongingTo(resources, ASSOCIATION_TYPE, machine).map((association) => {
    const reference = referenceOf(association.body['dataCollectionRuleId']);
    if (typeof reference !== 'string') return reference.is === 'none' ? false : null;
    return isThere(association, machine) ? true : null;
  });
  return anyOf([...found, holdsAll(resources, ASSOCIATION_TYPE, machine) ? false : null]);
}

interface JitPort {
  readonly hours: number | null;
  readonly anySource: boolean | null;
  /** Its policy certainly is there whenever the machine is. */
  readonly certain: boolean;
}

interface JitEntry {
  readonly id: string;
  readonly ports: readonly Json[];
  readonly policy: CloudResource;
}

interface JitIndex {
  /** Entries of all policies by the tail of their machine's id. */
  readonly byTail: ReadonlyMap<string, readonly JitEntry[]>;
  /** Some policy lists a machine that is unresolved. */
  readonly hidden: boolean;
}

const jitIndexes = new WeakMap<Resources, JitIndex>();

/** A policy lists thousands of machines, and each machine asks. */
function jitIndex(resources: Resources): JitIndex {
  let index = jitIndexes.get(resources);
  if (index !== undefined) return index;
  const byTail = new Map<string, JitEntry[]>();
  let hidden = false;
  for (const policy of ofType(resources, JIT_TYPE)) {
    for (const entry of listOf(policy.body['virtualMachines'])) {
      const id = referenceOf(memberOf(entry, 'id'));
      if (typeof id !== 'string') {
        hidden = true;
        continue;
      }
      const found = { id, ports: listOf(memberOf(entry, 'ports')), policy };
      const list = byTail.get(relativeId(id));
      if (list === undefined) byTail.set(relativeId(id), [found]);
      else list.push(found);
    }
  }
  jitIndexes.set(resources, (index = { byTail, hidden }));
  return index;
}

/** Just-in-time access to TCP 3389 of a machine, from all policies that list it. */
export function jitData(resources: Resources, machine: CloudResource, unknown: Pointer[]): JsonObject {
  const id = plainId(machine);
  const { byTail, hidden } = jitIndex(resources);
  const entries = (byTail.get(relativeId(id)) ?? []).filter((entry) => sameResource(entry.id, id));
  const ports = entries.flatMap((entry) => entry.ports.flatMap((port) => jitPort(port, isThere(entry.policy, machine))));
  const listed = ports.some(({ certain }) => certain) ? true : ports.length > 0 || hidden || !holdsAll(resources, JIT_TYPE) ? null : false;
  if (listed === null) {
    unknown.push('/jit');
    return { listed, hours: null, anySource: null };
  }
  const hours = hoursOfAll(ports);
  const anySource = anyOf(ports.map((port) => (port.certain || port.anySource === false ? port.anySource : null)));
  if (hours === null) unknown.push('/jit/hours');
  if (anySource === null) unknown.push('/jit/anySource');
  return { listed, hours, anySource };
}

/** The longest of all policies; one that may not be there counts only where it would not change that. */
function hoursOfAll(ports: readonly JitPort[]): number | null {
  const longest = (some: readonly JitPort[]): number | null =>
    some.some(({ hours }) => hours === null) ? null : Math.max(0, ...some.map(({ hours }) => hours ?? 0));
  const [certain, all] = [longest(ports.filter((port) => port.certain)), longest(ports)];
  return certain === all ? all : null;
}

/** An entry for TCP 3389, or for a port that is unresolved, which may be it. */
function jitPort(port: Json, certain: boolean): JitPort[] {
  const number = memberOf(port, 'number');
  if (!isUnresolved(number) && number !== RDP_PORT && number !== String(RDP_PORT)) return [];
  const sources = [memberOf(port, 'allowedSourceAddressPrefix'), ...listOf(memberOf(port, 'allowedSourceAddressPrefixes'))].filter(
    (source) => !isAbsent(source),
  );
  return [
    {
      hours: hoursOf(memberOf(port, 'maxRequestAccessDuration')),
      // The default lets who asks name any source.
      anySource:
        sources.length === 0 ? true : anyOf(sources.map((source) => (typeof source === 'string' ? /^(?:\*|any|internet|0\.0\.0\.0\/0)$/i.test(source) : null))),
      certain: certain && !isUnresolved(number),
    },
  ];
}

/** `PT3H`, `PT90M`, `P1D`; null for anything else. */
function hoursOf(value: Json | undefined): number | null {
  const match = typeof value === 'string' ? /^P(?:(?<days>\d{1,3})D)?(?:T(?:(?<hours>\d{1,4})H)?(?:(?<minutes>\d{1,5})M)?(?:\d{1,6}S)?)?$/.exec(value) : null;
  if (match === null) return null;
  const { days, hours, minutes } = match.groups ?? {};
  return Number(days ?? 0) * 24 + Number(hours ?? 0) + (Number(minutes ?? 0) * 60_000) / HOUR;
}

/** Whether anybody with a public address reaches TCP 3389 of a machine, on the ways that the input shows; by its id. */
export function publicRdpOf(paths: readonly Fact[]): ReadonlyMap<string, boolean | null> {
  const found = new Map<string, boolean | null>();
  for (const path of paths) {
    const id = path.data['machineId'];
    const rdp = path.data['rdpTcp'];
    if (path.kind !== PATH_KIND || typeof id !== 'string' || !isObject(rdp)) continue;
    const from = member(rdp, 'from');
    const open = typeof from === 'string' ? from !== 'nobody' && from !== 'private' : null;
    const key = normaliseId(id);
    found.set(key, anyOf([found.get(key) ?? (found.has(key) ? null : false), open]));
  }
  return found;
}
