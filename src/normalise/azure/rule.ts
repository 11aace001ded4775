import { isUnresolved } from '../../model/cloud-resource.ts';
import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import { NO_V4, NO_V6, parsePrefix, type Prefix, V4_ALL, V6_ALL } from './address.ts';
import { type Intervals, intervals } from './interval-set.ts';
import { ALL_PORTS, NO_PORTS, parsePorts, type PortText } from './port.ts';
import { referenceOf } from './resources.ts';

/** Bits of a protocol set. */
export const TCP = 1;
export const UDP = 2;
const PROTOCOLS: Readonly<Record<string, number>> = { tcp: TCP, udp: UDP, icmp: 4, esp: 8, ah: 16, '*': 31, any: 31 };
export const ALL_PROTOCOLS = 31;

/** The addresses of one side of a rule, before tags get their meaning from a virtual network. */
export interface Side {
  readonly any: boolean;
  readonly v4: Intervals<number>;
  readonly v6: Intervals<bigint>;
  readonly internet: boolean;
  readonly network: boolean;
  readonly loadBalancer: boolean;
  /** Other service tags, lower case: public addresses of Azure that this tool has no list of. */
  readonly opaque: readonly string[];
  /** Ids of application security groups. */
  readonly groups: readonly string[];
  /** Something in it is unresolved or has no certain reading: it may be any address. */
  readonly unknown: boolean;
  readonly notes: readonly string[];
  /** For people. */
  readonly text: string;
}

/** One rule, every member with what is certain of it; null stands for what is not. */
export interface Rule {
  readonly name: string;
  /** Canonical pointer into the body that holds it. */
  readonly pointer: string;
  readonly priority: number | null;
  readonly access: 'allow' | 'deny' | null;
  readonly direction: 'inbound' | 'outbound' | null;
  readonly protocols: number | null;
  readonly ports: Intervals<number>;
  /** The ports may be more than `ports`. */
  readonly portsUnknown: boolean;
  /** False when it takes packets of some source ports only; null when that is not known. */
  readonly everySourcePort: boolean | null;
  readonly source: Side;
  readonly destination: Side;
  /** Which members state the source: `sourceAddressPrefix`, `sourceAddressPrefixes`, several of them, or groups. */
  readonly form: 'single' | 'list' | 'mixed';
  readonly notes: readonly string[];
}

/** Texts met so far: thousands of rules hold the same few prefixes and ports. */
export interface Interner {
  readonly sides: Map<string, Side>;
  readonly ports: Map<string, PortText>;
}

export function newInterner(): Interner {
  return { sides: new Map(), ports: new Map() };
}

/** Reads a security rule whose members are flattened (azure-checks §3.1). */
export function readRule(raw: Json, pointer: string, interner: Interner): Rule {
  const notes: string[] = [];
  const ports = readPorts(raw, 'destinationPort', interner, notes);
  const sourcePorts = readPorts(raw, 'sourcePort', interner, notes);
  const source = readSide(raw, 'source', interner);
  const destination = readSide(raw, 'destination', interner);
  notes.push(...source.notes, ...destination.notes);
  const protocols = wordOf(member(raw, 'protocol'));
  const mask = protocols === null || !Object.hasOwn(PROTOCOLS, protocols) ? null : (PROTOCOLS[protocols] ?? null);
  const access = wordOf(member(raw, 'access'));
  const direction = wordOf(member(raw, 'direction'));
  const name = member(raw, 'name');
  if (ports.missing && mask !== null && (mask & (TCP | UDP)) !== 0) notes.push('no destination port is stated, so it matches nothing');
  return {
    name: typeof name === 'string' ? (name.split('/').pop() ?? name) : pointer.slice(pointer.lastIndexOf('/') + 1),
    pointer,
    priority: readPriority(member(raw, 'priority'), notes),
    access: access === 'allow' || access === 'deny' ? access : null,
    direction: direction === 'inbound' || direction === 'outbound' ? direction : null,
    protocols: mask,
    ports: ports.ports,
    portsUnknown: ports.unknown,
    everySourcePort: sourcePorts.missing || covered(sourcePorts.ports) ? true : sourcePorts.unknown ? null : false,
    source,
    destination,
    form: formOf(raw),
    notes,
  };
}

function formOf(raw: Json): Rule['form'] {
  const stated = (name: string): boolean => member(raw, name) !== undefined;
  if (stated('sourceApplicationSecurityGroups')) return 'mixed';
  const single = stated('sourceAddressPrefix');
  const list = stated('sourceAddressPrefixes');
  return single === list ? 'mixed' : single ? 'single' : 'list';
}

function covered(ports: Intervals<number>): boolean {
  return ports.length === 2 && ports[0] === 0 && ports[1] === 65536;
}

function wordOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value.trim().toLowerCase() : null;
}

function readPriority(value: Json | undefined, notes: string[]): number | null {
  const priority = typeof value === 'string' && /^\d{1,6}$/.test(value.trim()) ? Number(value) : value;
  if (typeof priority !== 'number' || !Number.isFinite(priority)) return null;
  if (priority < 100 || priority > 4096) notes.push(`the priority ${priority} is outside of 100 to 4096`);
  return priority;
}

interface ReadPorts {
  readonly ports: Intervals<number>;
  readonly unknown: boolean;
  readonly missing: boolean;
}

