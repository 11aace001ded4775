import { closeSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type Json } from '../../model/json.ts';
import { type FramesResult, frameReader } from './frames.ts';
import { diskSpool } from './spool.ts';

/** How a script says that a target has ended. */
export interface Ended {
  /** A word of the script's. */
  readonly outcome: string;
  /** Error code of Windows or of WS-Management, unsigned; 0: none. */
  readonly code: number;
  /** FullyQualifiedErrorId; never translated. */
  readonly id: string;
  /** For people; hostile text. */
  readonly message: string;
}

/** What a script writes about one target into its folder, while it writes. */
export interface AnswerReader {
  /** Takes what has come; what it came to once the target has ended. `fault`: nothing that follows matters. */
  readonly poll: () => 'more' | 'fault' | { readonly ended: Ended; readonly frames: FramesResult };
  /** When the script will not end it any more. */
  readonly end: () => FramesResult;
  readonly section: () => string;
  /** Gives up what was kept, and takes the target's files away. */
  readonly remove: (keepFrames: boolean) => void;
}

const PIECE = 256 * 1024;

/** Reads the files `INDEX.frames` and `INDEX.result.json` of a folder. */
export function answerReader(folder: string, index: number, nonce: string, onSection: (name: string, status: string) => void): AnswerReader {
  const path = join(folder, `${index}.frames`);
  const result = join(folder, `${index}.result.json`);
  let at = 0;
  let section = '';
  let isFault = false;
  const frames = frameReader(
    nonce,
    (name, status) => {
      section = name;
      onSection(name, status);
    },
    diskSpool(),
  );
  const take = (): void => {
    const handle = openedOrNull(path);
    if (handle === null) return;
    try {
      const piece = Buffer.allocUnsafe(PIECE);
      for (let read = 1; read > 0 && !isFault;) {
        read = readSync(handle, piece, 0, PIECE, at);
        at += read;
        if (read > 0 && frames.push(piece.subarray(0, read)) === 'fault') isFault = true;
      }
    } finally {
      closeSync(handle);
    }
  };
  return {
    poll: () => {
      // First whether it has ended, then what it wrote: what is read then is all of it.
      const ended = endedOrNull(result);
      take();
      if (ended !== null) return { ended, frames: frames.end() };
      return isFault ? 'fault' : 'more';
    },
    end: () => {
      take();
      return frames.end();
    },
    section: () => section,
    remove: (keepFrames) => {
      if (!keepFrames) frames.drop();
      for (const name of ['target.json', 'started', 'frames', 'result.json']) rmSync(join(folder, `${index}.${name}`), { force: true });
    },
  };
}

function openedOrNull(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch {
    return null;
  }
}

function endedOrNull(path: string): Ended | null {
  let value: Json;
  try {
    value = JSON.parse(readFileSync(path, 'utf8').replace(/^\ufeff/, '')) as Json;
  } catch {
    // It is not there yet: it is moved into place as a whole.
    return null;
  }
  if (!isObject(value)) return null;
  const text = (name: string): string => (typeof value[name] === 'string' ? value[name] : '');
  const code = value['code'];
  return { outcome: text('outcome'), code: typeof code === 'number' ? code >>> 0 : 0, id: text('id'), message: text('message') };
}
