import { readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isBicep } from '../collect/bicep/compiled.ts';
import { isBelow } from '../collect/bicep/gather.ts';
import { isTypescript } from '../collect/typescript/document.ts';
import { type ParsedOptions, textOf, textsOf } from '../config/options.ts';
import { UserError } from '../model/problem.ts';
import type { Format } from '../report/index.ts';
import type { ScanRequest } from '../scan.ts';
import { planScan } from '../scan/plan.ts';
import { readInput } from '../scan/read-input.ts';

/** One output: its format, and its path or `-` for standard output. */
export interface Output {
  readonly format: Format;
  readonly path: string;
}

/** Other names of standard output. */
const STANDARD = new Set(['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']);
/** Links that lead to links; more lead round and round. */
const LINKS = 40;

/** The file that a path leads to through links, also where the last one leads to nothing yet. */
export function placeOf(path: string, links = LINKS): string {
  try {
    return realpathSync(path);
  } catch {
    const folder = dirname(path);
    if (folder === path) return path;
    const place = join(placeOf(folder, links), basename(path));
    const to = links === 0 ? null : linkAt(place);
    return to === null ? place : placeOf(resolve(dirname(place), to), links - 1);
  }
}

function linkAt(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/** A device or a named pipe (`/dev/stderr`) is written to, never replaced. */
export function isSpecial(path: string): boolean {
  if (/^\/(?:dev|proc)\//.test(path)) return true;
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && !stat.isFile() && !stat.isDirectory();
}

/** Of two outputs to one file the first would be lost. */
export function checkApart(outputs: readonly Output[], folder: string): void {
  const taken = new Map<string, Output>();
  for (const output of outputs) {
    const place = STANDARD.has(output.path) ? '-' : placeOf(resolve(folder, output.path));
    if (place !== '-' && isSpecial(resolve(folder, output.path))) continue;
    const other = taken.get(place);
    if (other !== undefined && place === '-') throw new UserError('cli.report', 'Only one output can go to standard output.', 'Give the others a path.');
    if (other !== undefined)
      throw new UserError(
        'cli.report',
        `--report: '${other.format}:${other.path}' and '${output.format}:${output.path}' are one file.`,
        'Give each output a path of its own.',
      );
    taken.set(place, output);
  }
}

/** An output takes the place of what an earlier scan wrote, never of what this one reads. */
export function checkInputs(outputs: readonly Output[], folder: string, request: ScanRequest, options: ParsedOptions): void {
  const there = outputs.filter(({ path }) => {
    const place = resolve(folder, path);
    return path !== '-' && !isSpecial(place) && statSync(place, { throwIfNoEntry: false }) !== undefined;
  });
  // To know what is read takes a walk through folders.
  if (there.length === 0) return;
  const inputs = inputsOf(folder, request, options);
  for (const output of there) {
    const place = placeOf(resolve(folder, output.path));
    const isRead =
      isBicep(place) ||
      isTypescript(place) ||
      inputs.files.has(place) ||
      (/\.ya?ml$/i.test(place) && inputs.folders.some((input) => isBelow(place, input))) ||
      (inputs.met.has(place) && isJudged(place)) ||
      // The report that is carried forward may be the one that the next scan carries forward.
      (output.format !== 'json' && inputs.reports.has(place));
    if (isRead) throw readHere(output);
  }
}

/** Refuses an output that would take the place of the report that it is rendered from. */
export function checkRendered(outputs: readonly Output[], folder: string, report: string): void {
  const read = placeOf(resolve(folder, report));
  const same = outputs.find(({ path }) => path !== '-' && placeOf(resolve(folder, path)) === read);
  if (same !== undefined) throw readHere(same);
}

function readHere({ format, path }: Output): UserError {
  return new UserError('cli.report', `--report: '${format}:${path}' would overwrite a file that is read, not written.`, 'Give the output a path of its own.');
}

interface Inputs {
  readonly files: ReadonlySet<string>;
  /** Met in folders; outputs of earlier scans are among them. */
  readonly met: ReadonlySet<string>;
  readonly folders: readonly string[];
  readonly reports: ReadonlySet<string>;
}

function inputsOf(folder: string, { paths, sourceRoot, library }: ScanRequest, options: ParsedOptions): Inputs {
  const plan = planScan(paths, sourceRoot, library.areas);
  const estate = plan.estate === null ? [] : [plan.estate.file.path, join(dirname(plan.estate.file.path), 'waivers.yaml')];
  const named = (...names: readonly string[]): string[] => names.flatMap((name) => textOf(options, name) ?? []).map((path) => resolve(folder, path));
  const isMet = ({ by }: (typeof plan.files)[number]): boolean => by === 'walked' || by === 'snapshots';
  const places = (files: readonly string[]): Set<string> => new Set(files.map((path) => placeOf(path)));
  return {
    files: places([
      ...estate,
      ...plan.files.filter((file) => !isMet(file)).map(({ path }) => path),
      ...plan.files.flatMap(({ parameters }) => parameters ?? []),
      ...named('waivers', 'service-tags', 'azure-cloud', 'bicep'),
      join(folder, 'rdposture.yaml'),
    ]),
    met: places(plan.files.filter(isMet).map(({ path }) => path)),
    folders: [...places([...textsOf(options, 'policy').map((path) => resolve(folder, path)), ...named('trusted-config')])],
    reports: places(named('previous', 'baseline')),
  };
}

/** By its content: a saved report and SARIF that lie in a scanned folder are skipped there. */
function isJudged(path: string): boolean {
  const input = readInput(path, dirname(path), undefined, true);
  return 'problem' in input ? input.ours : input.recognised.kind !== 'report' && input.recognised.kind !== 'sarif';
}
