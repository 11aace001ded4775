// Builds the program that plays PowerShell in tests, once for each state of its sources.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, 'test', 'powershell-host');
const target = join(root, 'out', 'powershell-host');
const stampFile = join(target, 'sources.sha256');
const WINDOWS_POWERSHELL = `#!/bin/sh
RDPOSTURE_HOST_STYLE=desktop exec "$(dirname "$(readlink -f "$0")")/pwsh" "$@"
`;

/**
 * The program's path; `powershell.exe` lies beside it. Null where no .NET SDK is installed. `out/powershell-host` is
 * replaced as a whole when the sources have changed, so a running test keeps the one it started with.
 */
export function buildPowerShellHost() {
  const wanted = hashOf(sources);
  if (isBuilt(wanted)) return join(target, 'pwsh');
  if (!hasSdk()) return null;
  withLock(`${target}.lock`, () => {
    if (!isBuilt(wanted)) publish(wanted);
  });
  return join(target, 'pwsh');
}

function isBuilt(wanted) {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted;
}

function hasSdk() {
  try {
    return /^1[0-9]\./m.test(execFileSync('dotnet', ['--list-sdks'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return false;
  }
}

function publish(wanted) {
  const fresh = `${target}.new`;
  const intermediate = join(root, 'out', 'powershell-host.obj');
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(intermediate, { recursive: true });
  const options = ['--use-current-runtime', '--self-contained', 'false', '-c', 'Release', '-v', 'quiet', '-nologo', '-p:PublishReadyToRun=true'];
  const folders = [`-p:BaseIntermediateOutputPath=${intermediate}/`, `-p:BaseOutputPath=${intermediate}/bin/`];
  try {
    execFileSync('dotnet', ['publish', join(sources, 'powershell-host.csproj'), ...options, ...folders, '-o', fresh], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1', MSBUILDDISABLENODEREUSE: '1' },
    });
  } catch (error) {
    throw new Error(`dotnet publish of the PowerShell host failed:\n${error.stdout ?? ''}${error.stderr ?? ''}`, { cause: error });
  }
  writeFileSync(join(fresh, 'powershell.exe'), WINDOWS_POWERSHELL, { mode: 0o755 });
  writeFileSync(join(fresh, 'sources.sha256'), wanted);
  const old = `${target}.old`;
  rmSync(old, { recursive: true, force: true });
  if (existsSync(target)) renameSync(target, old);
  renameSync(fresh, target);
  rmSync(old, { recursive: true, force: true });
}

function hashOf(folder) {
  const hash = createHash('sha256');
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).toSorted((a, b) =>
    join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1,
  )) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile())
      hash
        .update(`${path.slice(folder.length)}\0`)
        .update(readFileSync(path))
        .update('\0');
  }
  return hash.digest('hex');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const built = buildPowerShellHost();
  console.log(built ?? 'No .NET SDK 10: not built.');
  process.exitCode = built === null ? 1 : 0;
}
