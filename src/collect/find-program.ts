import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** The first program of this name on PATH. Folders that are not absolute are passed over: a repository must not bring its own `ssh`. */
export function findProgram(name: string, path: string, platform: NodeJS.Platform = process.platform): string | null {
  for (const folder of path.split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const file = join(folder, platform === 'win32' ? `${name}.exe` : name);
    try {
      if (!statSync(file).isFile()) continue;
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // The next one.
    }
  }
  return null;
}
