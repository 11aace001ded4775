import { isUnresolved } from '../../model/cloud-resource.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
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
  /** As written, for people. */
  readonly values: readonly Json[];
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
  readonly prefixes: Map<string, Prefix>;
  readonly ports: Map<string, PortText>;
}

export function newInterner(): Interner {
  return { sides: new Map(), prefixes: new Map(), ports: new Map() };
}

/** Reads a security rule whose members are flattened (azure-checks §3.1). */
export function readRule(node: Json, pointer: string, interner: Interner): Rule {
  const raw = isObject(node) ? node : NO_MEMBERS;
  const ports = readPorts(raw['destinationPortRange'], raw['destinationPortRanges'], interner);
  const sourcePorts = readPorts(raw['sourcePortRange'], raw['sourcePortRanges'], interner);
  const source = readSide(raw['sourceAddressPrefix'], raw['sourceAddressPrefixes'], raw['sourceApplicationSecurityGroups'], interner);
  const destination = readSide(raw['destinationAddressPrefix'], raw['destinationAddressPrefixes'], raw['destinationApplicationSecurityGroups'], interner);
  const protocol = raw['protocol'];
  const protocols = typeof protocol === 'string' ? protocolBits(protocol) : null;
  const access = wordOf(raw['access']);
  const direction = wordOf(raw['direction']);
  const priority = readPriority(raw['priority']);
  return {
    name: ownName(raw['name'], pointer),
    pointer,
    priority,
    access: access === 'allow' || access === 'deny' ? access : null,
    direction: direction === 'inbound' || direction === 'outbound' ? direction : null,
    protocols,
    ports: ports.ports,
    portsUnknown: ports.unknown,
    everySourcePort: sourcePorts === NOT_STATED || covered(sourcePorts.ports) ? true : sourcePorts.unknown ? null : false,
    source,
    destination,
    form: formOf(raw),
    notes: notesOf(priority, protocols, ports, sourcePorts, source, destination),
  };
}

const NO_MEMBERS: JsonObject = {};
const NO_NOTES: readonly string[] = [];

function notesOf(priority: number | null, protocols: number | null, ports: PortText, sourcePorts: PortText, source: Side, destination: Side): readonly string[] {
  const misplaced = priority !== null && (priority < 100 || priority > 4096);
  const portless = ports === NOT_STATED && protocols !== null && (protocols & (TCP | UDP)) !== 0;
  if (!misplaced && !portless && ports.note === '' && sourcePorts.note === '' && source.notes.length === 0 && destination.notes.length === 0) return NO_NOTES;
  return [
    ...(misplaced ? [`the priority ${priority} is outside of 100 to 4096`] : []),
    ...(portless ? ['no destination port is stated, so it matches nothing'] : []),
    ...[ports.note, sourcePorts.note].filter((note) => note !== ''),
    ...source.notes,
    ...destination.notes,
  ];
}

function ownName(name: Json | undefined, pointer: string): string {
  if (typeof name !== 'string') return pointer.slice(pointer.lastIndexOf('/') + 1);
  return name.includes('/') ? name.slice(name.lastIndexOf('/') + 1) : name;
}

/** Which members state the source; an empty one is there all the same. */
function formOf(raw: JsonObject): Rule['form'] {
  if (raw['sourceApplicationSecurityGroups'] !== undefined) return 'mixed';
  const single = raw['sourceAddressPrefix'] !== undefined;
  return single === (raw['sourceAddressPrefixes'] !== undefined) ? 'mixed' : single ? 'single' : 'list';
}

function covered(ports: Intervals<number>): boolean {
  return ports === ALL_PORTS || (ports.length === 2 && ports[0] === 0 && ports[1] === 65536);
}

function protocolBits(text: string): number | null {
  const word = wordOf(text) ?? '';
  return Object.hasOwn(PROTOCOLS, word) ? (PROTOCOLS[word] ?? null) : null;
}

function wordOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value.trim().toLowerCase() : null;
}

function readPriority(value: Json | undefined): number | null {
  const priority = typeof value === 'string' && /^\d{1,6}$/.test(value.trim()) ? Number(value) : value;
  return typeof priority === 'number' && Number.isFinite(priority) ? priority : null;
}

const NOT_STATED: PortText = { ports: NO_PORTS, unknown: false, note: '' };

