import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isBicep } from '../collect/bicep/compiled.ts';
import { openBicep } from '../collect/bicep/document.ts';
import { isProblem, readTextFile, type TextFile } from '../collect/files.ts';
import { recognise } from '../collect/recognise.ts';
import { isSet, optionsHelp, type OptionSpec, type ParsedOptions, textOf } from '../config/options.ts';
import { unifiedDiff } from '../fix/diff.ts';
import { editable, type MergedChange, mergeChanges } from '../fix/merge.ts';
import { isTypescript, openTypescript } from '../collect/typescript/document.ts';
import { DocumentError, openDocument, type TextDocument } from '../lib/document.ts';
import { forTerminal } from '../lib/escape.ts';
import { applyReplacements } from '../lib/text-edit.ts';
import type { Finding, Replacement } from '../model/finding.ts';
import { UserError } from '../model/problem.ts';
import type { Risk } from '../model/policy.ts';
import type { ScanReport } from '../model/report.ts';
import { scanInThreads, type ScanRequest } from '../scan.ts';
import { bicepDriver, type BicepDriver } from '../scan/compile.ts';
import { parseText } from '../scan/read-input.ts';
import { writeScripts } from './fix-scripts.ts';
import { INTERRUPTED, interruptible } from './interrupt.ts';
import { unwritable } from './outputs.ts';
import { userFolder } from './paths.ts';
import { optionsFor, reportOf, requestOf, rootOf } from './request.ts';
import { runPulumi } from './run-pulumi.ts';
import { printProblems } from './scan-command.ts';
import { SCAN_OPTIONS } from './scan-options.ts';

const SHARED = new Set([
  'pack',
  'policy',
  'only',
  'skip',
  'var',
  'waivers',
  'trusted-config',
  'source-root',
  'now',
  'bicep',
  'restore',
  'run-pulumi',
  'pulumi-stack',
  'inline-ignores',
  'timeout',
]);

export const FIX_OPTIONS: readonly OptionSpec[] = [
  { name: 'dry-run', type: 'flag', help: 'show the changes, make none', configurable: false },
  { name: 'review', type: 'flag', help: 'also make changes that a person should look at', configurable: false },
  { name: 'allow-disconnect', type: 'flag', help: 'also make changes that can cut a connection', configurable: false },
  { name: 'script', type: 'text', value: 'DIR', help: 'write PowerShell for hosts and Azure CLI commands instead of editing files', configurable: false },
  ...SCAN_OPTIONS.filter((option) => SHARED.has(option.name)),
];

export async function run(argv: readonly string[]): Promise<number> {
  const folder = userFolder();
  const { options, problems } = optionsFor(argv, FIX_OPTIONS, folder);
  if (isSet(options, 'help')) {
    process.stdout.write(`rdposture fix [REPORT|PATH…]: edit files so that findings go away, or write scripts (--script DIR)\n\n${optionsHelp(FIX_OPTIONS)}`);
    return 0;
  }
  const saved = savedReport(options, folder);
  const asked = requestOf(saved === null ? options : { ...options, positionals: pathsOf(saved, folder, options) }, folder, {
    fixes: true,
    verdicts: false,
    lineHashes: false,
  });
  printProblems([...problems, ...(asked.problems ?? [])], false);
  const previewed = await runPulumi(asked, options);
  if (previewed.interrupted) return INTERRUPTED;
  printProblems(previewed.problems, false);
  const judged = { ...asked, previews: previewed.previews };
  const request = saved === null ? judged : asJudged(judged, saved, textOf(options, 'now') === null);
  const driver = bicepDriver(request.bicep);
  try {
    return await fix(request, saved === null ? null : chosenBy(asked, saved), options, driver, folder);
  } finally {
    driver.close();
  }
}

async function fix(request: ScanRequest, saved: ScanReport | null, options: ParsedOptions, driver: BicepDriver, folder: string): Promise<number> {
  const report = saved ?? (await scanHere({ ...request, problems: [] }, driver));
  const directory = textOf(options, 'script');
  if (directory !== null && isSet(options, 'dry-run'))
    throw new UserError('fix.dry-run', '--dry-run and --script do not go together: scripts are files.', 'Leave one of them out; scripts have -WhatIf.');
  const code = directory === null ? await editFiles(report, request, options, driver) : writeScripts(report, request, resolve(folder, directory));
  printProblems(report.problems, true);
  return code;
}

/** In one thread, which an interrupt ends, with one compiler for all scans. */
function scanHere(request: ScanRequest, { compile }: BicepDriver): Promise<ScanReport> {
  return scanInThreads(request, { threads: 1, busy: interruptible, compile });
}

