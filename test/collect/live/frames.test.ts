import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameReader, type FramesResult, LIMITS, unpack } from '../../../src/collect/live/frames.ts';
import { diskSpool } from '../../../src/collect/live/spool.ts';

const NONCE = '0123456789abcdef0123456789abcdef';

function framesOf(json: string, nonce = NONCE): { begin: string; data: string[]; end: string } {
  const bytes = Buffer.from(json, 'utf8');
  const lines =
    gzipSync(bytes)
      .toString('base64')
      .match(/.{1,76}/g) ?? [];
  return {
    begin: `rdposture-begin ${nonce}\n`,
    data: lines.map((line) => `rdposture-data ${nonce} ${line}\n`),
    end: `rdposture-end ${nonce} ${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}\n`,
  };
}

const whole = (json: string): string => {
  const { begin, data, end } = framesOf(json);
  return begin + data.join('') + end;
};

/** In pieces of the given sizes, over and over. */
function read(bytes: Buffer, sizes: readonly number[] = [bytes.length]): FramesResult {
  const reader = frameReader(NONCE, () => {}, diskSpool(1000));
  for (let at = 0, piece = 0; at < bytes.length; piece++) {
    const size = Math.max(1, sizes[piece % sizes.length] ?? 1);
    if (reader.push(bytes.subarray(at, at + size)) !== 'more') break;
    at += size;
  }
  const result = reader.end();
  if (result.kind !== 'packed') reader.drop();
  return result;
}

const readText = (text: string): FramesResult => read(Buffer.from(text, 'utf8'));

async function snapshotOf(result: FramesResult): Promise<string> {
  if (result.kind !== 'packed') return `(${result.kind === 'fault' ? result.fault.cause : result.kind})`;
  const bytes = await unpack(result);
  return Buffer.isBuffer(bytes) ? bytes.toString('utf8') : `(${bytes.cause})`;
}

