import { type JsonObject, member } from '../../model/json.ts';
import { pooled } from '../live/pool.ts';
import { armGet, armList } from './arm.ts';
import { readAssignments } from './assignments.ts';
import type { Client } from './client.ts';
import { failed, type Failure, type Outcome } from './failure.ts';
import type { Graph } from './graph.ts';
import { type Parts, partsOf, unreadOf } from './parts.ts';
import { AT_ONCE, readEach, readVaults } from './resource-reads.ts';
import { readServiceTags } from './service-tags.ts';
import { type SecretFinder, withoutSecrets } from './secrets.ts';
import { type AzureSnapshot, idOf, type SourceStatus, typeOf, type Unread } from './snapshot.ts';
import { POLICY_ASSIGNMENTS, RESOURCE_READS, SERVICE_TAGS, SUBSCRIPTION_LISTS, VAULT_CERTIFICATES } from './arm-sources.ts';
import { GRAPH_TABLES, NAMESPACES, resourcesQuery, tableQuery } from './graph-sources.ts';
import { SOURCES } from './sources.ts';

/** What reading one subscription needs. */
export interface SubscriptionJob {
  readonly client: Client;
  readonly graph: Graph;
  readonly subscription: string;
  readonly managementGroups: readonly string[];
  readonly version: string;
  /** A time of `performance.now()`. */
  readonly until: number;
  readonly findSecrets: SecretFinder;
  readonly onSource: (source: string) => void;
}

/** Of one source. */
const MAX_UNREAD = 1000;

/** Reads one subscription, or says why nothing of it could be read. */
export async function readSubscription(job: SubscriptionJob): Promise<Outcome<AzureSnapshot>> {
  const { client, subscription, until } = job;
  const base = `/subscriptions/${subscription}`;
  const own = await armGet(client, base, '2022-12-01', until);
  if ('failure' in own) return own;
  job.onSource('Resource Graph');
  const rows = await job.graph.rows({ subscriptions: [subscription] }, resourcesQuery(), until);
  if ('failure' in rows) return rows;
  const sources: Record<string, SourceStatus> = {};
  const resources: JsonObject[] = [];
  const add = (name: string, parts: Parts): void => {
    resources.push(...parts.resources);
    sources[name] = statusOf(name, parts);
  };
  const probes = await probed(job, base);
  for (const { name, types } of NAMESPACES) {
    const wanted = new Set(types);
    add(name, { resources: rows.value.filter((row) => wanted.has(typeOf(row))), unread: probes.get(name) ?? [] });
  }
  const isDark = NAMESPACES.every(({ name }) => (probes.get(name)?.length ?? 0) > 0);
  if (isDark && resources.length === 0) return { failure: failureOf([...probes.values()].flat()[0]) };
  for (const table of GRAPH_TABLES) {
    job.onSource(table.name);
    const read = await job.graph.rows({ subscriptions: [subscription] }, tableQuery(table), until);
    const hidden = probes.get(table.namespace) ?? [];
    add(table.name, 'failure' in read ? { resources: [], unread: [unreadOf('', read.failure)] } : { resources: read.value, unread: hidden });
  }
  for (const list of SUBSCRIPTION_LISTS) {
    job.onSource(list.name);
    const read = await armList(client, `${base}${list.path}`, list.apiVersion, until);
    const { resources: items, unread } = partsOf('', read);
    const parts: Parts = { resources: items.map((item) => (typeOf(item) === '' ? { ...item, type: list.types[0] ?? '' } : item)), unread };
    add(list.name, list.name === 'roleAssignments' ? { ...parts, resources: atApplicationGroups(parts.resources, rows.value) } : parts);
  }
  const each = async (read: (typeof RESOURCE_READS)[number]): Promise<void> => {
    job.onSource(read.name);
    add(read.name, await readEach(job, read, rows.value));
  };
  for (const read of RESOURCE_READS) if (read.optional !== true) await each(read);
  job.onSource(VAULT_CERTIFICATES.name);
  add(VAULT_CERTIFICATES.name, await readVaults(job, rows.value));
  add(POLICY_ASSIGNMENTS.name, await readAssignments(job, resources));
  job.onSource(SERVICE_TAGS.name);
  add(SERVICE_TAGS.name, await readServiceTags(client, subscription, resources, until));
  // What nothing is judged by has what is left of the time.
  for (const read of RESOURCE_READS) if (read.optional === true) await each(read);
  if (client.signal.aborted) return failed('stopped', 'The collection was ended.');
  return { value: snapshotOf(job, own.value, sources, resources) };
}

