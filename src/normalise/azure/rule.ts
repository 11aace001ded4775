import { isUnresolved } from '../../model/cloud-resource.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { type Intervals, intervals } from './interval-set.ts';
import { ALL_PORTS, NO_PORTS, parsePorts, type PortText } from './port.ts';
import { elements, hasElements, type Interner, readSide, type Side } from './side.ts';

/** Bits of a protocol set. */
export const TCP = 1;
export const UDP = 2;
const PROTOCOLS: Readonly<Record<string, number>> = {
  tcp: TCP,
  udp: UDP,
  icmp: 4,
  esp: 8,
  ah: 16,
  '*': 31,
  any: 31,
};

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

/** Reads a security rule whose members are flattened. */
export function readRule(node: Json, pointer: string, interner: Interner): Rule {
  // A whole rule that is one expression may be any rule.
  const raw = isObject(node) && !isUnresolved(node) ? node : NO_MEMBERS;
  const ports = raw === NO_MEMBERS ? NOT_KNOWN : readPorts(raw['destinationPortRange'], raw['destinationPortRanges'], interner);
  const sourcePorts = raw === NO_MEMBERS ? NOT_KNOWN : readPorts(raw['sourcePortRange'], raw['sourcePortRanges'], interner);
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
const NOT_KNOWN: PortText = { ports: NO_PORTS, unknown: true, note: '' };
const NO_NOTES: readonly string[] = [];

function notesOf(
  priority: number | null,
  protocols: number | null,
  ports: PortText,
  sourcePorts: PortText,
  source: Side,
  destination: Side,
): readonly string[] {
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

/** An admin rule of a network manager in the shape of a security rule: its addresses are objects, its access has three values. */
export function asSecurityRule(raw: JsonObject, access: string): JsonObject {
  const sources = adminSide(raw['sources']);
  const destinations = adminSide(raw['destinations']);
  return {
    name: raw['name'] ?? null,
    priority: raw['priority'] ?? null,
    access,
    direction: raw['direction'] ?? null,
    protocol: raw['protocol'] ?? null,
    sourceAddressPrefixes: sources.prefixes,
    destinationAddressPrefixes: destinations.prefixes,
    ...(sources.groups.length === 0 ? {} : { sourceApplicationSecurityGroups: sources.groups }),
    ...(destinations.groups.length === 0 ? {} : { destinationApplicationSecurityGroups: destinations.groups }),
    sourcePortRanges: raw['sourcePortRanges'] ?? null,
    destinationPortRanges: raw['destinationPortRanges'] ?? null,
  };
}

/** A reference to a network group stands beside prefixes: its members are virtual networks. */
function adminSide(list: Json | undefined): { readonly prefixes: Json; readonly groups: readonly Json[] } {
  if (!Array.isArray(list)) return { prefixes: list ?? null, groups: [] };
  const prefixes: Json[] = [];
  const groups: Json[] = [];
  for (const item of list as readonly Json[]) {
    const isRead = isObject(item) && !isUnresolved(item);
    const kind = isRead ? item['addressPrefixType'] : undefined;
    const prefix = isRead ? (item['addressPrefix'] ?? null) : item;
    if (typeof kind === 'string' && kind.toLowerCase() === 'networkgroup' && typeof prefix === 'string') groups.push({ id: prefix });
    else prefixes.push(prefix);
  }
  return { prefixes, groups };
}
