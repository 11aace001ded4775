import { isSet, type OptionSpec, type ParsedOptions, textOf } from '../config/options.ts';
import { daysLeft, isExpired, readWaivers, type Waiver, type WaiverFile } from '../gate/waivers.ts';
import { forTerminal } from '../lib/escape.ts';
import { type Action, noArguments, runAction } from './actions.ts';
import { labelled, paragraph } from './text-page.ts';
import { timeOf } from './time.ts';
import { add } from './waiver-add.ts';
import { opened, policyIds, unknownPolicies } from './waiver-file.ts';
import { importAzure } from './waiver-import.ts';

const FILE: OptionSpec = { name: 'waivers', type: 'text', value: 'FILE', help: 'the file of accepted risks', default: 'waivers.yaml' };
const NOW: OptionSpec = { name: 'now', type: 'text', value: 'TIME', help: 'the time to judge by, ISO 8601 (default: the clock)' };
const OWN: OptionSpec = { name: 'policy', type: 'list', value: 'DIR', help: 'a folder of policies and settings of your own' };
const once = (name: string, value: string, help: string): OptionSpec => ({ name, type: 'text', value, help, configurable: false });
const several = (name: string, value: string, help: string): OptionSpec => ({ name, type: 'list', value, help, configurable: false });

const ACTIONS: Readonly<Record<string, Action>> = {
  list: {
    usage: 'waiver list',
    summary: 'accepted risks, and how long they still count',
    options: [FILE, NOW, { name: 'json', type: 'flag', help: 'as JSON', configurable: false }],
    run: list,
  },
  add: {
    usage: 'waiver add ID…',
    summary: 'accept the risk of policies (FW-004, FW-*) until a day, and write it to the file',
    options: [
      several('target', 'GLOB', 'only for targets of such a name (default: all); repeats'),
      several('name', 'GLOB', 'only for what is judged under such a name, such as one rule; repeats'),
      once('reason', 'TEXT', 'why it is accepted, at least ten characters; needed'),
      once('owner', 'NAME', 'who accepts it; needed'),
      once('until', 'DATE', 'its last day, such as 2027-01-31; needed'),
      once('ticket', 'TEXT', 'where it was decided'),
      once('approver', 'NAME', 'who approved it'),
      once('id', 'ID', 'a short name of its own (default: made from the policy and the day)'),
      FILE,
      NOW,
      OWN,
    ],
    run: add,
  },
  'import-azure': {
    usage: 'waiver import-azure SNAPSHOT…',
    summary: 'write exemptions of Azure Policy, as snapshots of subscriptions hold them, as waivers of the same risk; what cannot be one is said',
    options: [
      once('owner', 'NAME', 'who answers for those whose metadata names nobody'),
      once('until', 'DATE', 'the last day of those without an end, and of those that end later'),
      FILE,
      NOW,
      OWN,
    ],
    run: importAzure,
  },
  lint: { usage: 'waiver lint', summary: 'check the file; 1 when there is a fault', options: [FILE, NOW, OWN], run: lint },
};

export function run(argv: readonly string[]): number {
  return runAction('waiver', ACTIONS, argv);
}

function list(options: ParsedOptions, folder: string): number {
  noArguments(options);
  const now = timeOf(textOf(options, 'now'));
  const { file, document } = opened(options, folder);
  const read = readWaivers(document.value, file.name, now);
  for (const problem of read.problems) process.stderr.write(`error: ${forTerminal(problem.message)}\n`);
  if (isSet(options, 'json'))
    process.stdout.write(
      `${JSON.stringify(
        read.waivers.map((waiver) => ({ ...waiver, daysLeft: daysLeft(waiver, now), state: isExpired(waiver, now) ? 'expired' : 'valid' })),
        null,
        2,
      )}\n`,
    );
  else process.stdout.write(listText(read, now));
  // What does not count is a fault of the file: the user must act.
  return read.problems.length === 0 ? 0 : 2;
}

function listText(read: WaiverFile, now: string): string {
  const expired = read.waivers.filter((waiver) => isExpired(waiver, now)).length;
  const rows = read.waivers.map((waiver) => paragraph(`${waiver.id}: ${stateOf(waiver, now)}`) + labelled(detailsOf(waiver)));
  return `${rows.join('')}${read.waivers.length - expired} valid, ${expired} expired.\n`;
}

function stateOf(waiver: Waiver, now: string): string {
  const left = daysLeft(waiver, now);
  if (isExpired(waiver, now)) return `expired on ${waiver.until}, ${-left} ${left === -1 ? 'day' : 'days'} ago`;
  return left === 0 ? `valid, ends today (${waiver.until}, UTC)` : `valid until ${waiver.until}, ${left} ${left === 1 ? 'day' : 'days'} left`;
}

function detailsOf(waiver: Waiver): (readonly [string, string])[] {
  const optional = (label: string, text: string | null): (readonly [string, string])[] => (text === null ? [] : [[label, text]]);
  return [
    ['policies', waiver.policies.join(', ')],
    ['targets', waiver.targets.length === 0 ? 'all' : waiver.targets.join(', ')],
    ...(waiver.names.length === 0 ? [] : [['names', waiver.names.join(', ')] as const]),
    ['reason', waiver.reason],
    ['owner', waiver.owner],
    ...optional('ticket', waiver.ticket),
    ...optional('approver', waiver.approver),
  ];
}

function lint(options: ParsedOptions, folder: string): number {
  noArguments(options);
  const now = timeOf(textOf(options, 'now'));
  const { file, document } = opened(options, folder);
  const read = readWaivers(document.value, file.name, now);
  const known = policyIds(options, folder);
  const faults = [
    ...read.problems.map((problem) => problem.message),
    ...read.waivers.flatMap((waiver) =>
      unknownPolicies(waiver.policies, known).map((id) => `Waivers '${file.name}': The waiver '${waiver.id}' is for '${id}', which there is not.`),
    ),
  ];
  const warnings = read.waivers
    .filter((waiver) => isExpired(waiver, now))
    .map((waiver) => `Waivers '${file.name}': The waiver '${waiver.id}' of ${waiver.owner} expired on ${waiver.until}.`);
  for (const fault of faults) process.stdout.write(`error: ${forTerminal(fault)}\n`);
  for (const warning of warnings) process.stdout.write(`warning: ${forTerminal(warning)}\n`);
  process.stdout.write(`${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}, ${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'}.\n`);
  return faults.length === 0 ? 0 : 1;
}
