import { dirname, join, resolve } from 'node:path';
import { isSet, type OptionSpec, optionsHelp, type ParsedOptions, textOf } from '../config/options.ts';
import type { Estate } from '../model/estate.ts';
import { type Problem, UserError } from '../model/problem.ts';
import { addFolders } from '../policy/library.ts';
import { loadEstate } from '../scan/plan.ts';
import { collectorOf } from './collector.ts';
import { contactsOf } from './contacts.ts';
import { credentialOf, PASSWORD_OPTION } from './credential.ts';
import { type Check, check, counted } from './doctor-check.ts';
import { ownClock } from './doctor-clock.ts';
import { failedCheck, type LiveChecks, tryLive } from './doctor-live.ts';
import { machineChecks } from './doctor-machine.ts';
import { doctorPage, safeJson, totalsOf } from './doctor-page.ts';
import { snapshotChecks } from './doctor-snapshots.ts';
import { narrowed, wantedOf } from './doctor-targets.ts';
import { estateAndNames } from './estate-arguments.ts';
import { INTERRUPTED } from './interrupt.ts';
import { ownFolders, shippedLibrary } from './library.ts';
import { azureContacts, isAzureName, selectAzure } from './live-azure.ts';
import { DEFAULT_CONCURRENCY, DEFAULT_TIMEOUT, numberOf } from './live-options.ts';
import { userFolder } from './paths.ts';
import { SILENT, terminalProgress } from './progress.ts';
import { optionsFor, rootOf } from './request.ts';
import { printProblems, useColor } from './scan-command.ts';
import { AZURE_CLOUD_OPTION } from './scan-options.ts';
import { type Trusted, trustedFolders, twinOf } from './trusted.ts';

const DOCTOR_OPTIONS: readonly OptionSpec[] = [
  { name: 'json', type: 'flag', help: 'as JSON', configurable: false },
  { name: 'policy', type: 'list', value: 'DIR', help: 'a folder of policies and settings of your own: what they read is tried too' },
  { name: 'trusted-config', type: 'text', value: 'DIR', help: 'a checkout of the base branch: only what its estate contacts is contacted' },
  { name: 'source-root', type: 'text', value: 'DIR', help: 'what paths are relative to (default: the git top)' },
  PASSWORD_OPTION,
  AZURE_CLOUD_OPTION,
  { name: 'concurrency', type: 'number', value: 'N', help: `how many targets at once (default ${DEFAULT_CONCURRENCY})` },
  { name: 'timeout', type: 'number', value: 'S', help: `seconds for one target (default ${DEFAULT_TIMEOUT})` },
  { name: 'quiet', type: 'flag', help: 'no progress and no warnings on standard error' },
];

const HELP = `rdposture doctor [TARGET…]: can each target be reached and read; what to do if not

Looks at this machine, then tries every target of the estate for real, as \`collect\` would: it logs on, reads every section, looks
at endpoints on the wire, and says what is missing and who may grant it. It writes no snapshot and changes nothing. A target that
connects by \`snapshot\` is not contacted: its snapshot is read. A TARGET is a host, a broker, a gateway, a group, a
subscription or a management group of the estate, \`azure\` for all of Azure, or a pattern such as rdsh*; none means all. The estate is
the one in this folder, or the one whose file or folder is named too.

It exits with 0 when all can be read, 3 when something cannot, 2 when there is nothing to try. Warnings change nothing.

${optionsHelp(DOCTOR_OPTIONS)}`;

export async function run(argv: readonly string[]): Promise<number> {
  const folder = userFolder();
  const { options, problems } = optionsFor(argv, DOCTOR_OPTIONS, folder);
  if (isSet(options, 'help')) {
    process.stdout.write(HELP);
    return 0;
  }
  const quiet = isSet(options, 'quiet');
  printProblems(problems, quiet);
  const found = diagnosed(options, folder);
  const { machine, trial } = found;
  const live = await tryLive(trial, quiet ? SILENT : terminalProgress(process.stderr, 'trying'));
  const checks = [...machine, ownClock(live.skews, found.now), ...found.sorted(live)];
  if (isSet(options, 'json'))
    process.stdout.write(`${safeJson({ schemaVersion: 1, estate: found.estate.name, checkedAt: found.now, checks, totals: totalsOf(checks) })}\n`);
  else process.stdout.write(`${doctorPage(checks, { color: useColor(), width: widthOf() })}\n${summary(checks, found.estate, live)}`);
  if (live.interrupted) return INTERRUPTED;
  return checks.some(({ status }) => status === 'partial' || status === 'failed') ? 3 : 0;
}

const widthOf = (): number => Math.min(Math.max(process.stdout.columns ?? 100, 60), 120);

