import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where packed bytes wait until all have come. */
export interface Spool {
  readonly add: (bytes: Buffer) => void;
  /** All of it; the spool is empty then. */
  readonly take: () => Buffer;
  readonly drop: () => void;
}

export function memorySpool(): Spool {
  let pieces: Buffer[] = [];
  const drop = (): void => {
    pieces = [];
  };
  return {
    add: (bytes) => void pieces.push(bytes),
    take: () => {
      const all = Buffer.concat(pieces);
      drop();
      return all;
    },
    drop,
  };
}

/** Far more than a snapshot takes, packed; small enough for many hosts at once. */
const IN_MEMORY = 4 * 1024 * 1024;

/** In memory at first; what is larger goes to a file that only this user can read, so that many large hosts never fill the memory. */
export function diskSpool(limit = IN_MEMORY): Spool {
  const memory = memorySpool();
  let size = 0;
  let file: { readonly folder: string; readonly path: string; readonly handle: number } | null = null;
  const drop = (): void => {
    memory.drop();
    if (file === null) return;
    closeSync(file.handle);
    rmSync(file.folder, { recursive: true, force: true });
    file = null;
  };
  return {
    add: (bytes) => {
      size += bytes.length;
      memory.add(bytes);
      if (size <= limit) return;
      if (file === null) {
        const folder = mkdtempSync(join(tmpdir(), 'rdposture-collect-'));
        const path = join(folder, 'packed');
        file = { folder, path, handle: openSync(path, 'wx', 0o600) };
      }
      writeSync(file.handle, memory.take());
    },
    take: () => {
      const all = file === null ? memory.take() : readFileSync(file.path);
      drop();
      return all;
    },
    drop,
  };
}
