import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/model/problem.ts';

export interface Captured {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The user's error, where the command ended in one. */
  readonly error: UserError | null;
}

/** Runs a command in this process, as somebody who stands in `folder`. */
export async function capture(run: (argv: readonly string[]) => number | Promise<number>, argv: readonly string[], folder: string): Promise<Captured> {
  const output = { out: '', err: '' };
  const { stdout, stderr } = process;
  const [write, writeError] = [stdout.write.bind(stdout), stderr.write.bind(stderr)];
  const before = { INIT_CWD: process.env['INIT_CWD'], npm_lifecycle_event: process.env['npm_lifecycle_event'] };
  Object.assign(process.env, { INIT_CWD: folder, npm_lifecycle_event: 'test' });
  stdout.write = (text: string | Uint8Array) => (output.out += String(text)) !== '';
  stderr.write = (text: string | Uint8Array) => (output.err += String(text)) !== '';
  try {
    return { code: await run(argv), ...output, error: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { code: 2, ...output, error };
  } finally {
    stdout.write = write;
    stderr.write = writeError;
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** A folder that is gone once the tests are. */
export function temporaryFolder(cleanUp: (remove: () => void) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'rdposture-'));
  cleanUp(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
