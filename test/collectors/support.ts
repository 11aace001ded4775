import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { SECTIONS } from '../../src/model/sections/index.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { parseSnapshot, unify } from '../../src/normalise/unify.ts';
import { buildPowerShellHost } from '../../scripts/powershell-host.mjs';
import { stateText } from './state.ts';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const HOST_SCRIPT = join(root, 'collectors', 'Collect-RdsHost.ps1');
export const DEPLOYMENT_SCRIPT = join(root, 'collectors', 'Collect-RdsDeployment.ps1');
export const NONCE = '0123456789abcdef0123456789abcdef';

const required = process.env['RDPOSTURE_PEERS'] === 'required';
const built: string | null = buildPowerShellHost();
if (built === null && required) throw new Error('The collectors are tested by a program in C#, which needs the .NET SDK 10.');
/** Why nothing here runs; empty when it does. */
export const skipped = built === null;
export const pwsh = built ?? 'pwsh';
export const windowsPowerShell = join(dirname(pwsh), 'powershell.exe');

/** Folders of the host that is played: %SystemRoot% and %ProgramData%. */
export interface Machine {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly remove: () => void;
}

export interface MachineFiles {
  /** Text of what `secedit /export` writes; null: it is refused. Missing: there is no secedit, but on a host that can be changed. */
  readonly secedit?: string | null;
  /** The host can be changed: its file is the state, and `secedit` works on it. See test/powershell-host/README.md. */
  readonly isWritable?: boolean;
  /** More stand-ins for programs of System32, as shell scripts. */
  readonly programs?: Readonly<Record<string, string>>;
  /** Path below the folder to text. */
  readonly files?: Readonly<Record<string, string>>;
}

export function machine(fixture: JsonObject, files: MachineFiles = {}): Machine {
  const folder = mkdtempSync(join(tmpdir(), 'rdposture-host-'));
  const put = (path: string, text: string | Buffer): string => {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  };
  const system = 'Windows/System32';
  if (files.secedit !== undefined) {
    const exported = files.secedit === null ? null : put('secedit.inf', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(files.secedit, 'utf16le')]));
    chmodSync(
      put(
        `${system}/secedit.exe`,
        exported === null ? '#!/bin/sh\nexit 5\n' : `#!/bin/sh\n[ "$1 $4" = "/export /cfg" ] || exit 1\ncp '${exported}' "$5"; echo log > "$7"\n`,
      ),
      0o755,
    );
  }
  if (files.isWritable === true && files.secedit === undefined) chmodSync(put(`${system}/secedit.exe`, `#!/bin/sh\nexec '${pwsh}' --secedit "$@"\n`), 0o755);
  for (const [name, text] of Object.entries(files.programs ?? {})) chmodSync(put(`${system}/${name}`, text), 0o755);
  for (const [path, text] of Object.entries(files.files ?? {})) put(path, text);
  const environment = {
    RDPOSTURE_FIXTURE: put('fixture.json', files.isWritable === true ? stateText(fixture) : JSON.stringify(fixture)),
    RDPOSTURE_STATE: files.isWritable === true ? 'writable' : '',
    SystemRoot: join(folder, 'Windows'),
    ProgramData: join(folder, 'ProgramData'),
    ProgramFiles: join(folder, 'Program Files'),
    COMPUTERNAME: 'RDSH01',
    TMPDIR: join(folder, 'tmp'),
  };
  mkdirSync(environment.TMPDIR);
  return { folder, environment, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(program: string, parameters: readonly string[], at: Machine, input = '', timeout = 180_000): Run {
  const { status, stdout, stderr } = spawnSync(program, parameters, {
    cwd: at.folder,
    encoding: 'utf8',
    env: { ...process.env, ...at.environment },
    input,
    timeout,
    maxBuffer: 256 * 1024 * 1024,
  });
  return { code: status, stdout, stderr };
}

export const LIMITS = { sectionRows: 20_000, textLength: 65_536, totalBytes: 67_108_864, sectionSeconds: 60 };

export function request(kind: Snapshot['target']['kind'], more: JsonObject = {}): JsonObject {
  return { nonce: NONCE, kind, name: 'rdsh01.contoso.com', sections: null, registry: [], collections: null, limits: LIMITS, ...more };
}

/** What an `-EncodedCommand` of the connection does: the script's text, with the request as a text. */
const BOOTSTRAP = `$t=[Console]::In.ReadToEnd().Split([char]10)
$u=[Text.Encoding]::UTF8
& ([scriptblock]::Create($u.GetString([Convert]::FromBase64String($t[1])))) -Request $u.GetString([Convert]::FromBase64String($t[0]))`;

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** Runs a collector's text as a connection does. */
export function runFramed(script: string, asked: JsonObject, at: Machine, program = windowsPowerShell): Run {
  const encoded = Buffer.from(BOOTSTRAP, 'utf16le').toString('base64');
  return run(
    program,
    ['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-EncodedCommand', encoded],
    at,
    `${base64(JSON.stringify(asked))}\n${base64(script)}\n`,
  );
}

export interface Framed {
  /** Section to status, in the order they were read. */
  readonly progress: readonly (readonly [string, string])[];
  /** The bytes of the snapshot. */
  readonly bytes: Buffer;
}

/** The frames of a whole answer; throws where they are not what the contract says. */
export function framesOf({ code, stdout, stderr }: Run): Framed {
  const lines = stdout.split(/\r?\n/).filter((line) => line !== '');
  if (code !== 0 || lines[0] !== `rdposture-begin ${NONCE}`) throw new Error(`exit ${code}\n${stdout.slice(0, 2000)}\n${stderr.slice(0, 2000)}`);
  const parts = lines.map((line) => line.split(' '));
  if (parts.some(([word, nonce]) => !word?.startsWith('rdposture-') || nonce !== NONCE)) throw new Error(`babble: ${stdout.slice(0, 2000)}`);
  const data = parts.filter(([word]) => word === 'rdposture-data').map(([, , text = '']) => text);
  if (data.some((text) => text.length > 76)) throw new Error('a line is too long');
  const bytes = gunzipSync(Buffer.from(data.join(''), 'base64'));
  const end = parts.at(-1);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (end?.join(' ') !== `rdposture-end ${NONCE} ${bytes.length} ${sha256}`) throw new Error(`the end is ${end?.join(' ')}`);
  return { bytes, progress: parts.filter(([word]) => word === 'rdposture-section').map(([, , name = '', status = '']) => [name, status] as const) };
}

/** A snapshot as the scan reads it, with what the scan would complain about. */
export function readSnapshot(bytes: Buffer | string): { snapshot: Snapshot; problems: readonly string[]; text: string } {
  const text = bytes.toString();
  const parsed = parseSnapshot(JSON.parse(text) as Json);
  if ('error' in parsed) throw new Error(parsed.error);
  const { snapshot, problems } = unify(parsed.snapshot, SECTIONS);
  return { snapshot, problems: problems.map((problem) => problem.message), text };
}

export function dataOf(snapshot: Snapshot, section: string): Json {
  const found = snapshot.sections[section];
  if (found?.status !== 'ok') throw new Error(`${section} is ${found?.status}: ${found?.error}`);
  return found.data ?? null;
}
