import { rawInteger, rawList, rawText } from '../../lib/raw.ts';
import { readRows } from '../../lib/snapshot-read.ts';
import { type Fact, factId, UNREAD } from '../../model/fact.ts';
import { COLLECTION_ACCESS, type CollectionAccess } from '../../model/facts/rds-collection-access.ts';
import { COLLECTION_DEVICES, type CollectionDevices } from '../../model/facts/rds-collection-devices.ts';
import { RDP_PROPERTIES, type RdpProperties } from '../../model/facts/rds-rdp-properties.ts';
import { type Json, type JsonObject, member } from '../../model/json.ts';
import type { NormaliseContext, SnapshotInput, SnapshotNormaliser } from '../../model/normalise.ts';
import { type Pointer, pointerOf } from '../../model/pointer.ts';
import { isUnreadable } from '../../model/snapshot.ts';
import { redirectedDevices } from './devices.ts';
import { broadPrincipal } from './groups.ts';
import { type HostIndex, indexByHost } from './host-names.ts';
import { parseRdpProperties, weakness } from './rdp-properties.ts';

/** What a deployment's collections say that no single setting says: access, redirected devices, custom RDP properties. */
export const normaliseDeployment: SnapshotNormaliser = (input, context) => {
  if (input.snapshot.target.kind !== 'rds-deployment') return { facts: [], problems: [] };
  const collections = readRows(input.snapshot, 'collections');
  if (collections.state === 'absent') return { facts: [], problems: [] };
  if (collections.state === 'unread') return { facts: KINDS.map((kind) => placeholder(input, kind)), problems: [] };
  const facts: Fact[] = [];
  const seen = new Set<string>();
  for (const row of collections.rows) {
    const name = rawText(member(row, 'CollectionName'));
    if (name === undefined || seen.has(name.toLowerCase())) continue;
    seen.add(name.toLowerCase());
    facts.push(accessOf(input, name, row), devicesOf(input, name, row), propertiesOf(input, name, row, context));
  }
  return { facts, problems: [] };
};

const KINDS = [COLLECTION_ACCESS.kind, COLLECTION_DEVICES.kind, RDP_PROPERTIES.kind];

function placeholder(input: SnapshotInput, kind: string): Fact {
  return {
    kind,
    id: factId(input.target.id, kind, UNREAD),
    name: `collections of ${input.target.name}`,
    target: input.target.id,
    data: { host: input.target.name, collection: UNREAD },
    unknown: [''],
    origin: { at: 'setting' },
    observedAt: input.snapshot.collectedAt,
  };
}

function collectionFact(
  input: SnapshotInput,
  kind: string,
  collection: string,
  setting: readonly [Pointer, string],
  data: JsonObject,
  unknown: readonly Pointer[],
): Fact {
  return {
    kind,
    id: factId(input.target.id, kind, collection),
    name: collection,
    target: input.target.id,
    data,
    unknown,
    origin: {
      at: 'setting',
      members: { [setting[0]]: pointerOf(['collections', collection, setting[1]]) },
    },
    observedAt: input.snapshot.collectedAt,
  };
}

/** Undefined when the column was not read; null counts as not read, since every list of the module is at least empty. */
function listColumn(row: JsonObject, column: string): readonly Json[] | undefined {
  const raw = member(row, column);
  return raw === undefined || raw === null || isUnreadable(raw) ? undefined : rawList(raw);
}

function textsOf(list: readonly Json[] | undefined): string[] | undefined {
  return list?.map((item) => rawText(item)).filter((text): text is string => text !== undefined);
}

function accessOf(input: SnapshotInput, collection: string, row: JsonObject): Fact {
  const groups = listColumn(row, 'UserGroup')?.map((item) => rawText(item) ?? null);
  const sids = listColumn(row, 'UserGroupSids') ?? [];
  const broad: ({ name: string; who: string } | null)[] = [];
  const unknown: Pointer[] = [];
  let narrowGroups = false;
  for (const [index, name] of (groups ?? []).entries()) {
    const who = name === null ? undefined : broadPrincipal(name, sids.length === groups?.length ? (rawText(sids[index]) ?? null) : null);
    if (who === null) narrowGroups = true;
    else if (who === undefined) {
      unknown.push(`/broad/${broad.length}`);
      broad.push(null);
    } else broad.push({ name: name ?? '', who });
  }
  const data: CollectionAccess = {
    host: input.target.name,
    collection,
    groups: groups ?? [],
    broad: groups === undefined ? null : broad,
    narrowGroups,
  };
  return collectionFact(
    input,
    COLLECTION_ACCESS.kind,
    collection,
    ['/broad', 'userGroups'],
    data,
    groups === undefined ? ['/groups', '/broad', '/narrowGroups'] : unknown,
  );
}

