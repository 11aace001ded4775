import { isSet, optionsHelp, type OptionSpec, type ParsedOptions } from '../config/options.ts';
import { CAUSES } from '../diagnose/causes.ts';
import { diagnose, type Diagnosis, type HostEvidence, type RankedCause } from '../diagnose/diagnose.ts';
import { summarise } from '../diagnose/events.ts';
import { CODE_FORMS, type DisconnectCode, parseCode } from '../diagnose/parse.ts';
import { truncate } from '../lib/escape.ts';
import type { Target } from '../model/target.ts';
import { UserError } from '../model/problem.ts';
import type { ScanReport } from '../model/report.ts';
import { scan, type ScanRequest } from '../scan.ts';
import { eventsOf } from '../scan/evidence.ts';
import { interruptible } from './interrupt.ts';
import { userFolder } from './paths.ts';
import { optionsFor, requestOf } from './request.ts';
import { printProblems } from './scan-command.ts';
import { SCAN_OPTIONS } from './scan-options.ts';
import { bullets, paragraph, section } from './text-page.ts';

const SHARED = new Set(['policy', 'trusted-config', 'source-root', 'now']);

export const DIAGNOSE_OPTIONS: readonly OptionSpec[] = SCAN_OPTIONS.filter((option) => SHARED.has(option.name));

export const DIAGNOSE_HELP = `rdposture diagnose CODE HOST [PATH…]: which findings of a host fit a disconnect code, ranked, with evidence

A code is what a client or an event log shows: ${CODE_FORMS.join(', ')}.
HOST is the name of a host of the estate, or of a snapshot in PATH (default: the estate in this folder). Its last snapshot is judged;
nothing is contacted. It exits with 2 for a code or a host that is not known, else with 0, whatever it finds.

${optionsHelp(DIAGNOSE_OPTIONS)}`;

export function run(argv: readonly string[]): Promise<number> {
  return interruptible(() => diagnoseHost(argv));
}

function diagnoseHost(argv: readonly string[]): number {
  const folder = userFolder();
  const { options, problems } = optionsFor(argv, DIAGNOSE_OPTIONS, folder);
  if (isSet(options, 'help')) {
    process.stdout.write(DIAGNOSE_HELP);
    return 0;
  }
  const [asked, name, ...paths] = options.positionals;
  if (asked === undefined || name === undefined)
    throw new UserError('cli.diagnose', 'Name a disconnect code and a host.', 'For example `rdposture diagnose 0x3/0x7 rdsh01.corp.contoso.com`.');
  const code = codeOf(asked);
  const request = requestFor({ ...options, positionals: paths }, folder);
  printProblems([...problems, ...(request.problems ?? [])], false);
  const report = scan({ ...request, problems: [] });
  const host = hostNamed(report, name);
  const rows = eventsOf(request, host.name);
  const diagnosis = diagnose(code, { ...evidenceOf(report, host), events: rows === null ? null : summarise(rows) });
  process.stdout.write(pageOf(diagnosis, host, rows !== null));
  return 0;
}

function codeOf(asked: string): DisconnectCode {
  const code = parseCode(asked);
  const hint = `A code is written like one of these: ${CODE_FORMS.join(', ')}.`;
  if (code === null) throw new UserError('cli.diagnose', `'${truncate(asked, 80)}' is no disconnect code.`, hint);
  if (!diagnose(code, { findings: [], verdicts: [], events: null }).explanation.known)
    throw new UserError('cli.unknown-code', `No page documents the disconnect code '${truncate(asked, 80)}'.`, hint);
  return code;
}

/** Judges by all policies that any cause knows, whatever the pack. */
function requestFor(options: ParsedOptions, folder: string): ScanRequest {
  const request = requestOf(options, folder, { fixes: false, verdicts: true, lineHashes: false });
  const patterns = CAUSES.flatMap(({ policies }) => policies);
  const only = request.library.policies
    .map((policy) => policy.id)
    .filter((id) => patterns.some((pattern) => (pattern.endsWith('*') ? id.startsWith(pattern.slice(0, -1)) : id === pattern)));
  return { ...request, selection: { packs: [], only, skip: [], vars: {} }, waivers: null };
}

