import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isProblem, readTextFile, sourceRootOf, type TextFile } from '../collect/files.ts';
import { readConfigFile } from '../config/load.ts';
import { isSet, optionsHelp, type OptionSpec, type ParsedOptions, parseOptions, textOf } from '../config/options.ts';
import { unifiedDiff } from '../fix/diff.ts';
import { editable, type MergedChange, mergeChanges } from '../fix/merge.ts';
import { openDocument } from '../lib/document.ts';
import { forTerminal } from '../lib/escape.ts';
import { applyReplacements } from '../lib/text-edit.ts';
import type { Finding, Replacement } from '../model/finding.ts';
import type { Json } from '../model/json.ts';
import { pointerOf, stepsOf } from '../model/pointer.ts';
import { UserError } from '../model/problem.ts';
import type { Risk } from '../model/policy.ts';
import type { ScanReport } from '../model/report.ts';
import { stepsFor } from '../remediate/powershell.ts';
import { scriptFor } from '../remediate/script.ts';
import { scan, type ScanRequest } from '../scan.ts';
import { userFolder } from './paths.ts';
import { reportOf, requestOf } from './request.ts';
import { printProblems } from './scan-command.ts';
import { SCAN_OPTIONS } from './scan-options.ts';

const SHARED = new Set(['pack', 'policy', 'only', 'skip', 'var', 'waivers', 'trusted-config', 'source-root', 'now']);

export const FIX_OPTIONS: readonly OptionSpec[] = [
  { name: 'dry-run', type: 'flag', help: 'show the changes, make none', configurable: false },
  { name: 'review', type: 'flag', help: 'also make changes that a person should look at', configurable: false },
  { name: 'allow-disconnect', type: 'flag', help: 'also make changes that can cut a connection', configurable: false },
  { name: 'script', type: 'text', value: 'DIR', help: 'write PowerShell for hosts and Azure CLI commands instead of editing files', configurable: false },
  ...SCAN_OPTIONS.filter((option) => SHARED.has(option.name)),
];

export function run(argv: readonly string[]): number {
  const folder = userFolder();
  const options = parseOptions(argv, FIX_OPTIONS, process.env, fixConfig(folder));
  if (isSet(options, 'help')) {
    process.stdout.write(`rdposture fix [REPORT|PATH…]: edit files so that findings go away, or write scripts (--script DIR)\n\n${optionsHelp(FIX_OPTIONS)}`);
    return 0;
  }
  const saved = savedReport(options, folder);
  const request = saved === null ? requestOf(options, folder, { fixes: true, verdicts: false }) : requestOf({ ...options, positionals: pathsOf(saved, folder, options) }, folder, { fixes: true, verdicts: false });
  const report = saved ?? scan(request);
  const directory = textOf(options, 'script');
  return directory === null ? editFiles(report, request, options) : writeScripts(report, request, resolve(folder, directory));
}

/** Keys of other commands in rdposture.yaml are no error here. */
function fixConfig(folder: string): ReturnType<typeof readConfigFile> {
  return Object.fromEntries(Object.entries(readConfigFile(folder)).filter(([name]) => SHARED.has(name)));
}

function savedReport(options: ParsedOptions, folder: string): ScanReport | null {
  const [first, ...rest] = options.positionals;
  if (first === undefined || rest.length > 0 || !first.endsWith('.json')) return null;
  try {
    return reportOf(first, folder);
  } catch (error) {
    // A template or a snapshot: scanned instead.
    if (error instanceof UserError && error.code === 'report.malformed') return null;
    throw error;
  }
}

function pathsOf(report: ScanReport, folder: string, options: ParsedOptions): string[] {
  const root = textOf(options, 'source-root');
  const sourceRoot = root === null ? sourceRootOf(folder) : resolve(folder, root);
  return (report.scan.paths ?? ['.']).map((path) => resolve(sourceRoot, path));
}

interface EditedFile {
  readonly file: TextFile;
  readonly text: string;
  readonly replacements: readonly Replacement[];
}

function editFiles(report: ScanReport, request: ScanRequest, options: ParsedOptions): number {
  const risk: Risk = isSet(options, 'allow-disconnect') ? 'can-disconnect' : isSet(options, 'review') ? 'review' : 'safe';
  const chosen = editable(report.findings, risk);
  const merged = mergeChanges(chosen);
  for (const conflict of merged.conflicts) process.stderr.write(`warning: ${forTerminal(conflict)}\n`);
  const edited = editedFiles(merged.changes, report, request);
  if (edited.length > 0) proveOnce(edited, chosen.map(({ finding }) => finding), request);
  for (const item of edited) process.stdout.write(forTerminal(unifiedDiff(item.file.name, item.file.text, item.text, item.replacements), { lineFeeds: true }));
  if (!isSet(options, 'dry-run')) for (const item of edited) writeWhole(item);
  process.stdout.write(summary(report, chosen.length, edited.length, risk, isSet(options, 'dry-run')));
  return 0;
}

