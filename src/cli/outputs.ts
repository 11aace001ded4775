import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Problem, UserError } from '../model/problem.ts';
import type { ScanReport } from '../model/report.ts';
import { type Format, isFormat, reporterFor } from '../report/index.ts';
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
const UPLOADED: ReadonlySet<Format> = new Set(['sarif', 'sarif-azure-devops']);

export function outputsOf(texts: readonly string[]): Output[] {
  const outputs = texts.map((text): Output => {
    const at = text.indexOf(':');
    const format = at < 0 ? text : text.slice(0, at);
    const path = at < 0 ? '-' : text.slice(at + 1);
    if (!isFormat(format) || path === '') throw new UserError('cli.report', `--report: '${text}' is not of the form FORMAT:PATH.`, 'For example --report sarif:out/rdposture.sarif; `--help` lists the formats.');
    return { format, path };
  });
  if (outputs.filter((output) => output.path === '-').length > 1) throw new UserError('cli.report', 'Only one output can go to standard output.', 'Give the others a path.');
  return outputs.length === 0 ? [{ format: 'console', path: '-' }] : outputs;
}

export function showsFixes(outputs: readonly Output[]): boolean {
  return outputs.some((output) => SHOWS_FIXES.has(output.format));
}
export function showsVerdicts(outputs: readonly Output[]): boolean {
  return outputs.some((output) => SHOWS_VERDICTS.has(output.format));
}

/** What uploading would lose; an upload projection that must not be written is an error. */
export function uploadProblems(report: ScanReport, outputs: readonly Output[]): Problem[] {
  if (!outputs.some((output) => UPLOADED.has(output.format))) return [];
  const refusal = uploadRefusal(report);
  if (refusal !== null) return [{ level: 'error', code: 'sarif.refused', message: `No upload projection is written: ${refusal}`, hint: 'The other outputs are complete.' }];
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

async function writeStandard(pieces: Iterable<string>): Promise<void> {
  for (const piece of pieces) {
    if (!process.stdout.write(piece)) await new Promise((done) => process.stdout.once('drain', done));
  }
}

function writeFile(path: string, pieces: Iterable<string>): void {
  const draft = `${path}.${process.pid}.part`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const handle = openSync(draft, 'w');
    try {
      for (const piece of pieces) writeSync(handle, piece);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    const code = error instanceof Error && 'code' in error ? String(error.code) : null;
    if (code === null) throw error;
    throw new UserError('output.unwritable', `'${path}' could not be written: the system says ${code}.`, 'Check the path and its rights.');
  }
}