describe('frames', () => {
  it('bring back what was sent, however it is cut into pieces and whatever stands between the frames', async () => {
    const babble = fc.string({ maxLength: 40 }).map((text) => text.replaceAll(/[\r\n]|rdposture-/g, ' '));
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 3000 }).map((text) => text.toWellFormed()),
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 }),
        fc.array(babble, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        async (json, sizes, noise, carriage) => {
          const { begin, data, end } = framesOf(json);
          const lines = [begin, ...data, end].flatMap((line, index) => [`${noise[index % noise.length] ?? ''}\n`, line]);
          const text = lines.join('').replaceAll('\n', carriage ? '\r\n' : '\n');
          expect(await snapshotOf(read(Buffer.from(text, 'utf8'), sizes))).toBe(json);
        },
      ),
      { seed: 5, numRuns: 200 },
    );
  });

  it('never throw and never give a snapshot that was not sent, whatever comes', async () => {
    const good = whole('{"a":1}').split('\n');
    const line = fc.oneof(
      fc.constantFrom(...good),
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc
        .constantFrom('begin', 'data', 'end', 'fail', 'section')
        .chain((word) => fc.string({ maxLength: 100 }).map((rest) => `rdposture-${word} ${NONCE} ${rest}`)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 3 }), async (lines, sizes) => {
        const result = await snapshotOf(read(Buffer.from(lines.join('\n'), 'utf8'), sizes));
        expect(result === '{"a":1}' || result.startsWith('(')).toBe(true);
      }),
      { seed: 6, numRuns: 500 },
    );
  });

  it.each([
    ['nothing', '', 'none'],
    ['no frame', 'Windows PowerShell\r\n', 'none'],
    ['another nonce', whole('{}').replaceAll(NONCE, 'f'.repeat(32)), 'none'],
    ['a beginning alone', `rdposture-begin ${NONCE}\n`, 'cut'],
    ['no end', whole('{}').split('rdposture-end')[0] ?? '', 'cut'],
    ['an end that is cut off', whole('{}').slice(0, -20), 'babble'],
    ['two beginnings', `rdposture-begin ${NONCE}\n${whole('{}')}`, 'babble'],
    ['data before the beginning', `rdposture-data ${NONCE} AAAA\n`, 'babble'],
    ['data that is not base64', whole('{}').replace(/ H4sI/, ' H4*I'), 'babble'],
    ['an end without a hash', `rdposture-begin ${NONCE}\nrdposture-end ${NONCE} 2\n`, 'babble'],
    ['more than is allowed, promised', `rdposture-begin ${NONCE}\nrdposture-end ${NONCE} ${LIMITS.snapshotBytes + 1} ${'0'.repeat(64)}\n`, 'too-large'],
    ['a failure without a code', `rdposture-fail ${NONCE}\n`, 'babble'],
    ['a failure', `rdposture-fail ${NONCE} no-right ${Buffer.from('nö').toString('base64')}\n`, 'failed'],
  ])('tell %s apart', (_, text, kind) => {
    const result = readText(text);
    expect(result.kind === 'fault' ? result.fault.cause : result.kind).toBe(kind);
    if (result.kind === 'failed') expect(result).toMatchObject({ code: 'no-right', message: 'nö' });
  });

  it.each([
    ['a hash of something else', (end: string) => end.replace(/[0-9a-f]{64}/, '0'.repeat(64))],
    ['a length that is too short', (end: string) => end.replace(/ \d+ /, ' 1 ')],
    ['a length that is too long', (end: string) => end.replace(/ \d+ /, ' 1000 ')],
  ])('refuse %s', async (_, change) => {
    const { begin, data, end } = framesOf('{"a":1}');
    expect(await snapshotOf(readText(begin + data.join('') + change(end)))).toBe('(babble)');
  });

  it('give up on a host that talks without end, in lines or without', () => {
    for (const piece of [Buffer.from('x'.repeat(65_536)), Buffer.from('talk\n'.repeat(10_000))]) {
      const reader = frameReader(NONCE);
      let pushed = 0;
      while (reader.push(piece) === 'more' && pushed < 100 * LIMITS.babbleBytes) pushed += piece.length;
      expect(pushed).toBeLessThan(2 * LIMITS.babbleBytes);
      const result = reader.end();
      expect(result.kind === 'fault' ? [result.fault.cause, result.fault.detail.length <= 400] : result.kind).toEqual(['babble', true]);
    }
  });

  it('never unpack more than was promised', async () => {
    const { begin, data, end } = framesOf(' '.repeat(50 * 1024 * 1024));
    const small = end.replace(/ \d+ /, ' 100 ');
    expect(await snapshotOf(readText(begin + data.join('') + small))).toBe('(babble)');
  });

  it('put much into a file and leave none behind', async () => {
    const spools = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('rdposture-collect-'));
    const before = spools();
    const json = JSON.stringify(randomBytes(200_000).toString('base64'));
    const spool = diskSpool(10_000);
    const reader = frameReader(NONCE, () => {}, spool);
    reader.push(Buffer.from(whole(json)));
    const made = spools().filter((name) => !before.includes(name));
    expect(made.length).toBeGreaterThan(0);
    expect(await snapshotOf(reader.end())).toBe(json);
    expect(made.some((name) => existsSync(`${tmpdir()}/${name}`))).toBe(false);
  });

  it('tell progress, a bounded number of times', () => {
    const seen: string[] = [];
    const reader = frameReader(NONCE, (name, status) => seen.push(`${name} ${status}`));
    reader.push(Buffer.from(`rdposture-begin ${NONCE}\nrdposture-section ${NONCE} os ok\n`));
    reader.push(Buffer.from(`rdposture-section ${NONCE} x ok\n`.repeat(5000)));
    expect(seen[0]).toBe('os ok');
    expect(seen.length).toBe(LIMITS.sections);
  });
});
