import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { recordFolder } from '../apply/record.ts';
import { nameOf, sourceRootOf } from '../collect/files.ts';
import { findProgram } from '../collect/live/child.ts';
import type { LiveTarget } from '../collect/live/targets.ts';
import { isSet, type OptionSpec, optionsHelp, type ParsedOptions, textOf } from '../config/options.ts';
import { forTerminal } from '../lib/escape.ts';
import { type Problem, UserError } from '../model/problem.ts';
import type { Risk } from '../model/policy.ts';
import { planPage } from '../remediate/plan-page.ts';
import { newestSnapshots } from '../scan/host-plans.ts';
import { loadEstate } from '../scan/plan.ts';
import { type AppliedTarget, applyAll, type ApplyContext, declaredFor, type PlannedTarget, planTargets, type ReadHosts, readTargets } from './apply-run.ts';
import { credentialOf, PASSWORD_OPTION } from './credential.ts';
import { estateAndNames } from './estate-arguments.ts';
import { collectorOf } from './collector.ts';
import { fileNameOf, planScript, planText } from './fix-scripts.ts';
import { INTERRUPTED } from './interrupt.ts';
import { libraryOf } from './library.ts';
import { DEFAULT_CONCURRENCY, DEFAULT_TIMEOUT, numberOf } from './live-options.ts';
import { selectTargets, targetsOf } from './live-targets.ts';
import { makeFolder, unwritable } from './outputs.ts';
import { userFolder, versionOf } from './paths.ts';
import { optionsFor } from './request.ts';
import { printProblems } from './scan-command.ts';
import { untilInterrupted } from './until-interrupted.ts';

const DEFAULT_ROLLBACK = 10;
const MIN_ROLLBACK = 2;

export const APPLY_OPTIONS: readonly OptionSpec[] = [
  { name: 'what-if', type: 'flag', help: 'show what would run; hosts are read, nothing is changed', configurable: false },
  { name: 'offline', type: 'flag', help: 'with --what-if: from the last snapshots, contact nothing', configurable: false },
  { name: 'review', type: 'flag', help: 'also make changes that a person should look at', configurable: false },
  { name: 'allow-disconnect', type: 'flag', help: 'also make changes that can cut a connection', configurable: false },
  { name: 'allow-logoff', type: 'flag', help: 'restart what the changes need: services, or the host once it is drained; sessions end', configurable: false },
  { name: 'batch', type: 'number', value: 'N', help: 'how many hosts at once (default 1); never all that stand for each other', configurable: false },
  {
    name: 'rollback-minutes',
    type: 'number',
    value: 'N',
    help: `after so many minutes a host undoes what was not confirmed (default ${DEFAULT_ROLLBACK})`,
    configurable: false,
  },
  { name: 'plan', type: 'text', value: 'DIR', help: 'write the plan of each target there, as JSON', configurable: false },
  { name: 'policy', type: 'list', value: 'DIR', help: 'a folder of policies and settings of your own' },
  { name: 'concurrency', type: 'number', value: 'N', help: `how many hosts are read at once (default ${DEFAULT_CONCURRENCY})` },
  { name: 'timeout', type: 'number', value: 'S', help: `seconds for one answer of a host (default ${DEFAULT_TIMEOUT})` },
  PASSWORD_OPTION,
  { name: 'quiet', type: 'flag', help: 'no progress and no warnings on standard error' },
];

export const APPLY_HELP = `rdposture apply [TARGET…]: make hosts match what the estate declares for them

A TARGET is a host, a broker or a group of the estate, or a pattern such as rdsh*; none means all that is contacted and has declared
settings. Each host is read, its steps run with a rollback that waits on the host, and they are kept only when a new connection
shows the new values. It stops at the first host that is not as wished. What was done is recorded beside the snapshots.
Exit codes: 0 all match, 1 one does not (it says why, and how it is now), 2 you must act, 3 one could not be read.

${optionsHelp(APPLY_OPTIONS)}`;

export async function run(argv: readonly string[]): Promise<number> {
  const folder = userFolder();
  const { options } = optionsFor(argv, APPLY_OPTIONS, folder);
  if (isSet(options, 'help')) {
    process.stdout.write(APPLY_HELP);
    return 0;
  }
  const isOffline = isSet(options, 'offline');
  if (isOffline && !isSet(options, 'what-if'))
    throw new UserError('apply.offline', 'Nothing can be applied without contacting hosts.', 'Use --offline together with --what-if.');
  const sourceRoot = sourceRootOf(folder);
  const { estateFile, names } = estateAndNames('apply', options.positionals, folder, sourceRoot);
  const library = libraryOf(options, folder);
  const { estate } = loadEstate(estateFile, sourceRoot, library.areas);
  const chosen =
    isOffline && names.length === 0 ? targetsOf(estate, dirname(estateFile)).map(({ target }) => target) : selectTargets(estate, dirname(estateFile), names);
  const targets = chosen.filter((target) => declaredFor(target, estate).length > 0);
  if (targets.length === 0)
    throw new UserError(
      'apply.nothing-declared',
      'No target that is contacted has declared settings.',
      'Declare them in the estate (`settings:` of a host, a group or a deployment), or make scripts from findings: `rdposture fix --script DIR`.',
    );
  const restricted = targets.find((target) => target.over === 'winrm' && (target.winrm?.configurationName ?? null) !== null);
  if (restricted !== undefined && !isOffline)
    throw new UserError(
      'apply.restricted',
      `'${restricted.name}' connects to the endpoint '${restricted.winrm?.configurationName ?? ''}', which only collects.`,
      'Apply with an estate that connects as an administrator (no `configurationName`), or make scripts and run them there.',
    );
  const context = contextOf(options, estate, library.areas, resolve(dirname(estateFile), estate.snapshots.folder), targets);
  let read: ReadHosts = { snapshots: new Map(), problems: [] };
  let planned: PlannedTarget[] = [];
  let applied: AppliedTarget[] = [];
  const interrupted = await untilInterrupted(async (signal) => {
    read = isOffline ? lastRead(targets, estateFile, sourceRoot, context) : await readTargets(targets, context, signal);
    planned = planTargets(targets, read, context, new Date().toISOString());
    for (const { plan } of planned) process.stdout.write(`${forTerminal(planPage(plan), { lineFeeds: true })}\n`);
    const written = textOf(options, 'plan');
    if (written !== null) writePlans(planned, resolve(folder, written));
    if (!isSet(options, 'what-if') && !signal.aborted) applied = await applyAll(planned, read, context, signal);
  });
  printProblems(read.problems, isSet(options, 'quiet'));
  for (const result of applied) process.stdout.write(`${forTerminal(lineOf(result))}\n`);
  if (applied.some((result) => result.record !== null)) process.stdout.write(`Recorded in ${forTerminal(nameOf(recordFolder(context.folder), folder))}.\n`);
  if (interrupted) return INTERRUPTED;
  return exitCode(planned, applied, read.problems, isSet(options, 'what-if'));
}

