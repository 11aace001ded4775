import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../find-program.ts';

/** What of the environment says where programs are, and what the compiler itself needs. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The Bicep compiler on PATH, else the one that the Azure CLI keeps for itself; null when there is none. */
export function findCompiler(environment: Environment, platform: NodeJS.Platform = process.platform): string | null {
  const onPath = findProgram('bicep', environment['PATH'] ?? environment['Path'] ?? '', platform);
  if (onPath !== null) return onPath;
  const home = platform === 'win32' ? environment['USERPROFILE'] : environment['HOME'];
  const folder = environment['AZURE_CONFIG_DIR'] ?? (home === undefined ? undefined : join(home, '.azure'));
  const program = folder === undefined ? null : join(folder, 'bin', platform === 'win32' ? 'bicep.exe' : 'bicep');
  return program !== null && existsSync(program) ? program : null;
}

const NEEDED = ['PATH', 'HOME', 'USERPROFILE', 'LOCALAPPDATA', 'APPDATA', 'SYSTEMROOT', 'WINDIR', 'TEMP', 'TMP', 'TMPDIR', 'LANG', 'LC_ALL'];
const RESTORING = ['AZURE_', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'SSL_CERT_', 'ARM_', 'MSI_', 'IDENTITY_'];
/** The discard port, where nobody listens. */
const NOWHERE = 'http://127.0.0.1:9';

/**
 * The compiler's environment. A parameters file can read any variable into what reports show, so it sees few; and without
 * `restore` every way out of the machine is closed.
 */
export function compilerEnvironment(environment: Environment, restore: boolean): Record<string, string> {
  const wanted = (name: string): boolean => NEEDED.includes(name) || (restore && RESTORING.some((start) => name.startsWith(start)));
  const own = Object.entries(environment).flatMap(([name, value]) => (value !== undefined && wanted(name.toUpperCase()) ? [[name, value] as const] : []));
  // Of names that differ in case only one counts where case does not.
  const closed = restore ? {} : { HTTP_PROXY: NOWHERE, HTTPS_PROXY: NOWHERE, ALL_PROXY: NOWHERE, NO_PROXY: '' };
  return { ...Object.fromEntries(own), ...closed, DOTNET_CLI_TELEMETRY_OPTOUT: '1' };
}