/** Judges again as the report was judged: its policies with its parameters, at its time. */
function asJudged(asked: ScanRequest, saved: ScanReport, thisTime: boolean): ScanRequest {
  const vars = Object.fromEntries(saved.policies.map((policy) => [policy.id, policy.params]));
  const selection = { packs: [], only: saved.policies.map((policy) => policy.id), skip: [], vars };
  return { ...asked, now: thisTime ? saved.scannedAt : asked.now, selection };
}

/** With --only and --skip, what those policies found in a saved report is fixed. */
function chosenBy({ selection }: ScanRequest, saved: ScanReport): ScanReport {
  const matches = (id: string, pattern: string): boolean => pattern === id || (pattern.endsWith('-*') && id.startsWith(pattern.slice(0, -1)));
  const strange = [...selection.only, ...selection.skip].find((pattern) => !saved.policies.some((policy) => matches(policy.id, pattern)));
  if (strange !== undefined)
    throw new UserError('fix.not-in-report', `The report was not made with the policy '${strange}'.`, 'Scan again, or name one of its policies.');
  const wanted = ({ policy }: Finding): boolean =>
    (selection.only.length === 0 || selection.only.some((pattern) => matches(policy, pattern))) && !selection.skip.some((pattern) => matches(policy, pattern));
  return { ...saved, findings: saved.findings.filter(wanted) };
}

function savedReport(options: ParsedOptions, folder: string): ScanReport | null {
  const [first, ...rest] = options.positionals;
  if (first === undefined || rest.length > 0 || !first.endsWith('.json')) return null;
  const file = readTextFile(resolve(folder, first), folder);
  if (isProblem(file) || !isReport(file.text)) return null;
  return reportOf(first, folder);
}

/** Anything else (a template, a snapshot) is scanned, which says what is wrong with it. */
function isReport(text: string): boolean {
  try {
    return recognise(openDocument(text, 'json').value).kind === 'report';
  } catch (error) {
    if (error instanceof DocumentError) return false;
    throw error;
  }
}

function pathsOf(report: ScanReport, folder: string, options: ParsedOptions): string[] {
  const sourceRoot = rootOf(options, folder);
  return (report.scan.paths ?? ['.']).map((path) => resolve(sourceRoot, path));
}

interface EditedFile {
  readonly file: TextFile;
  readonly text: string;
  readonly replacements: readonly Replacement[];
}

async function editFiles(report: ScanReport, request: ScanRequest, options: ParsedOptions, driver: BicepDriver): Promise<number> {
  const risk: Risk = isSet(options, 'allow-disconnect') ? 'can-disconnect' : isSet(options, 'review') ? 'review' : 'safe';
  const chosen = editable(report.findings, risk);
  const merged = mergeChanges(chosen);
  for (const conflict of merged.conflicts) process.stderr.write(`warning: ${forTerminal(conflict)}\n`);
  const fixed = [...new Set(merged.changes.flatMap((change) => change.findings))];
  const edited = editedFiles(merged.changes, report, request);
  if (edited.length > 0) await proveOnce(edited, fixed, request, driver);
  for (const item of edited) process.stdout.write(withTabs(unifiedDiff(item.file.name, item.file.text, item.text, item.replacements)));
  const dry = isSet(options, 'dry-run');
  if (!dry) writeAll(edited);
  process.stdout.write(summary(report, { chosen: chosen.length, fixed: fixed.length, files: edited.length }, risk, dry));
  return 0;
}

/** A tab steers nothing, and a diff without its tabs is no diff. */
function withTabs(text: string): string {
  return text
    .split('\t')
    .map((part) => forTerminal(part, { lineFeeds: true }))
    .join('\t');
}

/** The merge of all changes, rendered once for each file. A file that is not what the report was made from is refused. */
function editedFiles(changes: readonly MergedChange[], report: ScanReport, request: ScanRequest): EditedFile[] {
  return [...new Set(changes.map((change) => change.file))].map((name) => {
    const file = readTextFile(resolve(request.sourceRoot, name), request.sourceRoot);
    if (isProblem(file)) throw new UserError(file.code, file.message, file.hint);
    const known = report.files.find((candidate) => candidate.file === name);
    if (known !== undefined && known.sha256 !== file.sha256)
      throw new UserError('fix.file-changed', `'${name}' is not what the report was made from.`, 'Scan again, and fix from the new report.');
    const document = documentOf(name, file.text);
    if (document === null) throw new UserError('fix.refused', `'${name}' could not be read.`, 'Mend the file.');
    const result = document.edit(
      changes
        .filter((change) => change.file === name)
        .map((change) => (change.remove === true ? { pointer: change.pointer, remove: true } : { pointer: change.pointer, set: change.set ?? null })),
    );
    if ('refused' in result)
      throw new UserError(
        'fix.refused',
        `'${name}' cannot be edited: ${result.refused}`,
        'Make the changes by hand, or fix fewer findings at once with --only.',
      );
    return { file, text: applyReplacements(file.text, result.replacements), replacements: result.replacements };
  });
}