interface Found {
  readonly estate: Estate;
  readonly now: string;
  readonly machine: readonly Check[];
  readonly trial: Parameters<typeof tryLive>[0];
  /** All checks of targets in the order of the estate. */
  readonly sorted: (live: LiveChecks) => Check[];
}

/** Everything that can be known before anything is contacted. */
function diagnosed(options: ParsedOptions, folder: string): Found {
  const sourceRoot = rootOf(options, folder);
  const { estateFile, names } = estateAndNames('doctor', options.positionals, folder, sourceRoot);
  const given = textOf(options, 'trusted-config');
  const trusted: Trusted | null = given === null ? null : { folder: resolve(folder, given), sourceRoot };
  const own = ownFolders(options, folder);
  // A pull request does not say what is read of a host either.
  const { areas } = addFolders(shippedLibrary(), trusted === null ? own : trustedFolders(own, trusted).folders);
  const { estate } = loadEstate(estateFile, sourceRoot, areas);
  const wanted = wantedOf(estate, estateFile, names, (name) => isAzureName(estate, name));
  const azure = selectAzure(azureContacts(estate, estateFile, trusted, areas, options), names);
  const contacts = narrowed(contactsOf(estate, estateFile, trusted, areas), wanted);
  const now = new Date().toISOString();
  const bySnapshot = wanted.filter(({ over, id }) => over === 'snapshot' && !id.startsWith('endpoint:'));
  if (
    contacts.targets.length + contacts.probes.only.size + bySnapshot.length + contacts.strangers.length + azure.refused.size + azure.strangers.length === 0 &&
    azure.plan === null
  )
    throw nothingToTry(estate, names);
  const snapshots = snapshotChecks(estate, estateFile, bySnapshot, sourceRoot, now);
  const collector = collectorOf(areas);
  const beside = join(dirname(estateFile), 'waivers.yaml');
  const waiversFile = trusted === null ? beside : twinOf(beside, trusted);
  return {
    estate,
    now,
    machine: machineChecks({ estate, estateFile, waiversFile, targets: contacts.targets, collector, sourceRoot, now }),
    trial: {
      targets: contacts.targets,
      probes: contacts.probes,
      azure: azure.plan,
      collector,
      credential: credentialOf(options, contacts.targets),
      timeoutSeconds: numberOf(options, 'timeout', DEFAULT_TIMEOUT),
      concurrency: numberOf(options, 'concurrency', DEFAULT_CONCURRENCY),
    },
    sorted: (live) => [
      ...wanted.flatMap(({ id }) => live.checks.get(id) ?? []),
      ...azureChecks(live, azure.refused),
      ...[...contacts.strangers, ...(names.length === 0 ? azure.strangers : [])].map(strangerCheck),
      ...snapshots.checks,
      ...snapshots.broken,
    ],
  };
}

/** Subscriptions and management groups, by id: which there are is known only once Azure has answered. */
function azureChecks(live: LiveChecks, refused: ReadonlyMap<string, Problem>): Check[] {
  const tried = [...live.checks].filter(([id]) => id.startsWith('azure:'));
  const kept = [...refused].map(([id, problem]) => [id, { ...failedCheck('target', id.slice('azure:'.length), null, problem).check, target: id }] as const);
  return [...tried, ...kept].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

function strangerCheck(name: string): Check {
  return check('target', name, 'warning', 'not contacted: the trusted estate does not contact it', { todo: 'It is tried once the change is merged.' });
}

function nothingToTry(estate: Estate, names: readonly string[]): UserError {
  const what =
    names.length === 0
      ? `The estate '${estate.name}' has no host, deployment, gateway or subscription`
      : `Nothing of '${names.join("', '")}' is contacted or has a snapshot, so there is nothing`;
  return new UserError(
    'doctor.no-targets',
    `${what} to try.`,
    'Give hosts and deployments `connect: { over: ssh }`, gateways `connect: { over: wire }`, or name subscriptions under `azure:`.',
  );
}

function summary(checks: readonly Check[], estate: Estate, live: LiveChecks): string {
  const targets = checks.filter(({ about }) => about !== 'machine');
  const { ok, warning, partial, failed } = totalsOf(targets);
  const own = totalsOf(checks.filter(({ about }) => about === 'machine')).failed;
  const parts = [
    `${ok} ok`,
    ...(warning === 0 ? [] : [counted(warning, 'warning')]),
    ...(partial === 0 ? [] : [`${partial} in part`]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
  ];
  const isDenied = checks.some(({ unread }) => unread.some(({ status }) => status === 'denied'));
  return [
    `${live.interrupted ? 'interrupted: ' : ''}${counted(targets.length, 'target')} of '${estate.name}': ${parts.join(', ')}${own === 0 ? '' : `; ${counted(own, 'fault')} of this machine`}.\n`,
    ...(isDenied ? ['What each section needs: docs/rights.md. How to read it with less than an administrator: docs/least-privilege.md.\n'] : []),
  ].join('');
}
