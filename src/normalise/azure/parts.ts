import { normaliseId, parentId, relativeId } from '../../lib/azure-id.ts';
import { type CloudInventory, type CloudResource, isUnresolved } from '../../model/cloud-resource.ts';
import { isObject, type Json } from '../../model/json.ts';

/**
 * Types that the facts of other resources read by following an id, and in no other way. Load balancers and firewalls find
 * machines by address, what a network manager says holds for networks that do not name it, and host pools are judged together,
 * so they are not among them.
 */
const LINKED_BY_ID: ReadonlySet<string> = new Set([
  'microsoft.network/networksecuritygroups',
  'microsoft.network/networksecuritygroups/securityrules',
  'microsoft.network/virtualnetworks',
  'microsoft.network/virtualnetworks/subnets',
  'microsoft.network/virtualnetworks/virtualnetworkpeerings',
  'microsoft.network/networkinterfaces',
  'microsoft.network/publicipaddresses',
  'microsoft.network/publicipprefixes',
  'microsoft.network/applicationsecuritygroups',
  'microsoft.network/routetables',
  'microsoft.network/natgateways',
  'microsoft.compute/virtualmachines',
  'microsoft.compute/disks',
  'microsoft.desktopvirtualization/applicationgroups',
  'microsoft.desktopvirtualization/workspaces',
]);

const MACHINE_TYPE = 'microsoft.compute/virtualmachines';
const MAX_DEPTH = 64;

/**
 * The resources of an input in parts that have nothing to do with one another: no resource of one part names one of another,
 * by its id, a child's or its parent's. The facts of the whole are then those of the parts together, so that an edit in one
 * part changes no fact of another. Null when that cannot be said of the input; names that several resources have hold these
 * together.
 */
export function independentParts(inventory: CloudInventory): CloudInventory[] | null {
  const { resources } = inventory;
  if (!resources.every((resource) => LINKED_BY_ID.has(resource.type) && !hidesInterfaces(resource))) return null;
  const byTail = new Map<string, number>();
  const sets = resources.map((_resource, index) => index);
  for (const [index, resource] of resources.entries()) {
    const tail = tailOf(resource.id);
    join(sets, index, byTail.get(tail) ?? index);
    if (!byTail.has(tail)) byTail.set(tail, index);
  }
  for (const [index, resource] of resources.entries()) {
    follow(resource.id, index, byTail, sets);
    if (!followAll(resource.body, index, byTail, sets, 0)) return null;
  }
  const parts = new Map<number, CloudResource[]>();
  for (const [index, resource] of resources.entries()) {
    const root = rootOf(sets, index);
    const part = parts.get(root);
    if (part === undefined) parts.set(root, [resource]);
    else part.push(resource);
  }
  return [...parts.values()].map((part) => ({ ...inventory, resources: part }));
}

/** A machine whose interfaces are not all known may be that of any interface. */
function hidesInterfaces(resource: CloudResource): boolean {
  return resource.type === MACHINE_TYPE && holdsUnresolved(resource.body['networkProfile'], 0);
}

function holdsUnresolved(value: Json | undefined, depth: number): boolean {
  if (isUnresolved(value) || depth > MAX_DEPTH) return true;
  if (Array.isArray(value)) return (value as readonly Json[]).some((item) => holdsUnresolved(item, depth + 1));
  return isObject(value) && Object.values(value).some((item) => holdsUnresolved(item, depth + 1));
}

/** Type and names, without what tells alternatives of one name from each other (`#2`). */
function tailOf(id: string): string {
  const mark = id.lastIndexOf('#');
  return relativeId(mark < 0 ? id : id.slice(0, mark));
}

/** Joins a resource with all that its texts name. False for a body that is too deep to be looked through. */
function followAll(value: Json, index: number, byTail: ReadonlyMap<string, number>, sets: number[], depth: number): boolean {
  if (typeof value === 'string') {
    if (value.length > 20 && value.includes('/')) follow(value, index, byTail, sets);
    return true;
  }
  if (typeof value !== 'object' || value === null) return true;
  if (depth > MAX_DEPTH) return false;
  const items: readonly Json[] = Array.isArray(value) ? (value as readonly Json[]) : Object.values(value);
  return items.every((item) => followAll(item, index, byTail, sets, depth + 1));
}

/** An id names its resource, or the child of one. */
function follow(id: string, index: number, byTail: ReadonlyMap<string, number>, sets: number[]): void {
  for (let tail = tailOf(normaliseId(id)); tail !== ''; tail = parentId(tail)) {
    const named = byTail.get(tail);
    if (named !== undefined) join(sets, index, named);
  }
}

/** Disjoint sets: each member points towards its set's root. */
function rootOf(sets: number[], member: number): number {
  let root = member;
  while (sets[root] !== root) root = sets[root] ?? root;
  for (let at = member; at !== root;) {
    const next = sets[at] ?? root;
    sets[at] = root;
    at = next;
  }
  return root;
}

function join(sets: number[], a: number, b: number): void {
  const [left, right] = [rootOf(sets, a), rootOf(sets, b)];
  if (left !== right) sets[Math.max(left, right)] = Math.min(left, right);
}
