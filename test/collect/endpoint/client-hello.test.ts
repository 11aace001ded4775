import { describe, expect, it } from 'vitest';
import { clientHello, sniOf, TLS12, TLS13, VERSIONS } from '../../../src/collect/endpoint/client-hello.ts';

interface Hello {
  readonly version: number;
  readonly suites: readonly number[];
  readonly extensions: ReadonlyMap<number, Buffer>;
}

/** Reads a hello as RFC 8446 §4.1.2 lays it out; throws when a length does not fit. */
function parse(bytes: Buffer): Hello {
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new Error(`cut at ${at}`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  const sized = (octets: number): Buffer => take(take(octets).readUIntBE(0, octets));
  const [type] = take(3);
  const record = take(2).readUInt16BE();
  const [message] = take(1);
  const length = take(3).readUIntBE(0, 3);
  expect([type, message, record, length]).toEqual([22, 1, bytes.length - 5, bytes.length - 9]);
  const version = take(2).readUInt16BE();
  take(32);
  sized(1);
  const suites = sized(2);
  expect(sized(1)).toEqual(Buffer.from([0]));
  const end = take(2).readUInt16BE() + at;
  expect(end).toBe(bytes.length);
  const extensions = new Map<number, Buffer>();
  while (at < end) extensions.set(take(2).readUInt16BE(), sized(2));
  return { version, suites: Array.from({ length: suites.length / 2 }, (_, index) => suites.readUInt16BE(index * 2)), extensions };
}

describe('a hello', () => {
  it.each([...VERSIONS])('for version %i is whole, of a length that no server hangs on, and asks for that version alone', (version) => {
    for (const name of [
      'a',
      'rdgw.contoso.com',
      `${'x'.repeat(60)}.contoso.com`,
      `${'y'.repeat(63)}.${'z'.repeat(63)}.${'w'.repeat(63)}.contoso.com`,
      '192.0.2.1',
    ]) {
      const bytes = clientHello(version, name);
      const hello = parse(bytes);
      const length = bytes.length - 5;
      expect(length < 256 || length >= 512).toBe(true);
      expect(hello.version).toBe(Math.min(version, TLS12));
      expect(hello.extensions.get(43)?.toString('hex')).toBe(version === TLS13 ? '020304' : undefined);
      expect(hello.extensions.has(51)).toBe(version === TLS13);
      expect(hello.extensions.get(5)?.toString('hex')).toBe('0100000000');
      // Signature algorithms are of TLS 1.2; servers of old take none.
      expect(hello.extensions.has(13)).toBe(version >= TLS12);
      expect(hello.extensions.get(0)?.toString('latin1').slice(5)).toBe(name === '192.0.2.1' ? undefined : name);
    }
  });

  it('offers no suite without authentication or encryption', () => {
    const never = [0x0001, 0x0002, 0x003b, 0x0018, 0x0034, 0x003a, 0x006c, 0x006d, 0x00a6, 0x00a7, 0xc001, 0xc006, 0xc00b, 0xc010, 0xc015, 0xc018, 0xc019];
    for (const version of VERSIONS) expect(parse(clientHello(version, 'h')).suites.filter((suite) => never.includes(suite))).toEqual([]);
  });

  it('is never the same twice', () => {
    expect(clientHello(TLS12, 'h')).not.toEqual(clientHello(TLS12, 'h'));
  });
});

it.each<[string, string | null]>([
  ['RDGW.contoso.com.', 'rdgw.contoso.com'],
  ['bücher.contoso.com', 'xn--bcher-kva.contoso.com'],
  ['192.0.2.1', null],
  ['2001:db8::1', null],
  ['a\r\nX: y', null],
  ['', null],
  ['0x7f.1', '0x7f.1'],
])('the server name of %j is %j', (name, expected) => {
  expect(sniOf(name)).toBe(expected);
});