function documentOf(name: string, text: string): TextDocument | null {
  if (isBicep(name)) return openBicep(text);
  if (isTypescript(name)) return openTypescript(text, name);
  const parsed = parseText(text, name);
  return 'level' in parsed ? null : parsed.document;
}

interface Judged {
  readonly failing: ReadonlyMap<string, Finding>;
  readonly problems: ReadonlySet<string>;
}

/** All edits together are judged once more before anything is written: hosts in the declared view. */
async function proveOnce(edited: readonly EditedFile[], fixed: readonly Finding[], request: ScanRequest, driver: BicepDriver): Promise<void> {
  const judge = async (texts: ReadonlyMap<string, string>): Promise<Judged> => {
    const report = await scanHere({ ...request, declared: true, withFixes: false, withVerdicts: false, waivers: null, edited: texts }, driver);
    return {
      failing: new Map(report.findings.filter((finding) => finding.outcome === 'fail').map((finding) => [finding.fingerprint, finding])),
      problems: new Set(report.problems.map((problem) => problem.message)),
    };
  };
  const before = await judge(new Map());
  const untried = fixed.find(
    ({ fingerprint, fixes, target }) =>
      !before.failing.has(fingerprint) && (target.startsWith('pulumi:') || fixes.some(({ edits = [] }) => edits.some(({ file }) => isBicep(file)))),
  );
  if (untried !== undefined) {
    const [why = 'It was not found again.'] = before.problems;
    throw new UserError(
      'fix.not-proved',
      `The edit for ${untried.policy} on '${untried.name}' cannot be tried, so nothing was written: ${why}`,
      untried.target.startsWith('pulumi:')
        ? 'Name the same preview again, or give --run-pulumi as the scan did.'
        : 'Bicep files are compiled to prove edits of them: see --bicep.',
    );
  }
  const after = await judge(new Map(edited.map((item) => [item.file.name, item.text])));
  const added = [...after.failing.values()].filter((finding) => !before.failing.has(finding.fingerprint));
  const left = fixed.filter((finding) => after.failing.has(finding.fingerprint));
  const [problem] = [...after.problems].filter((message) => !before.problems.has(message));
  if (problem !== undefined)
    throw new UserError(
      'fix.not-proved',
      `Together the edits would bring a new problem: ${problem} Nothing was written.`,
      'Fix fewer findings at once with --only.',
    );
  if (added.length === 0 && left.length === 0) return;
  const [first] = [...added, ...left];
  throw new UserError(
    'fix.not-proved',
    `Together the edits ${added.length > 0 ? 'would uncover' : 'do not remove'} ${first?.policy ?? ''} on '${first?.name ?? ''}'. Nothing was written.`,
    'Fix fewer findings at once with --only.',
  );
}

/** Every draft is written before the first takes its place, so that a full disk changes nothing. */
function writeAll(edited: readonly EditedFile[]): void {
  const drafts: { draft: string; path: string }[] = [];
  let at = '';
  try {
    for (const { file, text } of edited) {
      at = file.path;
      const path = realpathSync(file.path);
      const draft = `${path}.${process.pid}.part`;
      drafts.push({ draft, path });
      writeFileSync(draft, bytesOf(file, text), { mode: statSync(path).mode });
    }
    for (const { draft, path } of drafts) {
      at = path;
      renameSync(draft, path);
    }
  } catch (error) {
    throw unwritable(at, error);
  } finally {
    for (const { draft } of drafts) rmSync(draft, { force: true });
  }
}

/** As the file was: its encoding, its byte order mark. */
function bytesOf(file: TextFile, text: string): Buffer {
  const marked = file.bom ? `\ufeff${text}` : text;
  if (file.encoding === 'utf-8') return Buffer.from(marked, 'utf8');
  const bytes = Buffer.from(marked, 'utf16le');
  return file.encoding === 'utf-16le' ? bytes : bytes.swap16();
}

function summary(report: ScanReport, done: { readonly chosen: number; readonly fixed: number; readonly files: number }, risk: Risk, dry: boolean): string {
  const all = editable(report.findings, 'can-disconnect');
  const held = all.length - done.chosen;
  const more = held === 0 ? '' : ` ${held} more ${held === 1 ? 'needs' : 'need'} ${risk === 'safe' ? '--review or --allow-disconnect' : '--allow-disconnect'}.`;
  const rest = report.findings.filter((finding) => finding.outcome === 'fail' && finding.status === 'open').length - all.length;
  const verb = dry ? 'would be fixed' : 'fixed';
  return `${done.fixed} ${done.fixed === 1 ? 'finding' : 'findings'} ${verb} in ${done.files} ${done.files === 1 ? 'file' : 'files'}.${more}${rest > 0 ? ` ${rest} ${rest === 1 ? 'has' : 'have'} no edit: \`rdposture scan\` says why.` : ''}\n`;
}