function snapshotOf(job: SubscriptionJob, own: JsonObject, sources: Readonly<Record<string, SourceStatus>>, resources: readonly JsonObject[]): AzureSnapshot {
  const text = (name: string): string => {
    const value = member(own, name);
    return typeof value === 'string' ? value.slice(0, 256) : '';
  };
  const known = new Map(resources.map((resource) => [idOf(resource).toLowerCase(), withoutSecrets(resource, job.findSecrets)]));
  return {
    schemaVersion: 1,
    target: { kind: 'azure', name: job.subscription },
    collectedAt: now(),
    collector: { name: 'rdposture', version: job.version },
    cloud: job.client.cloud.name,
    subscription: { displayName: text('displayName'), state: text('state'), managementGroups: job.managementGroups },
    identity: job.client.tokens.way() ?? '',
    sources,
    resources: [...known].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, resource]) => resource),
  };
}

function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Which namespaces an identity may list over the whole subscription. Empty: it may. */
async function probed(job: SubscriptionJob, base: string): Promise<Map<string, Unread[]>> {
  const found = new Map<string, Unread[]>();
  const work = pooled(NAMESPACES, AT_ONCE, async ({ name, probe }) => {
    const read = await armList(job.client, `${base}${probe.path}`, probe.apiVersion, job.until, true);
    return { name, unread: partsOf('', read).unread };
  });
  for await (const { name, unread } of work) found.set(name, [...unread]);
  return found;
}

function failureOf(unread: Unread | undefined): Failure {
  return { kind: unread?.reason ?? 'denied', status: null, code: unread?.code ?? null, message: unread?.message ?? '' };
}

function statusOf(name: string, { resources, unread }: Parts): SourceStatus {
  const denied = unread.filter(({ reason }) => reason === 'denied' || reason === 'firewall');
  const isWhole = unread.some(({ scope }) => scope === '') || (unread.length > 0 && resources.length === 0);
  const status = unread.length === 0 ? 'ok' : !isWhole || resources.length > 0 ? 'partial' : denied.length === unread.length ? 'denied' : 'error';
  const opens =
    denied.length === 0 ? undefined : denied.every(({ reason }) => reason === 'firewall') ? VAULT_CERTIFICATES.opensFirewall : SOURCES.get(name)?.opens;
  return {
    status,
    at: now(),
    count: resources.length,
    ...(unread.length === 0 ? {} : { unread: bounded(unread) }),
    ...(opens === undefined ? {} : { opens }),
  };
}

/** Of too many, the rest stands together for any resource. */
function bounded(unread: readonly Unread[]): readonly Unread[] {
  const [next] = unread.slice(MAX_UNREAD);
  return next === undefined ? unread : [...unread.slice(0, MAX_UNREAD), { ...next, scope: '' }];
}

/** Who may use a desktop: assignments at an application group, and those that it inherits. */
function atApplicationGroups(assignments: readonly JsonObject[], rows: readonly JsonObject[]): JsonObject[] {
  const groups = rows.filter((row) => typeOf(row) === 'microsoft.desktopvirtualization/applicationgroups').map((row) => `${idOf(row).toLowerCase()}/`);
  return assignments.filter((assignment) => {
    const scope = member(member(assignment, 'properties'), 'scope');
    if (typeof scope !== 'string') return false;
    const from = scope === '/' ? '/' : `${scope.toLowerCase()}/`;
    return groups.some((group) => group.startsWith(from));
  });
}