function contextOf(
  options: ParsedOptions,
  estate: ApplyContext['estate'],
  areas: ApplyContext['areas'],
  folder: string,
  targets: readonly LiveTarget[],
): ApplyContext {
  const risk: Risk = isSet(options, 'allow-disconnect') ? 'can-disconnect' : isSet(options, 'review') ? 'review' : 'safe';
  const minutes = numberOf(options, 'rollback-minutes', DEFAULT_ROLLBACK);
  if (minutes < MIN_ROLLBACK)
    throw new UserError(
      'apply.rollback',
      `--rollback-minutes must be at least ${MIN_ROLLBACK}.`,
      'A host needs that time to be read again over a new connection.',
    );
  const quiet = isSet(options, 'quiet');
  return {
    estate,
    areas,
    folder,
    collector: collectorOf(areas),
    script: planScript(),
    access: { ssh: findProgram('ssh', process.env['PATH'] ?? ''), credential: credentialOf(options, targets) },
    version: versionOf(),
    timeoutSeconds: numberOf(options, 'timeout', DEFAULT_TIMEOUT),
    concurrency: numberOf(options, 'concurrency', DEFAULT_CONCURRENCY),
    allowed: risk,
    allowLogoff: isSet(options, 'allow-logoff'),
    rollbackSeconds: minutes * 60,
    batch: numberOf(options, 'batch', 1),
    say: (text) => {
      if (!quiet) process.stderr.write(`${forTerminal(text)}\n`);
    },
  };
}

/** The last snapshots; a target that has none is a problem. */
function lastRead(targets: readonly LiveTarget[], estateFile: string, sourceRoot: string, { areas }: ApplyContext): ReadHosts {
  const snapshots = newestSnapshots({ paths: [estateFile], sourceRoot, library: { areas } }, new Set(targets.map(({ id }) => id)));
  const problems = targets.flatMap(({ id, name }): Problem[] =>
    snapshots.has(id)
      ? []
      : [{ level: 'error', code: 'apply.no-snapshot', message: `'${name}' has no snapshot.`, hint: 'Collect it first, or leave out --offline.', target: id }],
  );
  return { snapshots, problems };
}

function writePlans(planned: readonly PlannedTarget[], directory: string): void {
  for (const { plan } of planned) {
    const file = join(directory, `${fileNameOf(plan.host)}.plan.json`);
    try {
      makeFolder(directory);
      writeFileSync(file, planText(plan));
    } catch (error) {
      throw unwritable(file, error);
    }
  }
}

const OUTCOMES = {
  compliant: 'matches',
  changed: 'changed; it matches',
  unchanged: 'not changed',
  'rolled-back': 'rolled back; all is as before',
  attention: 'NEEDS ATTENTION',
} as const;

function lineOf({ target, outcome }: AppliedTarget): string {
  if (outcome === 'not-started') return `${target.name}: not begun, since an earlier one is not as wished.`;
  if (outcome === 'last-of-pool') return `${target.name}: not begun, since no other host that stands for it is known to do its work.`;
  const restarts = [
    ...(outcome.restarted.length === 0 ? [] : [`restarted: ${outcome.restarted.join(', ')}`]),
    ...(outcome.pending.length === 0 ? [] : [`takes effect after: ${outcome.pending.join(', ')} (--allow-logoff does it)`]),
  ];
  const more = [...(outcome.message === '' ? [] : [outcome.message]), ...restarts.map((text) => `${text}.`)].join(' ');
  return `${target.name}: ${OUTCOMES[outcome.outcome]}${more === '' ? '' : `. ${more}`}`;
}

function exitCode(planned: readonly PlannedTarget[], applied: readonly AppliedTarget[], problems: readonly Problem[], whatIf: boolean): number {
  const isOpen = planned.some(({ plan }) => plan.refused.length > 0 || (whatIf && plan.steps.length > 0));
  const failed = applied.some(({ outcome }) => typeof outcome === 'string' || !['changed', 'compliant'].includes(outcome.outcome));
  if (failed || (isOpen && !whatIf)) return 1;
  if (problems.some((problem) => problem.level === 'error')) return 3;
  return isOpen ? 1 : 0;
}
