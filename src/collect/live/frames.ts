import { hash } from 'node:crypto';
import { gunzip } from 'node:zlib';
import type { Cause } from './causes.ts';
import { memorySpool, type Spool } from './spool.ts';

/** What a host may send. */
export const LIMITS = {
  /** Decoded snapshot: 64 MiB, as the request says. */
  snapshotBytes: 64 * 1024 * 1024,
  /** Text that is no frame: 1 MiB, and the host is given up. */
  babbleBytes: 1024 * 1024,
  /** A line that is longer is no frame. */
  lineBytes: 4096,
  /** Progress lines: a collector has some dozens of sections. */
  sections: 1000,
} as const;

/** Kept of what is no frame, for the problem's text. */
const KEPT_BABBLE = 400;
/** Base64 is decoded in pieces of about this length. */
const PIECE = 64 * 1024;

export interface Fault {
  readonly cause: Cause;
  /** What was seen, for people; hostile text. */
  readonly detail: string;
}

/** A complete snapshot that waits to be unpacked. */
export interface Packed {
  readonly spool: Spool;
  readonly length: number;
  readonly sha256: string;
}

/** What a host's output came to: the whole of a snapshot, still packed; or what it said; or what is wrong with it. */
export type FramesResult =
  | ({ readonly kind: 'packed' } & Packed)
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'fault'; readonly fault: Fault }
  /** No frame at all. */
  | { readonly kind: 'none'; readonly babble: string };

export interface FrameReader {
  /** `done` and `fault`: nothing that follows matters. */
  readonly push: (chunk: Buffer) => 'more' | 'done' | 'fault';
  readonly end: () => FramesResult;
  /** Gives up what was kept. */
  readonly drop: () => void;
}

const LF = 0x0a;
const CR = 0x0d;
const FAIL_CODE = /^[a-z][a-z0-9-]{0,39}$/;
const END = /^(\d{1,10}) ([0-9a-fA-F]{64})$/;

/**
 * Reads the frames of one host from the bytes of its standard output. Memory is bounded whatever comes: packed bytes go to the
 * spool, a line has a greatest length, and text that is no frame is counted and thrown away.
 */
