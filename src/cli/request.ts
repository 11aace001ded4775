import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { compilerEnvironment, findCompiler } from '../collect/bicep/program.ts';
import { HARMLESS, isFolder, isProblem, nameOf, readTextFile, sourceRootOf } from '../collect/files.ts';
import { parseServiceTags } from '../collect/service-tags.ts';
import { readConfigFile } from '../config/load.ts';
import { isSet, type OptionSpec, type ParsedOptions, parseOptions, textOf, textsOf } from '../config/options.ts';
import { type FailOn } from '../gate/gate.ts';
import { readWaivers } from '../gate/waivers.ts';
import { DocumentError, openDocument } from '../lib/document.ts';
import type { Json } from '../model/json.ts';
import { type Problem, UserError } from '../model/problem.ts';
import type { ScanReport } from '../model/report.ts';
import type { ServiceTags } from '../model/service-tags.ts';
import { addFolders, readShippedLibrary } from '../policy/library.ts';
import { readReport } from '../report/read.ts';
import { AZURE_DEVOPS_VARIABLES } from '../report/sarif/azure-devops.ts';
import type { ScanRequest } from '../scan.ts';
import type { IgnoreOptions } from '../scan/ignores.ts';
import { estateFileOf } from '../scan/plan.ts';
import { LIBRARY_BUNDLE, POLICIES_FOLDER, versionOf } from './paths.ts';
import { SCAN_OPTIONS } from './scan-options.ts';
import { configChanges, type Trusted, trustedEstate, trustedFolders, twinOf, waiverChanges } from './trusted.ts';

/** The options of a command, and what of `rdposture.yaml` is not obeyed. */
export interface Configured {
  readonly options: ParsedOptions;
  readonly problems: readonly Problem[];
}

/** Flags, environment and `rdposture.yaml` of the user's folder, or its trusted twin. Keys that only `scan` takes are no error. */
export function optionsFor(argv: readonly string[], specs: readonly OptionSpec[], folder: string): Configured {
  const own = readConfigFile(folder);
  const told = parseOptions(argv, specs, process.env, {});
  const trusted = trustedOf(told, folder, typeof own['trusted-config'] === 'string' ? own['trusted-config'] : null);
  const used = trusted === null ? own : readConfigFile(twinOf(folder, trusted));
  // Every key is checked, whatever the command.
  parseOptions([], SCAN_OPTIONS, {}, used);
  const known = new Set(specs.map((spec) => spec.name));
  const file = Object.fromEntries(Object.entries(used).filter(([name]) => known.has(name)));
  const options = parseOptions(argv, specs, process.env, trusted === null ? file : { ...file, 'trusted-config': trusted.folder });
  return { options, problems: trusted === null ? [] : configChanges(own, used) };
}

function trustedOf(options: ParsedOptions, folder: string, configured: string | null): Trusted | null {
  const named = textOf(options, 'trusted-config') ?? configured;
  if (named === null) return null;
  const trusted = resolve(folder, named);
  if (!isFolder(trusted))
    throw new UserError('cli.trusted-config', `--trusted-config: '${named}' is not there, or no folder.`, 'Name a checkout of the base branch.');
  return { folder: trusted, sourceRoot: rootOf(options, folder) };
}

/** What paths in reports are relative to. Below a root that is none, nothing would have a place in the repository. */
export function rootOf(options: ParsedOptions, folder: string): string {
  const named = textOf(options, 'source-root');
  if (named === null) return sourceRootOf(folder);
  const root = resolve(folder, named);
  if (!isFolder(root)) throw new UserError('cli.source-root', `--source-root: '${named}' is no folder.`, 'Name the folder of the repository.');
  return root;
}

/** Turns the options of a command into what `scan` takes: the edge where files and the environment are read. */
export function requestOf(
  options: ParsedOptions,
  folder: string,
  shown: { readonly fixes: boolean; readonly verdicts: boolean; readonly lineHashes: boolean },
): ScanRequest {
  const given = options.positionals.length > 0 ? options.positionals : ['.'];
  const paths = given.map((path) => resolve(folder, path));
  const sourceRoot = rootOf(options, folder);
  const trusted = trustedOf(options, folder, null);
  const named = textsOf(options, 'policy').map((path) => resolve(folder, path));
  const policies = trusted === null ? { folders: named, problems: [] } : trustedFolders(named, trusted);
  const library = addFolders(readShippedLibrary(LIBRARY_BUNDLE, POLICIES_FOLDER), policies.folders);
  const now = timeOf(options);
  const estate = trusted === null ? null : trustedEstate(paths, trusted, library.areas);
  const waivers = waiversOf(options, folder, paths, sourceRoot, now, trusted);
  return {
    paths,
    shownPaths: paths.map((path) => nameOf(path, sourceRoot)),
    sourceRoot,
    library,
    selection: {
      packs: split(textsOf(options, 'pack')),
      only: split(textsOf(options, 'only')),
      skip: split(textsOf(options, 'skip')),
      vars: varsOf(textsOf(options, 'var')),
    },
    now,
    declared: isSet(options, 'declared'),
    waivers: waivers.file,
    baseline: reportOf(trustedPath(textOf(options, 'baseline'), folder, trusted), folder),
    previous: reportOf(textOf(options, 'previous'), folder),
    gate: { failOn: (textOf(options, 'fail-on') ?? 'high') as FailOn, failOnUnknown: isSet(options, 'fail-on-unknown') },
    withFixes: shown.fixes,
    withVerdicts: shown.verdicts,
    withLineHashes: shown.lineHashes,
    trusted: estate?.trusted ?? null,
    problems: [...policies.problems, ...(estate?.problems ?? []), ...waivers.problems],
    ignores: { obey: (textOf(options, 'inline-ignores') ?? 'trusted') as IgnoreOptions['obey'], trustedFolder: trusted?.folder ?? null },
    version: versionOf(),
    serviceTags: serviceTagsOf(options, folder),
    bicep: bicepOf(options, folder),
    provenance: provenanceOf(sourceRoot),
    azureDevOps:
      process.env['TF_BUILD'] === undefined
        ? null
        : Object.fromEntries(AZURE_DEVOPS_VARIABLES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name] ?? '']]))),
  };
}