function readPorts(single: Json | undefined, plural: Json | undefined, interner: Interner): PortText {
  if (typeof single === 'string' && single !== '' && !hasElements(plural)) return internPorts(single, interner);
  const values = elements(single, plural);
  if (values.length === 0) return NOT_STATED;
  const found: number[] = [];
  const notes = new Set<string>();
  let unknown = false;
  for (const value of values) {
    const text = typeof value === 'number' ? String(value) : value;
    const parsed = typeof text === 'string' ? internPorts(text, interner) : null;
    if (parsed === null) unknown = true;
    else {
      for (const bound of parsed.ports) found.push(bound);
      unknown ||= parsed.unknown;
      if (parsed.note !== '') notes.add(parsed.note);
    }
  }
  return { ports: intervals(found), unknown, note: [...notes].join('; ') };
}

function internPorts(text: string, interner: Interner): PortText {
  let parsed = interner.ports.get(text);
  if (parsed === undefined) interner.ports.set(text, (parsed = parsePorts(text)));
  return parsed;
}

function hasElements(value: Json | undefined): boolean {
  return Array.isArray(value) ? value.length > 0 : isUnresolved(value);
}

/** The live API leaves the singular `''` or out when the plural is used; both count when both are stated. */
function elements(single: Json | undefined, plural: Json | undefined): readonly Json[] {
  const one = single === undefined || single === null || single === '' ? [] : [single];
  if (plural === undefined || plural === null) return one;
  return Array.isArray(plural) ? (one.length === 0 ? (plural as readonly Json[]) : [...one, ...(plural as readonly Json[])]) : [...one, plural];
}

function readSide(single: Json | undefined, plural: Json | undefined, groups: Json | undefined, interner: Interner): Side {
  if (typeof single === 'string' && single !== '' && !hasElements(plural) && !hasElements(groups)) {
    let side = interner.sides.get(single);
    if (side === undefined) interner.sides.set(single, (side = buildSide([single], undefined, interner)));
    return side;
  }
  return buildSide(elements(single, plural), groups, interner);
}

const NO_TEXTS: readonly string[] = [];

export function buildSide(values: readonly Json[], groups: Json | undefined, interner: Interner): Side {
  const v4: number[] = [];
  const v6: bigint[] = [];
  const tags: string[] = [];
  const notes: string[] = [];
  let any = false;
  let unknown = false;
  for (const value of values) {
    if (typeof value !== 'string') {
      unknown = true;
      continue;
    }
    const list = value.includes(',');
    if (list) notes.push('a comma list in one address prefix is refused by Azure; read as a list');
    for (const text of list ? value.split(',').slice(0, 4096) : [value]) {
      const prefix = internPrefix(text, interner);
      if (prefix.note !== '') notes.push(prefix.note);
      if (prefix.kind === 'any') any = true;
      else if (prefix.kind === 'unknown') unknown = true;
      else if (prefix.kind === 'tag') {
        if (!tags.includes(prefix.tag)) tags.push(prefix.tag);
      } else {
        for (const bound of prefix.v4) v4.push(bound);
        for (const bound of prefix.v6) v6.push(bound);
      }
    }
  }
  const ids = groups === undefined || groups === null ? NO_TEXTS : groupIds(groups);
  if (ids === null || (values.length === 0 && ids.length === 0)) unknown = true;
  return {
    any,
    v4: any ? V4_ALL : v4.length === 0 ? NO_V4 : intervals(v4),
    v6: any ? V6_ALL : v6.length === 0 ? NO_V6 : intervals(v6),
    internet: tags.includes('internet'),
    network: tags.includes('virtualnetwork'),
    loadBalancer: tags.includes('azureloadbalancer'),
    opaque: tags.length === 0 ? NO_TEXTS : tags.filter((tag) => tag !== 'internet' && tag !== 'virtualnetwork' && tag !== 'azureloadbalancer'),
    groups: ids ?? NO_TEXTS,
    unknown,
    notes: notes.length === 0 ? NO_TEXTS : notes,
    values,
  };
}

function internPrefix(text: string, interner: Interner): Prefix {
  let prefix = interner.prefixes.get(text);
  if (prefix === undefined) interner.prefixes.set(text, (prefix = parsePrefix(text)));
  return prefix;
}

/** The side in words, as written. */
export function sideText(side: Side): string {
  const shown = side.values.map((value) => (typeof value === 'string' ? value : 'unresolved'));
  return [...shown, ...side.groups.map((id) => id.slice(id.lastIndexOf('/') + 1))].join(', ');
}

/** Null when one of them is unresolved. */
function groupIds(groups: Json): string[] | null {
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
