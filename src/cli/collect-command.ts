import { dirname, resolve } from 'node:path';
import { nameOf, sourceRootOf } from '../collect/files.ts';
import { inShard, type Shard, shardOf } from '../collect/live/shard.ts';
import type { LiveTarget } from '../collect/live/targets.ts';
import { isSet, type OptionSpec, optionsHelp, textOf } from '../config/options.ts';
import { globMatches } from '../lib/glob.ts';
import type { Estate } from '../model/estate.ts';
import { type Problem, UserError } from '../model/problem.ts';
import { loadEstate } from '../scan/plan.ts';
import { collectorOf } from './collector.ts';
import { credentialOf, PASSWORD_OPTION } from './credential.ts';
import { estateAndNames } from './estate-arguments.ts';
import { INTERRUPTED } from './interrupt.ts';
import { libraryOf } from './library.ts';
import { azureContacts, isAzureName, selectAzure } from './live-azure.ts';
import { type CollectionPlan, type CollectionResult, runCollection } from './live-collection.ts';
import { DEFAULT_CONCURRENCY, DEFAULT_TIMEOUT, numberOf } from './live-options.ts';
import { selectTargets } from './live-targets.ts';
import { userFolder } from './paths.ts';
import { probePlans } from './probe.ts';
import { SILENT, terminalProgress } from './progress.ts';
import { redactorFor } from './redact-key.ts';
import { optionsFor } from './request.ts';
import { AZURE_CLOUD_OPTION } from './scan-options.ts';
import { printProblems } from './scan-command.ts';

const COLLECT_OPTIONS: readonly OptionSpec[] = [
  { name: 'policy', type: 'list', value: 'DIR', help: 'a folder of policies and settings of your own: what they read is collected' },
  { name: 'concurrency', type: 'number', value: 'N', help: `how many hosts at once (default ${DEFAULT_CONCURRENCY})` },
  { name: 'timeout', type: 'number', value: 'S', help: `seconds for one host, then it and what it started are ended (default ${DEFAULT_TIMEOUT})` },
  { name: 'resume', type: 'flag', help: 'go on with the last collection: only what it does not have', configurable: false },
  {
    name: 'shard',
    type: 'text',
    value: 'I/N',
    help: 'only the I-th of N shares of the targets; which share a target is in changes with nothing but N',
    configurable: false,
  },
  { name: 'redact', type: 'flag', help: 'stand-ins for user names, SIDs and addresses; the same ones for the same RDPOSTURE_REDACT_KEY' },
  PASSWORD_OPTION,
  AZURE_CLOUD_OPTION,
  { name: 'quiet', type: 'flag', help: 'no progress and no warnings on standard error' },
];

export async function run(argv: readonly string[]): Promise<number> {
  const folder = userFolder();
  const { options } = optionsFor(argv, COLLECT_OPTIONS, folder);
  if (isSet(options, 'help')) {
    process.stdout.write(
      `rdposture collect [TARGET…]: write snapshots of live targets, judge nothing\n\nA TARGET is a host, a broker, a group, a subscription or a management group of the estate, azure for all of its subscriptions, or a pattern such as rdsh*; none means all that is contacted. The estate is the one in this folder, or the one whose file or folder is named too.\n\n${optionsHelp(COLLECT_OPTIONS)}`,
    );
    return 0;
  }
  const sourceRoot = sourceRootOf(folder);
  const { estateFile, names } = estateAndNames('collect', options.positionals, folder, sourceRoot);
  const library = libraryOf(options, folder);
  const { estate } = loadEstate(estateFile, sourceRoot, library.areas);
  const shard = textOf(options, 'shard') === null ? null : shardOf(textOf(options, 'shard') ?? '');
  const gateways = new Set(probePlans(estate).map((plan) => plan.name.toLowerCase()));
  const isOther = (name: string): boolean => gateways.has(name.toLowerCase()) || isAzureName(estate, name);
  const others = names.filter((name) => !isOther(name) || estate.hosts.some((host) => globMatches(name, host.name)));
  const azure = selectAzure(azureContacts(estate, estateFile, null, library.areas, options), names);
  const targets = names.length > 0 && others.length === 0 ? [] : selectTargets(estate, dirname(estateFile), others);
  const probes = probesOf(estate, names, targets, shard);
  if (targets.length === 0 && probes.only.size === 0 && azure.plan === null && azure.refused.size === 0)
    throw new UserError(
      'collect.no-targets',
      `The estate '${estate.name}' has no target that is contacted.`,
      'Give hosts and deployments `connect: { over: ssh }`, gateways `connect: { over: wire }`, or name subscriptions under `azure:`; what connects by `snapshot` is never contacted.',
    );
  const snapshots = resolve(dirname(estateFile), estate.snapshots.folder);
  const quiet = isSet(options, 'quiet');
  const result = await runCollection(
    {
      estate: estate.name,
      targets: targets.filter((target) => inShard(target.id, shard)),
      folder: snapshots,
      collector: collectorOf(library.areas),
      credential: credentialOf(options, targets),
      probes,
      azure: azure.plan,
      timeoutSeconds: numberOf(options, 'timeout', DEFAULT_TIMEOUT),
      concurrency: numberOf(options, 'concurrency', DEFAULT_CONCURRENCY),
      shard,
      redact: isSet(options, 'redact') ? redactorFor(estate, shard !== null) : null,
      resume: isSet(options, 'resume'),
      now: new Date().toISOString(),
    },
    quiet ? SILENT : terminalProgress(process.stderr),
  );
  printProblems([...azure.refused.values()].slice(0, 1), quiet);
  printProblems([...sortedProblems(result), ...result.warnings], quiet);
  if (!quiet) process.stderr.write(summary(result, estate, nameOf(snapshots, folder)));
  if (result.interrupted) return INTERRUPTED;
  return result.failed.size + azure.refused.size === 0 ? 0 : 3;
}

/** The endpoints of what is collected: all of an estate, or those of the hosts and gateways that are named. */
function probesOf(estate: Estate, names: readonly string[], targets: readonly LiveTarget[], shard: Shard | null): CollectionPlan['probes'] {
  const hosts = new Set(targets.map((target) => target.name.toLowerCase()));
  const plans = probePlans(estate).map((plan) => plan.name.toLowerCase());
  const wanted = plans.filter((name) => names.length === 0 || hosts.has(name) || names.some((pattern) => globMatches(pattern, name)));
  return { estate, only: new Set(wanted.filter((name) => inShard(`endpoint:${name}`, shard))) };
}

/** By name, not by who was slowest. What was only interrupted is counted, not listed. */
function sortedProblems(result: CollectionResult): Problem[] {
  return [...result.failed]
    .filter(([, problem]) => problem.code !== 'collect.interrupted')
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, problem]) => problem);
}

function summary(result: CollectionResult, estate: Estate, folder: string): string {
  const { collected, before, failed, probed } = result;
  const already = before.length === 0 ? '' : `, ${before.length} were there since ${result.resumedFrom ?? ''}`;
  const failures = failed.size === 0 ? '' : `, ${failed.size} ${result.interrupted ? 'are left' : 'failed'}; --resume goes on`;
  const words = `${collected.length} ${collected.length === 1 ? 'target' : 'targets'} of '${estate.name}' collected into '${folder}'${already}${probed === 0 ? '' : `, ${probed} ${probed === 1 ? 'endpoint' : 'endpoints'} seen on the wire`}${failures}.`;
  return `${result.interrupted ? 'interrupted: ' : ''}${words}\n`;
}
