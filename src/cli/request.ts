import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';
import { isProblem, nameOf, readTextFile, sourceRootOf } from '../collect/files.ts';
import { isSet, type ParsedOptions, textOf, textsOf } from '../config/options.ts';
import { type FailOn } from '../gate/gate.ts';
import { readWaivers } from '../gate/waivers.ts';
import { DocumentError, openDocument } from '../lib/document.ts';
import type { Json } from '../model/json.ts';
import { UserError } from '../model/problem.ts';
import type { ScanReport } from '../model/report.ts';
import { addFolders, readShippedLibrary } from '../policy/library.ts';
import { readReport } from '../report/read.ts';
import { AZURE_DEVOPS_VARIABLES } from '../report/sarif/azure-devops.ts';
import type { ScanRequest } from '../scan.ts';
import { loadEstate } from '../scan/plan.ts';
import { LIBRARY_BUNDLE, POLICIES_FOLDER, versionOf } from './paths.ts';

/** Turns the options of a command into what `scan` takes: the edge where files and the environment are read. */
export function requestOf(options: ParsedOptions, folder: string, shown: { readonly fixes: boolean; readonly verdicts: boolean }): ScanRequest {
  const given = options.positionals.length > 0 ? options.positionals : ['.'];
  const paths = given.map((path) => resolve(folder, path));
  const root = textOf(options, 'source-root');
  const sourceRoot = root === null ? sourceRootOf(folder) : resolve(folder, root);
  const library = addFolders(readShippedLibrary(LIBRARY_BUNDLE, POLICIES_FOLDER), textsOf(options, 'policy').map((path) => resolve(folder, path)));
  const now = timeOf(options);
  const trustedFolder = textOf(options, 'trusted-config');
  return {
    paths,
    shownPaths: paths.map((path) => nameOf(path, sourceRoot)),
    sourceRoot,
    library,
    selection: { packs: split(textsOf(options, 'pack')), only: split(textsOf(options, 'only')), skip: split(textsOf(options, 'skip')), vars: varsOf(textsOf(options, 'var')) },
    now,
    declared: isSet(options, 'declared'),
    waivers: waiversOf(options, folder, paths, sourceRoot, now),
    baseline: reportOf(textOf(options, 'baseline'), folder),
    previous: reportOf(textOf(options, 'previous'), folder),
    gate: { failOn: (textOf(options, 'fail-on') ?? 'high') as FailOn, failOnUnknown: isSet(options, 'fail-on-unknown') },
    withFixes: shown.fixes,
    withVerdicts: shown.verdicts,
    trusted: trustedFolder === null ? null : trustedOf(resolve(folder, trustedFolder), paths, sourceRoot, library.areas),
    version: versionOf(),
    provenance: provenanceOf(sourceRoot),
    azureDevOps: process.env['TF_BUILD'] === undefined ? null : Object.fromEntries(AZURE_DEVOPS_VARIABLES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name] ?? '']]))),
  };
}

function split(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(',')).map((value) => value.trim()).filter((value) => value !== '');
}

function timeOf(options: ParsedOptions): string {
  const given = textOf(options, 'now');
  if (given === null) return new Date().toISOString();
  const time = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(given) ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(time)) throw new UserError('cli.time', `--now: '${given}' is not a time.`, 'Write it as 2026-01-31T10:00:00Z.');
  return new Date(time).toISOString();
}

/** `CERT-001.days=30`: the value is JSON, or else a text. */
function varsOf(vars: readonly string[]): Record<string, Record<string, Json>> {
  const result: Record<string, Record<string, Json>> = {};
  for (const text of vars) {
    const match = /^([A-Z]{1,8}-\d{3})\.([A-Za-z]\w*)=(.*)$/s.exec(text);
    if (match === null) throw new UserError('cli.var', `--var: '${text}' is not of the form ID.NAME=VALUE.`, 'For example --var CERT-001.days=30.');
    const [, id = '', name = '', value = ''] = match;
    let parsed: Json = value;
    try {
      parsed = JSON.parse(value) as Json;
    } catch {
      // Not JSON: a text.
    }
    result[id] = { ...result[id], [name]: parsed };
  }
  return result;
}