const EVERY_PORT: ReadPorts = { ports: ALL_PORTS, unknown: false, missing: false };

function readPorts(raw: Json, which: 'sourcePort' | 'destinationPort', interner: Interner, notes: string[]): ReadPorts {
  const single = member(raw, `${which}Range`);
  const plural = member(raw, `${which}Ranges`);
  if (single === '*' && !hasElements(plural)) return EVERY_PORT;
  const found: number[] = [];
  let unknown = false;
  let missing = true;
  for (const value of elements(single, plural)) {
    missing = false;
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text !== 'string') {
      unknown = true;
      continue;
    }
    const parsed = internPorts(text, interner);
    found.push(...parsed.ports);
    unknown ||= parsed.unknown;
    if (parsed.note !== '') notes.push(parsed.note);
  }
  return { ports: found.length === 0 ? NO_PORTS : intervals(found), unknown, missing };
}

function internPorts(text: string, interner: Interner): PortText {
  let parsed = interner.ports.get(text);
  if (parsed === undefined) interner.ports.set(text, (parsed = parsePorts(text)));
  return parsed;
}

function hasElements(value: Json | undefined): boolean {
  return isUnresolved(value) || (Array.isArray(value) && value.length > 0);
}

/** The live API leaves the singular `''` or out when the plural is used; both count when both are stated. */
function elements(single: Json | undefined, plural: Json | undefined): readonly Json[] {
  const one = single === undefined || single === null || single === '' ? [] : [single];
  if (plural === undefined || plural === null) return one;
  return Array.isArray(plural) ? (one.length === 0 ? (plural as readonly Json[]) : [...one, ...(plural as readonly Json[])]) : [...one, plural];
}

function readSide(raw: Json, which: 'source' | 'destination', interner: Interner): Side {
  const single = member(raw, `${which}AddressPrefix`);
  const plural = member(raw, `${which}AddressPrefixes`);
  const groups = member(raw, `${which}ApplicationSecurityGroups`);
  if (typeof single === 'string' && single !== '' && !hasElements(plural) && !hasElements(groups)) {
    let side = interner.sides.get(single);
    if (side === undefined) interner.sides.set(single, (side = buildSide([single], undefined)));
    return side;
  }
  return buildSide(elements(single, plural), groups);
}

export function buildSide(values: readonly Json[], groups: Json | undefined): Side {
  const v4: number[] = [];
  const v6: bigint[] = [];
  const tags = new Set<string>();
  const notes: string[] = [];
  let any = false;
  let unknown = false;
  const add = (prefix: Prefix): void => {
    if (prefix.note !== '') notes.push(prefix.note);
    if (prefix.kind === 'any') any = true;
    else if (prefix.kind === 'unknown') unknown = true;
    else if (prefix.kind === 'tag') tags.add(prefix.tag);
    for (const bound of prefix.v4) v4.push(bound);
    for (const bound of prefix.v6) v6.push(bound);
  };
  for (const value of values) {
    if (typeof value !== 'string') unknown = true;
    else if (value.includes(',')) {
      notes.push('a comma list in one address prefix is refused by Azure; read as a list');
      for (const part of value.split(',').slice(0, 4096)) add(parsePrefix(part));
    } else add(parsePrefix(value));
  }
  const ids = groupIds(groups);
  if (ids === null || (values.length === 0 && ids.length === 0)) unknown = true;
  return {
    any,
    v4: any ? V4_ALL : v4.length === 0 ? NO_V4 : intervals(v4),
    v6: any ? V6_ALL : v6.length === 0 ? NO_V6 : intervals(v6),
    internet: tags.has('internet'),
    network: tags.has('virtualnetwork'),
    loadBalancer: tags.has('azureloadbalancer'),
    opaque: [...tags].filter((tag) => tag !== 'internet' && tag !== 'virtualnetwork' && tag !== 'azureloadbalancer'),
    groups: ids ?? [],
    unknown,
    notes,
    text: [...values.map((value) => (typeof value === 'string' ? value : 'unresolved')), ...(ids ?? []).map((id) => id.slice(id.lastIndexOf('/') + 1))].join(', '),
  };
}

/** Null when one of them is unresolved. */
function groupIds(groups: Json | undefined): string[] | null {
  if (groups === undefined || groups === null) return [];
  if (!Array.isArray(groups)) return null;
  const ids: string[] = [];
  for (const group of groups as readonly Json[]) {
    const reference = referenceOf(group);
    if (typeof reference !== 'string') return null;
    ids.push(reference);
  }
  return ids;
}

/** An admin rule of a network manager in the shape of a security rule: its addresses are objects, its access has three values. */
export function asSecurityRule(raw: JsonObject, access: string): JsonObject {
  const prefixes = (list: Json | undefined): Json => (Array.isArray(list) ? (list as readonly Json[]).map((item) => (isObject(item) && !isUnresolved(item) ? (item['addressPrefix'] ?? null) : item)) : (list ?? null));
  return {
    name: raw['name'] ?? null,
    priority: raw['priority'] ?? null,
    access,
    direction: raw['direction'] ?? null,
    protocol: raw['protocol'] ?? null,
    sourceAddressPrefixes: prefixes(raw['sources']),
    destinationAddressPrefixes: prefixes(raw['destinations']),
    sourcePortRanges: raw['sourcePortRanges'] ?? null,
    destinationPortRanges: raw['destinationPortRanges'] ?? null,
  };
}
