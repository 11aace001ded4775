import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { nearest } from '../lib/schema-check.ts';
import { type Problem, UserError } from '../model/problem.ts';
import type { ScanReport } from '../model/report.ts';
import { type Format, isFormat, reporterFor, reporters } from '../report/index.ts';
import type { ReportOptions } from '../report/options.ts';
import type { ProjectionName } from '../report/sarif/projection.ts';
import { uploadRefusal, uploadWarnings } from '../report/sarif/upload.ts';
import { checkApart, isSpecial, type Output, placeOf } from './output-paths.ts';

/** Formats whose readers see fixes. */
const SHOWS_FIXES: ReadonlySet<Format> = new Set(['console', 'json', 'sarif', 'sarif-azure-devops', 'sarif-full', 'markdown', 'html']);
const SHOWS_VERDICTS: ReadonlySet<Format> = new Set(['json', 'junit', 'sarif-full', 'verdicts', 'html']);
const SHOWS_LINE_HASHES: ReadonlySet<Format> = new Set(['json', 'sarif', 'sarif-azure-devops', 'sarif-full']);
const UPLOADED: ReadonlyMap<Format, ProjectionName> = new Map([
  ['sarif', 'github'],
  ['sarif-azure-devops', 'azure-devops'],
]);

/** What `--report` asks for; paths are relative to the folder. */
export function outputsOf(texts: readonly string[], folder: string): Output[] {
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
  checkApart(outputs, folder);
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

/** Why an output must not be written, or null. */
function refusalOf(report: ScanReport, format: Format): string | null {
  const projection = UPLOADED.get(format);
  return projection === undefined ? null : uploadRefusal(report, projection);
}

/** What uploading would lose; an upload projection that must not be written is an error. */
export function uploadProblems(report: ScanReport, outputs: readonly Output[]): Problem[] {
  const uploads = outputs.filter(({ format }) => UPLOADED.has(format));
  if (uploads.length === 0) return [];
  const refusals = new Map(uploads.map(({ format }) => [format, refusalOf(report, format)]));
  const written = [...refusals.values()].includes(null);
  const refused = new Set(
    [...refusals].flatMap(([format, why]) => (why === null ? [] : `${written ? `'${format}' is not` : 'No upload projection is'} written: ${why}`)),
  );
  return [
    ...[...refused].map((message): Problem => ({ level: 'error', code: 'sarif.refused', message, hint: 'The other outputs are complete.' })),
    ...(written ? uploadWarnings(report) : []),
  ];
}

/** Writes every output; files appear whole or not at all. What it has to say is no part of the report. */
export async function writeOutputs(report: ScanReport, outputs: readonly Output[], folder: string, options: ReportOptions): Promise<Problem[]> {
  const refused = new Set(outputs.filter((output) => refusalOf(report, output.format) !== null));
  const problems = [...refused].flatMap(({ path }) => removeOld(path, folder));
  for (const output of outputs) {
    if (refused.has(output)) continue;
    const render = await reporterFor(output.format);
    if (output.path === '-') await writeStandard(render(report, options));
    else writeFile(resolve(folder, output.path), render(report, { ...options, color: false }));
  }
  return problems;
}

/** What an earlier scan left in the place of a refused output is not for the next step to upload. */
function removeOld(path: string, folder: string): Problem[] {
  const place = placeOf(resolve(folder, path));
  if (path === '-' || isSpecial(resolve(folder, path)) || statSync(place, { throwIfNoEntry: false })?.isFile() !== true) return [];
  try {
    rmSync(place);
  } catch (error) {
    throw unwritable(path, error);
  }
  return [{ level: 'warning', code: 'sarif.removed', message: `'${path}' was of an earlier scan and is taken away, so that nobody uploads it.` }];
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
  const special = isSpecial(path);
  // A link stays, and what it leads to is replaced.
  const place = special ? path : placeOf(path);
  const draft = special ? path : `${place}.${process.pid}.part`;
  let drafted = false;
  try {
    makeFolder(dirname(place));
    const handle = openSync(draft, 'w');
    drafted = !special;
    try {
      for (const piece of pieces) writeFileSync(handle, piece);
    } finally {
      closeSync(handle);
    }
    if (!special) renameSync(draft, place);
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

/** What the system says to a file that cannot be written; anything else is passed on. */
export function unwritable(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error && 'syscall' in error ? String(error.code) : null;
  return code === null
    ? error
    : new UserError('output.unwritable', `'${path}' could not be written: the system says ${code}.`, 'Check the path and its rights.');
}