export function frameReader(nonce: string, onSection: (name: string, status: string) => void = () => {}, spool: Spool = memorySpool()): FrameReader {
  const dataPrefix = Buffer.from(`rdposture-data ${nonce} `, 'latin1');
  let partial: Buffer[] = [];
  let partialBytes = 0;
  let isLong = false;
  let began = false;
  let finished: FramesResult | null = null;
  let babbleBytes = 0;
  let babble = '';
  let text = '';
  let sections = 0;
  let packedBytes = 0;
  let isLastPiece = false;

  const fault = (cause: Cause, detail: string): void => {
    finished ??= { kind: 'fault', fault: { cause, detail } };
  };

  const addBabble = (bytes: number, line: string): void => {
    babbleBytes += bytes;
    if (babble.length < KEPT_BABBLE && line.trim() !== '') babble = `${babble}${babble === '' ? '' : ' '}${line.trim()}`.slice(0, KEPT_BABBLE);
    if (babbleBytes > LIMITS.babbleBytes) fault('babble', babble);
  };

  /** Decodes what has come in; strict, though Node's decoder is not: it leaves out what it does not know. */
  const flush = (): void => {
    if (text === '' || finished !== null) return;
    const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
    const bytes = Buffer.from(text, 'base64');
    if (isLastPiece || text.length % 4 !== 0 || bytes.length !== (text.length / 4) * 3 - padding) return fault('babble', 'a data line is not base64');
    isLastPiece = padding > 0;
    text = '';
    packedBytes += bytes.length;
    // What is packed is never larger than what it holds, but for a header.
    if (packedBytes > LIMITS.snapshotBytes + PIECE) return fault('too-large', `more than ${LIMITS.snapshotBytes} bytes`);
    spool.add(bytes);
  };

  const addData = (line: string): void => {
    if (!began) return fault('babble', 'data before the beginning');
    text += line;
    if (text.length >= PIECE || line.length % 4 !== 0 || line.endsWith('=')) flush();
  };

  const control = (line: string, bytes: number): void => {
    const words = line.slice(line.indexOf('rdposture-')).split(' ');
    if (words[0] === 'rdposture-begin' && words[1] === nonce && words.length === 2) {
      if (began) return fault('babble', 'two beginnings');
      began = true;
    } else if (words[0] === 'rdposture-section' && words[1] === nonce && words.length === 4) {
      if (++sections <= LIMITS.sections) onSection(words[2] ?? '', words[3] ?? '');
      else addBabble(bytes, '');
    } else if (words[0] === 'rdposture-end' && words[1] === nonce && began) {
      finishData(words.slice(2).join(' '));
    } else if (words[0] === 'rdposture-fail' && words[1] === nonce && words.length <= 4) {
      const code = words[2] ?? '';
      if (!FAIL_CODE.test(code)) return fault('babble', 'a failure without a code');
      finished ??= {
        kind: 'failed',
        code,
        message: Buffer.from(words[3] ?? '', 'base64')
          .toString('utf8')
          .slice(0, 1000),
      };
    } else addBabble(bytes, line);
  };

  const finishData = (rest: string): void => {
    flush();
    const match = END.exec(rest);
    if (finished !== null) return;
    if (match === null) return fault('babble', 'an end without length and hash');
    const length = Number(match[1]);
    if (length > LIMITS.snapshotBytes) return fault('too-large', `${length} bytes`);
    finished = { kind: 'packed', spool, length, sha256: (match[2] ?? '').toLowerCase() };
  };

  const onLine = (line: Buffer): void => {
    const end = line.length > 0 && line[line.length - 1] === CR ? line.length - 1 : line.length;
    if (end > dataPrefix.length && line.compare(dataPrefix, 0, dataPrefix.length, 0, dataPrefix.length) === 0) {
      addData(line.toString('latin1', dataPrefix.length, end));
      return;
    }
    const words = line.toString('latin1', 0, end);
    if (words.includes('rdposture-')) control(words, line.length + 1);
    else addBabble(line.length + 1, words);
  };

  const keep = (piece: Buffer): void => {
    if (isLong) return addBabble(piece.length, '');
    partialBytes += piece.length;
    if (partialBytes > LIMITS.lineBytes) {
      addBabble(partialBytes, Buffer.concat([...partial, piece]).toString('latin1', 0, KEPT_BABBLE));
      isLong = true;
      partial = [];
    } else if (piece.length > 0) partial.push(piece);
  };

  const endLine = (piece: Buffer): void => {
    keep(piece);
    if (!isLong) onLine(partial.length === 1 && partial[0] !== undefined ? partial[0] : Buffer.concat(partial));
    partial = [];
    partialBytes = 0;
    isLong = false;
  };

  return {
    push: (chunk) => {
      let from = 0;
      while (finished === null) {
        const at = chunk.indexOf(LF, from);
        if (at < 0) break;
        endLine(chunk.subarray(from, at));
        from = at + 1;
      }
      // A copy: what is kept of a chunk would keep the whole of it.
      if (finished === null && from < chunk.length) keep(Buffer.from(chunk.subarray(from)));
      return finished === null ? 'more' : finished.kind === 'fault' ? 'fault' : 'done';
    },
    end: () => {
      if (finished === null && partialBytes > 0) endLine(Buffer.alloc(0));
      if (finished !== null) return finished;
      spool.drop();
      return began ? { kind: 'fault', fault: { cause: 'cut', detail: babble } } : { kind: 'none', babble };
    },
    drop: () => spool.drop(),
  };
}

/** Unpacks and checks; never more than was promised, and that is bounded. */
export async function unpack(packed: Packed): Promise<Buffer | Fault> {
  const bytes = await new Promise<Buffer | Fault>((done) => {
    gunzip(packed.spool.take(), { maxOutputLength: Math.max(1, packed.length) }, (error, result) =>
      done(error === null ? result : { cause: 'babble', detail: `the data could not be unpacked (${'code' in error ? String(error.code) : error.name})` }),
    );
  });
  if (!Buffer.isBuffer(bytes)) return bytes;
  if (bytes.length !== packed.length) return { cause: 'babble', detail: `${bytes.length} bytes came where ${packed.length} were promised` };
  if (hash('sha256', bytes) !== packed.sha256) return { cause: 'babble', detail: 'the data is not what its hash says' };
  return bytes;
}