/** The list of service tags that was named; null: what live snapshots hold, else tags stand for themselves. */
function serviceTagsOf(options: ParsedOptions, folder: string): ServiceTags | null {
  const named = textOf(options, 'service-tags');
  if (named === null) return null;
  const wrong = (why: string): UserError =>
    new UserError('cli.service-tags', `--service-tags: '${named}' ${why}`, 'Name the file of service tags that Microsoft publishes for the cloud, as JSON.');
  const file = readTextFile(resolve(folder, named), folder);
  if (isProblem(file)) throw wrong(`cannot be read: ${file.message}`);
  let value: Json;
  try {
    value = JSON.parse(file.text.replace(/^\uFEFF/, '')) as Json;
  } catch {
    throw wrong('is not JSON.');
  }
  const read = parseServiceTags(value);
  if ('error' in read) throw wrong(`cannot be used: ${read.error}.`);
  return read;
}

/** The compiler that was named, else the one that is found; it is started only when there is something to compile. */
function bicepOf(options: ParsedOptions, folder: string): NonNullable<ScanRequest['bicep']> {
  const named = textOf(options, 'bicep');
  const restore = isSet(options, 'restore');
  const program = named === null ? findCompiler(process.env) : resolve(folder, named);
  if (named !== null && program !== null && !existsSync(program))
    throw new UserError('cli.bicep', `--bicep: '${named}' does not exist.`, 'Name the program itself, such as ~/.azure/bin/bicep.');
  return { program, restore, environment: compilerEnvironment(process.env, restore) };
}

function split(values: readonly string[]): string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
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

/** A baseline that the trusted checkout has comes from there; one made in this run (an artifact) stands for itself. */
function trustedPath(path: string | null, folder: string, trusted: Trusted | null): string | null {
  if (path === null || trusted === null) return path;
  const twin = twinOf(resolve(folder, path), trusted);
  return existsSync(twin) ? twin : path;
}

interface FoundWaivers {
  readonly file: ScanRequest['waivers'];
  /** What of them is not obeyed. */
  readonly problems: readonly Problem[];
}

/** Named waivers, else `waivers.yaml` beside the estate; with a trusted configuration, only its own. */
function waiversOf(options: ParsedOptions, folder: string, paths: readonly string[], sourceRoot: string, now: string, trusted: Trusted | null): FoundWaivers {
  const named = textOf(options, 'waivers');
  const estate = named === null ? (paths.map((path) => estateFileOf(path, sourceRoot)).find((path) => path !== null) ?? null) : null;
  const candidate = named !== null ? resolve(folder, named) : estate === null ? null : join(dirname(estate), 'waivers.yaml');
  if (candidate === null) return { file: null, problems: [] };
  if (named !== null && !existsSync(candidate) && (trusted === null || !existsSync(twinOf(candidate, trusted)))) {
    throw new UserError('waiver.missing', `The waiver file '${named}' does not exist.`, 'Check --waivers.');
  }
  const path = trusted === null ? candidate : twinOf(candidate, trusted);
  const problems = trusted === null ? [] : waiverChanges(candidate, trusted, now);
  return { file: existsSync(path) ? waiverFile(path, sourceRoot, now) : null, problems };
}

function waiverFile(path: string, sourceRoot: string, now: string): NonNullable<ScanRequest['waivers']> {
  const file = readTextFile(path, sourceRoot);
  if (isProblem(file)) return { file: nameOf(path, sourceRoot), waivers: [], problems: [file] };
  try {
    const read = readWaivers(openDocument(file.text, 'yaml').value, file.name, now);
    return { file: file.name, ...read };
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return {
      file: file.name,
      waivers: [],
      problems: [
        {
          level: 'error',
          code: 'waiver.not-yaml',
          message: `The waivers '${file.name}' could not be read: ${error.message}`,
          hint: 'Mend the file.',
          file: file.name,
        },
      ],
    };
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
  if ('error' in read)
    throw new UserError('report.malformed', `The report '${path}' cannot be used: ${read.error}`, 'Name a report that `scan --report json:…` wrote.');
  return read.report;
}

/** Where the scanned files come from: the environment of a CI service, else git. User information is stripped. */
function provenanceOf(sourceRoot: string): ScanRequest['provenance'] {
  const git = (...args: string[]): string | null => {
    const { spawnSync } = process.getBuiltinModule('node:child_process');
    const result = spawnSync('git', [...HARMLESS, '-C', sourceRoot, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return result.status === 0 && result.stdout.trim() !== '' ? result.stdout.trim() : null;
  };
  const env = process.env;
  const repository =
    env['GITHUB_REPOSITORY'] === undefined
      ? (env['BUILD_REPOSITORY_URI'] ?? null)
      : `${env['GITHUB_SERVER_URL'] ?? 'https://github.com'}/${env['GITHUB_REPOSITORY']}`;
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
