import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's folder: the nearest one above this module with a package.json, in the sources and in the build alike. */
export const PACKAGE_ROOT = packageRoot();
export const POLICIES_FOLDER = join(PACKAGE_ROOT, 'policies');
/** The library as the build wrote it beside the bundle; not there when the sources run as they are. */
export const LIBRARY_BUNDLE = fileURLToPath(new URL('library.json', import.meta.url));

declare const __RDPOSTURE_VERSION__: string | undefined;

/** The version, put in by the build; read from package.json when the sources run as they are. */
export function versionOf(): string {
  if (typeof __RDPOSTURE_VERSION__ === 'string') return __RDPOSTURE_VERSION__;
  return (JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}

function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** Where the user stands: npm changes the working folder and tells the user's in `INIT_CWD`. */
export function userFolder(): string {
  const told = process.env['INIT_CWD'];
  return process.env['npm_lifecycle_event'] !== undefined && told !== undefined && existsSync(told) ? told : process.cwd();
}