/** The host of a name, or of the first part of one where only one host has it. */
function hostNamed(report: ScanReport, name: string): Target {
  const hosts = report.targets.filter((target) => target.kind === 'windows-host');
  const wanted = name.toLowerCase();
  const exact = hosts.find((host) => host.name.toLowerCase() === wanted);
  const short = hosts.filter((host) => host.name.toLowerCase().split('.')[0] === wanted);
  const found = exact ?? (short.length === 1 ? short[0] : undefined);
  if (found !== undefined) return found;
  const known = hosts.map((host) => host.name).slice(0, 8);
  throw new UserError(
    'cli.diagnose',
    `There is no host '${truncate(name, 80)}' here.`,
    known.length === 0 ? 'Name the folder of its estate, or its snapshot.' : `There is: ${known.join(', ')}${hosts.length > known.length ? ', …' : ''}.`,
  );
}

/** What was judged of the host itself, and what was judged of a deployment and names the host. */
function evidenceOf(report: ScanReport, host: Target): Omit<HostEvidence, 'events'> {
  const name = host.name.toLowerCase();
  const names = (texts: readonly string[]): boolean =>
    texts.some((text) =>
      text
        .toLowerCase()
        .split(/[\s,;'"/()]+/)
        .includes(name),
    );
  return {
    findings: report.findings.filter((finding) => finding.target === host.id || names([finding.name, ...finding.arguments])),
    verdicts: report.verdicts.filter((verdict) => verdict.target === host.id || names([verdict.name])),
  };
}

function pageOf(diagnosis: Diagnosis, host: Target, hasEvents: boolean): string {
  const { explanation, seen, ranked, against, open } = diagnosis;
  const meaning = explanation.parts.map(({ code, entry }) => `0x${code.toString(16)}: ${entry === null ? 'no page documents it.' : entry.meaning}`);
  return [
    paragraph(`Disconnect code ${explanation.shown} on ${host.name}`),
    section('What it says', bullets(meaning) + (explanation.reached === null ? '' : paragraph(explanation.reached, 2))),
    section('What the events of the host say', paragraph(seen ?? (hasEvents ? 'There are no events.' : 'They were not collected, or could not be read.'), 2)),
    section(
      'What on this host fits it, the most likely first',
      ranked.length === 0
        ? paragraph('Nothing that was judged. A code alone is no evidence, so no cause is named.', 2)
        : ranked.map((item, index) => causeOf(item, index)).join(''),
    ),
    section('What speaks against', against.map(({ cause, passed }) => paragraph(`- ${cause.title}: ${passed.join(', ')} passed.`, 2, 4)).join('')),
    section(
      'What could not be judged',
      open
        .map(({ cause, unknown }) =>
          paragraph(`- ${cause.title}${unknown.length === 0 ? ': nothing was collected for it.' : `: ${unknown.join(', ')} unknown.`}`, 2, 4),
        )
        .join(''),
    ),
    section(
      'Advice that circulates for this code, and is wrong or dangerous here',
      explanation.claims
        .map(
          ({ claim, why, instead }) =>
            paragraph(`- ${claim}`, 2, 4) + paragraph(`${why}${instead.length === 0 ? '' : ` The client would show ${instead.join('; ')}.`}`, 4),
        )
        .join(''),
    ),
  ].join('');
}

function causeOf({ cause, findings, events }: RankedCause, index: number): string {
  return [
    paragraph(`${index + 1}. ${cause.title}`, 2, 5),
    ...events.map((sentence) => paragraph(`Events: ${sentence}`, 5)),
    ...findings.slice(0, 5).map((finding) => paragraph(`${finding.policy}: ${finding.message}`, 5, 7)),
    ...(findings.length > 5 ? [paragraph(`and ${findings.length - 5} more findings`, 5)] : []),
  ].join('');
}
