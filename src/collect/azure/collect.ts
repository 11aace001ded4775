import { member } from '../../model/json.ts';
import type { Problem } from '../../model/problem.ts';
import { pooled } from '../live/pool.ts';
import type { Redactor } from '../live/redact.ts';
import { type Client, openClient } from './client.ts';
import type { Cloud } from './cloud.ts';
import { failed, type Outcome } from './failure.ts';
import { type Graph, graphOf } from './graph.ts';
import type { SecretFinder } from './secrets.ts';
import { type AzureSnapshot, azureSnapshotText, idOf } from './snapshot.ts';
import { SUBSCRIPTIONS_QUERY } from './graph-sources.ts';
import { readSubscription } from './subscription.ts';
import { within } from './wait.ts';
import { targetProblem } from './words.ts';

/** One subscription, or a management group that could not be opened. */
export interface AzureTarget {
  /** `azure:ID`, lower-cased. */
  readonly id: string;
  readonly kind: 'azure';
  readonly name: string;
}

export interface AzureJob {
  readonly cloud: Cloud;
  readonly subscriptions: readonly string[];
  readonly managementGroups: readonly string[];
  /** Whether a subscription is read in this collection: not one of another shard, nor one that is there already. */
  readonly wants: (target: AzureTarget) => boolean;
  readonly version: string;
  /** For one subscription. */
  readonly timeoutSeconds: number;
  /** Subscriptions at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly redact: Redactor | null;
  readonly findSecrets: SecretFinder;
  /** Ids of all subscriptions that were found, and how many are read. */
  readonly onFound: (ids: readonly string[], count: number) => void;
  readonly onStart: (target: AzureTarget) => void;
  readonly onSource: (target: AzureTarget, source: string) => void;
}

/** A snapshot as it is to be written, or why there is none. */
export type AzureCollected = { readonly target: AzureTarget; readonly snapshot: Buffer } | { readonly target: AzureTarget; readonly problem: Problem };

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** The largest snapshot that a scan reads again. */
const MAX_SNAPSHOT = 150 * 1024 * 1024;

export function azureTarget(name: string): AzureTarget {
  return { id: `azure:${name.toLowerCase()}`, kind: 'azure', name: name.toLowerCase() };
}

/** Reads every subscription and yields each as it comes. One that fails is a problem; the others go on. */
export async function* collectAzure(job: AzureJob): AsyncGenerator<AzureCollected> {
  const client = await openClient(job.cloud, job.version, job.signal);
  const graph = graphOf(client);
  const groups = new Map<string, string[]>(job.subscriptions.map((name) => [name.toLowerCase(), []]));
  for (const group of job.managementGroups) {
    const found = await below(graph, group, job.timeoutSeconds);
    if ('failure' in found) yield { target: azureTarget(group), problem: targetProblem(azureTarget(group), 'management group', found.failure) };
    else for (const name of found.value) groups.set(name, [...(groups.get(name) ?? []), group]);
  }
  const found = [...groups.keys()].toSorted().map(azureTarget);
  const wanted = found.filter(job.wants);
  job.onFound(
    found.map(({ id }) => id),
    wanted.length,
  );
  for await (const result of pooled(wanted, job.concurrency, (target) => one(job, client, graph, target, groups.get(target.name) ?? []))) yield result;
}

/** The subscriptions below a management group. */
async function below(graph: Graph, group: string, timeoutSeconds: number): Promise<Outcome<readonly string[]>> {
  const until = performance.now() + timeoutSeconds * 1000;
  const rows = await graph.rows({ managementGroups: [group] }, SUBSCRIPTIONS_QUERY, until);
  if ('failure' in rows) return rows;
  const names = rows.value.map((row) => {
    const name = member(row, 'subscriptionId');
    return (typeof name === 'string' ? name : idOf(row).slice('/subscriptions/'.length)).toLowerCase();
  });
  if (!names.every((name) => GUID.test(name))) return failed('malformed', 'Resource Graph gave a subscription without an id.');
  return names.length === 0 ? failed('absent', 'It holds no subscription that this identity may see.') : { value: names };
}

async function one(job: AzureJob, client: Client, graph: Graph, target: AzureTarget, managementGroups: readonly string[]): Promise<AzureCollected> {
  job.onStart(target);
  const milliseconds = job.timeoutSeconds * 1000;
  const read = readSubscription({
    client,
    graph,
    subscription: target.name,
    managementGroups,
    version: job.version,
    until: performance.now() + milliseconds,
    findSecrets: job.findSecrets,
    onSource: (source) => job.onSource(target, source),
  });
  // Everything in it has a deadline of its own; this one is for what has none.
  const outcome = (await within(read, milliseconds + 30_000, job.signal)) ?? failed(job.signal.aborted ? 'stopped' : 'timeout', 'It was not read in time.');
  if ('failure' in outcome) return { target, problem: targetProblem(target, 'subscription', outcome.failure) };
  const snapshot = bytesOf(job.redact === null ? outcome.value : redacted(outcome.value, job.redact));
  if (snapshot !== null) return { target, snapshot };
  return { target, problem: targetProblem(target, 'subscription', failed('too-large', 'Its snapshot would be larger than 150 MiB.').failure) };
}

function bytesOf(snapshot: AzureSnapshot): Buffer | null {
  const parts: Buffer[] = [];
  let length = 0;
  for (const text of azureSnapshotText(snapshot)) {
    const part = Buffer.from(text, 'utf8');
    length += part.length;
    if (length > MAX_SNAPSHOT) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Stand-ins for user names and addresses, as in the snapshots of hosts. */
function redacted(snapshot: AzureSnapshot, redact: Redactor): AzureSnapshot {
  const changed = redact({ sections: { resources: snapshot.resources } });
  const resources = member(member(changed, 'sections'), 'resources');
  return { ...snapshot, resources: Array.isArray(resources) ? (resources as AzureSnapshot['resources']) : [] };
}
