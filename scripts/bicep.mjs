// Restores the Bicep compiler that tests run, once for each version, into out/bicep.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

/** The version that the tests' expectations were read from. */
const VERSION = '0.49.2';
const SYSTEMS = { linux: 'linux', darwin: 'osx', win32: 'win' };

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, 'out', 'bicep');
const program = join(target, VERSION, process.platform === 'win32' ? 'bicep.exe' : 'bicep');

/** The program's path. Null where no .NET SDK is installed, or where the compiler is not packed for the system. */
export function restoreBicep() {
  if (existsSync(program)) return program;
  const system = SYSTEMS[platform()];
  if (system === undefined || !hasSdk()) return null;
  withLock(`${target}.lock`, () => {
    if (!existsSync(program)) restore(`Azure.Bicep.CommandLine.${system}-${arch()}`);
  });
  return program;
}

function hasSdk() {
  try {
    return execFileSync('dotnet', ['--list-sdks'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() !== '';
  } catch {
    return false;
  }
}

/** Only the program is kept; the package holds nothing else that is needed to run it. */
function restore(name) {
  const work = join(target, 'restore');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const project = `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageDownload Include="${name}" Version="[${VERSION}]" /></ItemGroup>
</Project>
`;
  writeFileSync(join(work, 'bicep.csproj'), project);
  const packages = join(work, 'packages');
  try {
    execFileSync('dotnet', ['restore', join(work, 'bicep.csproj'), '--packages', packages, '-v', 'quiet', '-nologo'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1', MSBUILDDISABLENODEREUSE: '1' },
    });
  } catch (error) {
    throw new Error(`dotnet restore of the Bicep compiler failed:\n${error.stdout ?? ''}${error.stderr ?? ''}`, { cause: error });
  }
  const fresh = `${program}.new`;
  mkdirSync(dirname(program), { recursive: true });
  copyFileSync(join(packages, name.toLowerCase(), VERSION, 'tools', process.platform === 'win32' ? 'bicep.exe' : 'bicep'), fresh);
  chmodSync(fresh, 0o755);
  renameSync(fresh, program);
  rmSync(work, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const restored = restoreBicep();
  console.log(restored ?? 'No .NET SDK, or no package of the compiler for this system: not restored.');
  process.exitCode = restored === null ? 1 : 0;
}
