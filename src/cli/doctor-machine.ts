import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isProblem, nameOf, readTextFile, reasonOf } from '../collect/files.ts';
import { excerpt } from '../collect/live/causes.ts';
import { findProgram } from '../collect/live/child.ts';
import { ownPowerShell } from '../collect/live/local.ts';
import type { LiveTarget } from '../collect/live/targets.ts';
import { readWaivers } from '../gate/waivers.ts';
import { DocumentError, openDocument } from '../lib/document.ts';
import type { Estate } from '../model/estate.ts';
import { UserError } from '../model/problem.ts';
import type { Collector } from './collector.ts';
import { type Check, check, counted } from './doctor-check.ts';
import { PACKAGE_ROOT } from './paths.ts';

export interface Machine {
  readonly estate: Estate;
  /** Absolute path of `estate.yaml`, and of where the waivers that count stand. */
  readonly estateFile: string;
  readonly waiversFile: string;
  /** What is tried now. */
  readonly targets: readonly LiveTarget[];
  readonly collector: Collector;
  readonly sourceRoot: string;
  /** ISO 8601 UTC. */
  readonly now: string;
}

/** What this machine needs to collect and judge. Starts programs for their versions only, and leaves nothing behind. */
export function machineChecks(machine: Machine): Check[] {
  const { estate, targets } = machine;
  const over = (way: string): number => targets.filter((target) => target.over === way).length;
  return [
    nodeCheck(process.versions.node),
    estateCheck(estate),
    ...(over('ssh') > 0 ? [sshCheck(over('ssh'))] : []),
    ...(over('winrm') + over('local') > 0 ? [powershellCheck(over('winrm') + over('local'))] : []),
    ...bicepChecks(estate),
    ...collectorChecks(machine),
    ...(targets.length > 0 || estate.gateways.some((gateway) => gateway.over === 'wire') ? [folderCheck(machine)] : []),
    ...waiverChecks(machine),
  ];
}

/** One that contradicts itself does not get as far as this. */
function estateCheck({ file, hosts, deployments, gateways }: Estate): Check {
  const parts = [counted(hosts.length, 'host'), counted(deployments.length, 'deployment'), counted(gateways.length, 'gateway')];
  return check('machine', 'estate', 'ok', `'${file}': ${parts.join(', ')}`);
}

/** `engines` of the package is the one place that says which. */
function nodeCheck(version: string): Check {
  const { engines } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { engines: { node: string } };
  const wanted = /(\d+)\.(\d+)/.exec(engines.node);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < Number(wanted?.[1]) || (major === Number(wanted?.[1]) && minor < Number(wanted?.[2]));
  return check('machine', 'Node.js', isOld ? 'failed' : 'ok', version, isOld ? { todo: `Install Node.js ${engines.node}.` } : {});
}

const VERSION_MS = 15_000;

/** The first line of what a program says about its version; null when it could not be started. */
function versionOfProgram(program: string, args: readonly string[]): string | null {
  const ran = spawnSync(program, args, { encoding: 'utf8', timeout: VERSION_MS, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true, maxBuffer: 1 << 20 });
  if (ran.error !== undefined || ran.status !== 0) return null;
  return excerpt(`${ran.stdout}\n${ran.stderr}`.trim().split('\n')[0] ?? '');
}

const onPath = (...names: readonly string[]): string | null =>
  names.map((name) => findProgram(name, process.env['PATH'] ?? '')).find((program) => program !== null) ?? null;

function programCheck(name: string, program: string | null, args: readonly string[], missing: string, todo: string): Check {
  if (program === null) return check('machine', name, 'failed', missing, { todo });
  const version = versionOfProgram(program, args);
  if (version === null) return check('machine', name, 'failed', `'${program}' could not be started`, { todo });
  return check('machine', name, 'ok', `${version === '' ? 'found' : version}, ${program}`);
}

function sshCheck(count: number): Check {
  return programCheck(
    'ssh',
    onPath('ssh'),
    ['-V'],
    `not on PATH, and ${counted(count, 'target connects', 'targets connect')} over it`,
    'Install the OpenSSH client.',
  );
}

function powershellCheck(count: number): Check {
  const program = ownPowerShell(process.env['PATH'] ?? '');
  const args = ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', '"$($PSVersionTable.PSEdition) $($PSVersionTable.PSVersion)"'];
  return programCheck(
    'PowerShell',
    program,
    args,
    `not on PATH, and ${counted(count, 'target needs', 'targets need')} it`,
    'Put powershell.exe on PATH; elsewhere than on Windows, use `connect: { over: ssh }`.',
  );
}

function bicepChecks(estate: Estate): Check[] {
  const files = estate.templates.filter(({ file }) => /\.bicep(?:param)?$/i.test(file));
  if (files.length === 0) return [];
  const azures = join(homedir(), '.azure', 'bin', process.platform === 'win32' ? 'bicep.exe' : 'bicep');
  const program = onPath('bicep') ?? (existsSync(azures) ? azures : null);
  const missing = `no 'bicep' on PATH, and the estate names ${counted(files.length, 'Bicep file')}`;
  return [programCheck('Bicep', program, ['--version'], missing, 'Install the Bicep CLI, or let the Azure CLI do it: `az bicep install`.')];
}

function collectorChecks({ targets, collector }: Machine): Check[] {
  const kinds = [...new Set(targets.map(({ kind }) => kind))];
  if (kinds.length === 0) return [];
  try {
    const sizes = kinds.map((kind) => collector.scriptOf(kind).length);
    return [
      check(
        'machine',
        'collectors',
        'ok',
        `${counted(kinds.length, 'script')}, ${counted(Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1024), 'KiB', 'KiB')}`,
      ),
    ];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [check('machine', 'collectors', 'failed', error.message, { todo: error.hint ?? null })];
  }
}

/** Tries it: rights alone do not tell of a full or a read-only disk. What is made is taken away at once. */
function folderCheck({ estate, estateFile, sourceRoot }: Machine): Check {
  const folder = resolve(dirname(estateFile), estate.snapshots.folder);
  const name = nameOf(folder, sourceRoot);
  let nearest = folder;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    accessSync(nearest, constants.W_OK);
    rmdirSync(mkdtempSync(join(nearest, '.rdposture-doctor-')));
    return check('machine', 'snapshots folder', 'ok', `'${name}' can be written${nearest === folder ? '' : '; it will be made'}`);
  } catch (error) {
    return check('machine', 'snapshots folder', 'failed', `'${name}' cannot be written: ${reasonOf(error)}`, {
      todo: "Check the folder and its rights, or name another one as 'snapshots.folder' in estate.yaml.",
    });
  }
}

function waiverChecks({ waiversFile, sourceRoot, now }: Machine): Check[] {
  if (!existsSync(waiversFile)) return [];
  const file = readTextFile(waiversFile, sourceRoot);
  const failed = (said: string): Check[] => [check('machine', 'waivers', 'failed', said, { todo: 'Mend it; `rdposture waiver lint` lists what is wrong.' })];
  if (isProblem(file)) return failed(file.message);
  try {
    const { waivers, problems } = readWaivers(openDocument(file.text, 'yaml').value, file.name, now);
    const [first] = problems;
    if (first !== undefined) return failed(`${counted(problems.length, 'fault')} in '${file.name}': ${first.message}`);
    return [check('machine', 'waivers', 'ok', `${counted(waivers.length, 'waiver')} in '${file.name}'`)];
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return failed(`'${file.name}' could not be read: ${error.message}`);
  }
}
