import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { nearest } from '../lib/schema-check.ts';
import { type Problem, UserError } from '../model/problem.ts';
import type { ScanReport } from '../model/report.ts';
import { type Format, isFormat, reporterFor, reporters } from '../report/index.ts';
import type { ReportOptions } from '../report/options.ts';
import { uploadRefusal, uploadWarnings } from '../report/sarif/upload.ts';

/** One output: its format, and its path or `-` for standard output. */
export interface Output {
  readonly format: Format;
  readonly path: string;
}

/** Formats whose readers see fixes. */
const SHOWS_FIXES: ReadonlySet<Format> = new Set(['console', 'json', 'sarif', 'sarif-azure-devops', 'sarif-full', 'markdown', 'html']);
const SHOWS_VERDICTS: ReadonlySet<Format> = new Set(['json', 'junit', 'sarif-full', 'verdicts', 'html']);
const SHOWS_LINE_HASHES: ReadonlySet<Format> = new Set(['json', 'sarif', 'sarif-azure-devops', 'sarif-full']);
const UPLOADED: ReadonlySet<Format> = new Set(['sarif', 'sarif-azure-devops']);

export function outputsOf(texts: readonly string[]): Output[] {
  const outputs = texts.map((text): Output => {
    const at = text.indexOf(':');
    const format = at < 0 ? text : text.slice(0, at);
    const path = at < 0 ? '-' : text.slice(at + 1);
    if (!isFormat(format)) {
      const near = nearest(format, Object.keys(reporters));
      throw new UserError(
        'cli.report',
        `--report: there is no format '${format}'.`,
        near === undefined ? `There is: ${Object.keys(reporters).join(', ')}.` : `Did you mean '${near}'?`,
      );
    }
    if (path === '')
      throw new UserError('cli.report', `--report: '${text}' is not of the form FORMAT:PATH.`, 'For example --report sarif:out/rdposture.sarif.');
    return { format, path };
  });
  if (outputs.filter((output) => output.path === '-').length > 1)
    throw new UserError('cli.report', 'Only one output can go to standard output.', 'Give the others a path.');
  return outputs.length === 0 ? [{ format: 'console', path: '-' }] : outputs;
}

export function showsFixes(outputs: readonly Output[]): boolean {
  return outputs.some((output) => SHOWS_FIXES.has(output.format));
}
export function showsLineHashes(outputs: readonly Output[]): boolean {
  return outputs.some((output) => SHOWS_LINE_HASHES.has(output.format));
}
export function showsVerdicts(outputs: readonly Output[]): boolean {
  return outputs.some((output) => SHOWS_VERDICTS.has(output.format));
}

/** What uploading would lose; an upload projection that must not be written is an error. */
export function uploadProblems(report: ScanReport, outputs: readonly Output[]): Problem[] {
  if (!outputs.some((output) => UPLOADED.has(output.format))) return [];
  const refusal = uploadRefusal(report);
  if (refusal !== null)
    return [{ level: 'error', code: 'sarif.refused', message: `No upload projection is written: ${refusal}`, hint: 'The other outputs are complete.' }];
  return [...uploadWarnings(report)];
}

/** Writes every output; files appear whole or not at all. */
export async function writeOutputs(report: ScanReport, outputs: readonly Output[], folder: string, options: ReportOptions): Promise<void> {
  const refused = uploadRefusal(report) !== null;
  for (const output of outputs) {
    if (refused && UPLOADED.has(output.format)) continue;
    const render = await reporterFor(output.format);
    if (output.path === '-') await writeStandard(render(report, options));
    else writeFile(resolve(folder, output.path), render(report, { ...options, color: false }));
  }
}

/** Stops when the reader has gone away. */
async function writeStandard(pieces: Iterable<string>): Promise<void> {
  const { stdout } = process;
  for (const piece of pieces) {
    if (stdout.destroyed) return;
    if (stdout.write(piece)) continue;
    await new Promise<void>((done) => {
      const settle = (): void => {
        for (const event of ['drain', 'close', 'error']) stdout.off(event, settle);
        done();
      };
      for (const event of ['drain', 'close', 'error']) stdout.on(event, settle);
    });
  }
}

function writeFile(path: string, pieces: Iterable<string>): void {
  // A device or a named pipe (`/dev/stderr`) is written to, never replaced.
  const special = isSpecial(path);
  const draft = special ? path : `${path}.${process.pid}.part`;
  let drafted = false;
  try {
    makeFolder(dirname(path));
    const handle = openSync(draft, 'w');
    drafted = !special;
    try {
      for (const piece of pieces) writeFileSync(handle, piece);
    } finally {
      closeSync(handle);
    }
    if (!special) renameSync(draft, path);
  } catch (error) {
    if (drafted) rmSync(draft, { force: true });
    throw unwritable(path, error);
  }
}

/** Step by step: where nothing can be made (`/proc`), Node's own recursion never ends. */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process was faster.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

function isSpecial(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && !stat.isFile() && !stat.isDirectory();
}

/** What the system says to a file that cannot be written; anything else is passed on. */
export function unwritable(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error && 'syscall' in error ? String(error.code) : null;
  return code === null
    ? error
    : new UserError('output.unwritable', `'${path}' could not be written: the system says ${code}.`, 'Check the path and its rights.');
}
