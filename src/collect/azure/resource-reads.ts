import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { pooled } from '../live/pool.ts';
import { armAction, armList } from './arm.ts';
import type { Client } from './client.ts';
import { failed } from './failure.ts';
import { vaultCertificates } from './key-vault.ts';
import { type Parts, partsOf, unreadOf } from './parts.ts';
import { idOf, machineOf, runningMachines, typeOf, type Unread } from './snapshot.ts';
import { type RESOURCE_READS, VAULT_CERTIFICATES } from './arm-sources.ts';

/** What reading something of each resource needs. */
interface ReadJob {
  readonly client: Client;
  /** A time of `performance.now()`. */
  readonly until: number;
}

/** Questions to Azure Resource Manager at a time, for one subscription. */
export const AT_ONCE = 8;

type ResourceRead = (typeof RESOURCE_READS)[number];

/** Asks each resource that a source is read of. */
export async function readEach(job: ReadJob, read: ResourceRead, rows: readonly JsonObject[]): Promise<Parts> {
  const wanted = new Set(read.of);
  const all = rows.filter((row) => wanted.has(typeOf(row)));
  const running = read.name === 'effectiveSecurityGroups' ? runningMachines(rows) : null;
  const asked = running === null ? all : all.filter((row) => running.has(machineOf(row) ?? ''));
  const now = asked.slice(0, read.most ?? asked.length);
  const left = asked.slice(now.length).map((row): Unread => ({
    scope: idOf(row).toLowerCase(),
    reason: 'too-large',
    code: null,
    message: `No more than ${read.most ?? 0} are asked in one subscription.`,
  }));
  const resources: JsonObject[] = [];
  const unread: Unread[] = [...left];
  for await (const parts of pooled(now, AT_ONCE, (row) => readOne(job, read, idOf(row)))) {
    resources.push(...parts.resources);
    unread.push(...parts.unread);
  }
  return { resources, unread: unread.toSorted((a, b) => (a.scope < b.scope ? -1 : 1)) };
}

async function readOne(job: ReadJob, read: ResourceRead, id: string): Promise<Parts> {
  const { client, until } = job;
  const path = pathOf(id);
  if (path === null) return partsOf(id, failed('malformed', `'${id}' is no id of a resource.`));
  const scope = id.toLowerCase();
  if (read.by === 'action') {
    const [level] = read.levels;
    const answer = await armAction(client, `${path}${level?.path ?? ''}`, read.apiVersion, until);
    if ('failure' in answer) return partsOf(scope, answer);
    return { resources: [actionResource(id, level?.type ?? '', answer.value)], unread: [] };
  }
  const resources: JsonObject[] = [];
  let parents = [path];
  for (const { path: below, type } of read.levels) {
    const next: string[] = [];
    for (const parent of parents) {
      const parts = partsOf(scope, await armList(client, `${parent}${below}`, read.apiVersion, until));
      if (parts.unread.length > 0) return { resources: [], unread: parts.unread };
      for (const item of parts.resources) {
        const itsPath = pathOf(idOf(item));
        if (itsPath === null) return partsOf(scope, failed('malformed', 'A list holds something without an id.'));
        resources.push(typeOf(item) === '' ? { ...item, type } : item);
        next.push(itsPath);
      }
    }
    parents = next;
  }
  return { resources, unread: [] };
}

function actionResource(id: string, type: string, answer: Json): JsonObject {
  const word = type.slice(type.lastIndexOf('/') + 1);
  return { id: `${id}/${word}/default`, name: 'default', type, properties: isObject(answer) ? answer : {} };
}

/** An id as part of an address, or null for one that would lead elsewhere. Names of host pools may have blanks. */
export function pathOf(id: string): string | null {
  const isPath = /^\/(?:subscriptions|providers)\/[^?#\\%\p{Cc}]{1,2000}$/iu.test(id) && !/(?:^|\/)\.{1,2}(?:\/|$)|\/\//.test(id);
  return isPath ? id.split('/').map(encodeURIComponent).join('/') : null;
}

/** Asks each vault for its certificates. */
export async function readVaults(job: ReadJob, rows: readonly JsonObject[]): Promise<Parts> {
  const vaults = rows.filter((row) => typeOf(row) === VAULT_CERTIFICATES.of);
  const resources: JsonObject[] = [];
  const unread: Unread[] = [];
  const work = pooled(vaults, AT_ONCE, async (row) => ({ id: idOf(row), read: await vaultCertificates(job.client, idOf(row), job.until) }));
  for await (const { id, read } of work) {
    // A vault that does not answer as one is not gone: it was listed a moment ago.
    if ('value' in read) resources.push(...read.value);
    else unread.push(unreadOf(id.toLowerCase(), read.failure));
  }
  return { resources, unread: unread.toSorted((a, b) => (a.scope < b.scope ? -1 : 1)) };
}