function devicesOf(input: SnapshotInput, collection: string, row: JsonObject): Fact {
  const devices = redirectedDevices(member(row, 'ClientDeviceRedirectionOptions'));
  const hosts = textsOf(listColumn(row, 'SessionHosts'));
  const data: CollectionDevices = {
    host: input.target.name,
    collection,
    devices: devices ?? null,
    hosts: hosts ?? null,
  };
  const unknown = [...(devices === undefined ? ['/devices'] : []), ...(hosts === undefined ? ['/hosts'] : [])];
  return collectionFact(input, COLLECTION_DEVICES.kind, collection, ['/devices', 'redirectedDevices'], data, unknown);
}

function propertiesOf(input: SnapshotInput, collection: string, row: JsonObject, context: NormaliseContext): Fact {
  const raw = member(row, 'CustomRdpProperty');
  // The module leaves the property null when a collection has none; a column that is missing was not read.
  const text = raw === null ? '' : rawText(raw);
  const data = text === undefined ? unreadProperties(input, collection) : judgeProperties(input, collection, text, row, context);
  const unknown = Object.entries(data).flatMap(([name, value]) => (value === null ? [`/${name}`] : []));
  return collectionFact(input, RDP_PROPERTIES.kind, collection, ['/severe', 'customRdpProperties'], data, unknown);
}

function unreadProperties(input: SnapshotInput, collection: string): RdpProperties {
  return {
    host: input.target.name,
    collection,
    severe: null,
    moderate: null,
    clipboard: null,
    malformed: null,
    remaining: null,
  };
}

/** The session hosts, and the brokers by their own names and by the one that clients find them by. */
function computersOf(input: SnapshotInput, row: JsonObject): { readonly computers: HostIndex<string>; readonly allComputers: boolean } {
  const hosts = textsOf(listColumn(row, 'SessionHosts'));
  const access = readRows(input.snapshot, 'deployment.clientAccessName');
  const available = access.state === 'read' ? (access.rows[0] ?? {}) : {};
  const common = rawText(member(available, 'ClientAccessName'));
  const brokers = textsOf(listColumn(available, 'ConnectionBroker'));
  const names = [input.target.name, ...(common === undefined ? [] : [common]), ...(brokers ?? []), ...(hosts ?? [])];
  return {
    computers: indexByHost(names, (name) => name),
    allComputers: hosts !== undefined && (access.state === 'absent' || (common !== undefined && brokers !== undefined)),
  };
}

function judgeProperties(input: SnapshotInput, collection: string, text: string, row: JsonObject, context: NormaliseContext): RdpProperties {
  const { properties, malformed } = parseRdpProperties(text);
  const around = { gatewayFqdn: context.intent.gatewayFqdn, ...computersOf(input, row) };
  const severe = new Set<string>();
  const moderate = new Set<string>();
  let undecided = false;
  let clipboard = false;
  for (const property of properties) {
    const how = weakness(property, around);
    if (how === 'severe') severe.add(property.line);
    if (how === 'moderate') moderate.add(property.line);
    if (how === 'undecided') undecided = true;
    if (property.name === 'redirectclipboard') clipboard = rawInteger(property.value) === 1;
  }
  const remaining = text
    .split(/\r\n|\n|\r/)
    .filter((line) => !severe.has(line.trim()) && !moderate.has(line.trim()))
    .join('\n');
  return {
    host: input.target.name,
    collection,
    severe: [...severe],
    // One that certainly weakens is enough.
    moderate: undecided && moderate.size === 0 ? null : [...moderate],
    clipboard,
    malformed,
    remaining,
  };
}