/** Named waivers, else `waivers.yaml` beside the estate; with a trusted configuration, only its own. */
function waiversOf(options: ParsedOptions, folder: string, paths: readonly string[], sourceRoot: string, now: string): ScanRequest['waivers'] {
  const named = textOf(options, 'waivers');
  const trusted = textOf(options, 'trusted-config');
  const base = paths.map((path) => (existsSync(join(path, 'estate.yaml')) ? path : path.endsWith('estate.yaml') ? dirname(path) : null)).find((path) => path !== null);
  const beside = base === undefined || base === null ? null : join(base, 'waivers.yaml');
  const candidate = named !== null ? resolve(folder, named) : beside;
  if (candidate === null) return null;
  const path = trusted === null ? candidate : resolve(folder, trusted, relative(sourceRoot, candidate));
  if (!existsSync(path)) {
    if (named !== null && trusted === null) throw new UserError('waiver.missing', `The waiver file '${named}' does not exist.`, 'Check --waivers.');
    return null;
  }
  const file = readTextFile(path, sourceRoot);
  if (isProblem(file)) return { file: nameOf(path, sourceRoot), waivers: [], problems: [file] };
  try {
    const read = readWaivers(openDocument(file.text, 'yaml').value, file.name, now);
    return { file: file.name, ...read };
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return { file: file.name, waivers: [], problems: [{ level: 'error', code: 'waiver.not-yaml', message: `The waivers '${file.name}' could not be read: ${error.message}`, hint: 'Mend the file.', file: file.name }] };
  }
}

export function reportOf(path: string | null, folder: string): ScanReport | null {
  if (path === null) return null;
  const file = readTextFile(resolve(folder, path), folder);
  if (isProblem(file)) throw new UserError(file.code, file.message, file.hint);
  let value: Json;
  try {
    value = openDocument(file.text, 'json').value;
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new UserError('report.not-json', `The report '${path}' could not be read: ${error.message}`, 'Name a report that `scan --report json:…` wrote.');
  }
  const read = readReport(value);
  if ('error' in read) throw new UserError('report.malformed', `The report '${path}' cannot be used: ${read.error}`, 'Name a report that `scan --report json:…` wrote.');
  return read.report;
}

/** Packs and parameters of the same estate in a checkout that the pull request cannot change. */
function trustedOf(folder: string, paths: readonly string[], sourceRoot: string, areas: ScanRequest['library']['areas']): NonNullable<ScanRequest['trusted']> {
  for (const path of paths) {
    const file = path.endsWith('estate.yaml') ? path : join(path, 'estate.yaml');
    const trusted = resolve(folder, relative(sourceRoot, file));
    if (existsSync(file) && existsSync(trusted)) {
      const { estate } = loadEstate(trusted, folder, areas);
      return { packs: estate.packs, params: estate.params };
    }
  }
  return { packs: [], params: {} };
}

/** Where the scanned files come from: the environment of a CI service, else git. User information is stripped. */
function provenanceOf(sourceRoot: string): ScanRequest['provenance'] {
  const git = (...args: string[]): string | null => {
    const result = spawnSync('git', ['-C', sourceRoot, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return result.status === 0 && result.stdout.trim() !== '' ? result.stdout.trim() : null;
  };
  const env = process.env;
  const repository = env['GITHUB_REPOSITORY'] === undefined ? (env['BUILD_REPOSITORY_URI'] ?? null) : `${env['GITHUB_SERVER_URL'] ?? 'https://github.com'}/${env['GITHUB_REPOSITORY']}`;
  if (repository === null) return null;
  const revision = env['GITHUB_SHA'] ?? env['BUILD_SOURCEVERSION'] ?? git('rev-parse', 'HEAD');
  const branch = env['GITHUB_REF'] ?? env['BUILD_SOURCEBRANCH'] ?? git('symbolic-ref', 'HEAD');
  try {
    const address = new URL(repository);
    address.username = '';
    address.password = '';
    return revision === null || branch === null ? null : { repositoryUri: address.href, revisionId: revision, branch };
  } catch {
    return null;
  }
}