/** The merge of all changes, rendered once for each file. A file that is not what the report was made from is refused. */
function editedFiles(changes: readonly MergedChange[], report: ScanReport, request: ScanRequest): EditedFile[] {
  return [...new Set(changes.map((change) => change.file))].map((name) => {
    const file = readTextFile(resolve(request.sourceRoot, name), request.sourceRoot);
    if (isProblem(file)) throw new UserError(file.code, file.message, file.hint);
    const known = report.files.find((candidate) => candidate.file === name);
    if (known !== undefined && known.sha256 !== file.sha256) throw new UserError('fix.file-changed', `'${name}' is not what the report was made from.`, 'Scan again, and fix from the new report.');
    const document = openDocument(file.text, /^\s*[{[]/.test(file.text.slice(0, 4096)) ? 'json' : 'yaml');
    const result = document.edit(changes.filter((change) => change.file === name).map((change) => (change.remove === true ? { pointer: change.pointer, remove: true } : { pointer: change.pointer, set: change.set ?? null })));
    if ('refused' in result) throw new UserError('fix.refused', `'${name}' cannot be edited: ${result.refused}`, 'Make the changes by hand, or fix fewer findings at once with --only.');
    return { file, text: applyReplacements(file.text, result.replacements), replacements: result.replacements };
  });
}

/** All edits together are judged once more before anything is written: hosts in the declared view. */
function proveOnce(edited: readonly EditedFile[], fixed: readonly Finding[], request: ScanRequest): void {
  const judge = (texts: ReadonlyMap<string, string>, declared: boolean): Map<string, Finding> => {
    const report = scan({ ...request, declared, withFixes: false, withVerdicts: false, waivers: null, edited: texts });
    return new Map(report.findings.filter((finding) => finding.outcome === 'fail').map((finding) => [finding.fingerprint, finding]));
  };
  const texts = new Map(edited.map((item) => [item.file.name, item.text]));
  const before = judge(new Map(), true);
  const after = judge(texts, true);
  const added = [...after.values()].filter((finding) => !before.has(finding.fingerprint));
  const left = fixed.filter((finding) => after.has(finding.fingerprint));
  if (added.length === 0 && left.length === 0) return;
  const [first] = [...added, ...left];
  throw new UserError('fix.not-proved', `Together the edits ${added.length > 0 ? 'would uncover' : 'do not remove'} ${first?.policy ?? ''} on '${first?.name ?? ''}'. Nothing was written.`, 'Fix fewer findings at once with --only.');
}

function writeWhole(item: EditedFile): void {
  const draft = `${item.file.path}.${process.pid}.part`;
  writeFileSync(draft, item.file.bom ? `\ufeff${item.text}` : item.text);
  renameSync(draft, item.file.path);
}

function summary(report: ScanReport, chosen: number, files: number, risk: Risk, dry: boolean): string {
  const all = editable(report.findings, 'can-disconnect');
  const held = all.length - chosen;
  const more = held === 0 ? '' : ` ${held} more need ${risk === 'safe' ? '--review or --allow-disconnect' : '--allow-disconnect'}.`;
  const rest = report.findings.filter((finding) => finding.outcome === 'fail' && finding.status === 'open').length - all.length;
  const verb = dry ? 'would be fixed' : 'fixed';
  return `${chosen} ${chosen === 1 ? 'finding' : 'findings'} ${verb} in ${files} ${files === 1 ? 'file' : 'files'}.${more}${rest > 0 ? ` ${rest} have no edit: \`rdposture scan\` says why.` : ''}\n`;
}

function writeScripts(report: ScanReport, request: ScanRequest, directory: string): number {
  mkdirSync(directory, { recursive: true });
  const names = new Map(report.targets.map((target) => [target.id, target.name]));
  const changes = new Map<string, { path: string[]; value: Json }[]>();
  const az = new Set<string>();
  for (const finding of report.findings) {
    const fix = finding.status === 'open' ? (finding.fixes.find((candidate) => candidate.edits !== undefined) ?? finding.fixes[0]) : undefined;
    for (const command of fix?.az ?? []) az.add(command);
    for (const change of fix?.changes ?? []) {
      if (!names.has(change.on)) continue;
      const list = changes.get(change.on) ?? [];
      if (!list.some((known) => pointerOf(known.path) === `/${change.path}`)) list.push({ path: stepsOf(`/${change.path}`), value: change.after });
      changes.set(change.on, list);
    }
  }
  let written = 0;
  for (const [target, list] of [...changes].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const name = names.get(target) ?? target;
    const steps = stepsFor(list.map((change) => ({ target, ...change })), request.library.areas, (id) => names.get(id) ?? id);
    if (steps.length === 0) continue;
    const file = join(directory, `${name.replaceAll(/[^A-Za-z0-9._-]/g, '_')}.ps1`);
    writeFileSync(file, scriptFor(name, steps, request.version));
    process.stdout.write(`${forTerminal(file)}: ${steps.length} ${steps.length === 1 ? 'step' : 'steps'}\n`);
    written++;
  }
  if (az.size > 0) {
    const file = join(directory, 'azure.sh');
    writeFileSync(file, `#!/bin/sh\n# Written by rdposture ${request.version}. Read it before you run it.\nset -eu\n${[...az].toSorted().join('\n')}\n`, { mode: 0o755 });
    process.stdout.write(`${forTerminal(file)}: ${az.size} ${az.size === 1 ? 'command' : 'commands'}\n`);
    written++;
  }
  if (written === 0) process.stdout.write('There is nothing to script.\n');
  printProblems(report.problems, true);
  return 0;
}
