// Runs the collector alone, as a program of its own: the redirection and the authority of the lab are read when Node starts.
import { cloudOf } from '../../../src/collect/azure/cloud.ts';
import { type AzureJob, collectAzure } from '../../../src/collect/azure/collect.ts';
import { searchSecrets } from '../../../src/normalise/azure/machines/secrets.ts';

const asked = JSON.parse(process.argv[2] ?? '{}') as {
  readonly cloud?: 'public' | 'usgov' | 'china';
  readonly subscriptions?: readonly string[];
  readonly managementGroups?: readonly string[];
  readonly timeoutSeconds?: number;
  readonly concurrency?: number;
};

const stop = new AbortController();
process.on('SIGINT', () => stop.abort());
const cloud = cloudOf(asked.cloud ?? 'public');
if ('level' in cloud) throw new Error(cloud.message);
const results: unknown[] = [];
let found: readonly string[] = [];
const job: AzureJob = {
  cloud,
  subscriptions: asked.subscriptions ?? [],
  managementGroups: asked.managementGroups ?? [],
  wants: () => true,
  version: '0',
  timeoutSeconds: asked.timeoutSeconds ?? 60,
  concurrency: asked.concurrency ?? 2,
  signal: stop.signal,
  redact: null,
  findSecrets: (value, isCommand) => searchSecrets(value, isCommand).found.map(({ place }) => place),
  onFound: (ids) => void (found = ids),
  onStart: () => undefined,
  onSource: () => undefined,
};
for await (const result of collectAzure(job)) {
  if ('problem' in result) results.push({ target: result.target.id, problem: result.problem });
  else results.push({ target: result.target.id, snapshot: JSON.parse(result.snapshot.toString('utf8')) as unknown });
}
process.stdout.write(JSON.stringify({ found, results }), () => process.exit(0));
