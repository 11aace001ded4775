import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certificateList, flightReader, serverHello } from '../../../src/collect/endpoint/server-flight.ts';
import { feed } from './chunks.ts';

const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
const sized = (octets: number, body: Buffer): Buffer => {
  const length = Buffer.alloc(octets);
  length.writeUIntBE(body.length, 0, octets);
  return Buffer.concat([length, body]);
};
const message = (type: number, body: Buffer): Buffer => Buffer.concat([Buffer.from([type]), sized(3, body)]);
const record = (type: number, body: Buffer): Buffer => Buffer.concat([Buffer.from([type, 3, 3]), sized(2, body)]);
const hello = (version: number, suite = 0xc02f, extensions: Buffer | null = null): Buffer =>
  message(
    2,
    Buffer.concat([
      u16(version),
      Buffer.alloc(32, 7),
      sized(1, Buffer.alloc(3)),
      u16(suite),
      Buffer.from([0]),
      ...(extensions === null ? [] : [sized(2, extensions)]),
    ]),
  );
const certificates = (...ders: readonly Buffer[]): Buffer => message(11, sized(3, Buffer.concat(ders.map((der) => sized(3, der)))));
const status = (der: Buffer): Buffer => message(22, Buffer.concat([Buffer.from([1]), sized(3, der)]));
const DONE = message(14, Buffer.alloc(0));
const V13 = Buffer.concat([u16(43), u16(2), u16(0x0304)]);
const A = Buffer.from('first certificate');
const B = Buffer.from('second');

const whole = (bytes: Buffer): unknown => {
  const step = feed(flightReader(), bytes);
  return step.state === 'done'
    ? { ...step.value, chain: step.value.chain.map(String), stapled: step.value.stapled?.toString() ?? null }
    : step.state === 'bad'
      ? step.cause
      : 'more';
};

describe("a server's first flight", () => {
  it.each<[string, Buffer, unknown]>([
    [
      'TLS 1.2 in one record',
      record(22, Buffer.concat([hello(0x0303), certificates(A, B), DONE])),
      { selected: 0x0303, suite: 0xc02f, alert: null, chain: ['first certificate', 'second'], stapled: null },
    ],
    [
      'a stapled status',
      record(22, Buffer.concat([hello(0x0303), certificates(A), status(B), DONE])),
      { selected: 0x0303, suite: 0xc02f, alert: null, chain: ['first certificate'], stapled: 'second' },
    ],
    ['TLS 1.3 ends with its hello', record(22, hello(0x0303, 0x1301, V13)), { selected: 0x0304, suite: 0x1301, alert: null, chain: [], stapled: null }],
    [
      'an older version than was offered',
      record(22, Buffer.concat([hello(0x0301, 0x2f), certificates(A), DONE])),
      expect.objectContaining({ selected: 0x0301 }),
    ],
    ['an alert', record(21, Buffer.from([2, 70])), { selected: null, suite: null, alert: 70, chain: [], stapled: null }],
    [
      'a warning, then a flight',
      Buffer.concat([record(21, Buffer.from([1, 112])), record(22, Buffer.concat([hello(0x0303), DONE]))]),
      expect.objectContaining({ selected: 0x0303, alert: null }),
    ],
    [
      'a flight that ends in an alert',
      Buffer.concat([record(22, hello(0x0303)), record(21, Buffer.from([2, 80]))]),
      expect.objectContaining({ selected: 0x0303, alert: 80 }),
    ],
    ['a close_notify', record(21, Buffer.from([1, 0])), expect.objectContaining({ alert: 0 })],
    ['half a flight', record(22, Buffer.concat([hello(0x0303), certificates(A)])), 'more'],
    [
      'a message over three records',
      Buffer.concat(splitIn(Buffer.concat([hello(0x0303), certificates(A), DONE]), 3).map((part) => record(22, part))),
      expect.objectContaining({ chain: ['first certificate'] }),
    ],
    ['an HTTP answer', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'garbage'],
    ['what xrdp says when it has no key', Buffer.from('0300000902f0802180', 'hex'), 'garbage'],
    ['application data', record(23, Buffer.from('x')), 'garbage'],
    ['an empty record', record(22, Buffer.alloc(0)), 'garbage'],
    ['a record that is too long', Buffer.from([22, 3, 3, 0xff, 0xff]), 'garbage'],
    ['certificates before a hello', record(22, certificates(A)), 'garbage'],
    ['two hellos', record(22, Buffer.concat([hello(0x0303), hello(0x0303)])), 'garbage'],
    ['a message of 16 MB', record(22, Buffer.concat([hello(0x0303), Buffer.from([11, 0xff, 0xff, 0xff])])), 'too-large'],
    [
      'a list of certificates that lies about its length',
      record(22, Buffer.concat([hello(0x0303), message(11, Buffer.from([0, 0, 9, 0, 0, 1, 5]))])),
      'garbage',
    ],
    [
      'an endless flight',
      Buffer.concat(Array.from({ length: 20 }, () => record(22, message(12, Buffer.alloc(16_000)))).toSpliced(0, 0, record(22, hello(0x0303)))),
      'too-large',
    ],
  ])('%s', (_name, bytes, expected) => {
    expect(whole(bytes)).toEqual(expected);
  });

  it('is the same in any pieces', () => {
    const bytes = record(22, Buffer.concat([hello(0x0303), certificates(A, B), status(B), DONE]));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 120 }), fc.integer({ min: 1, max: 20 }), (sizes, records) => {
        const split = Buffer.concat(splitIn(bytes.subarray(5), records).map((part) => record(22, part)));
        expect(feed(flightReader(), split, sizes)).toEqual(feed(flightReader(), bytes));
      }),
      { seed: 5246, numRuns: 200 },
    );
  });

  it('never throws and says the same of garbage in any pieces', () => {
    const start = Buffer.concat([record(22, hello(0x0303))]);
    fc.assert(
      fc.property(fc.boolean(), fc.uint8Array({ maxLength: 300 }), fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 }), (begun, octets, sizes) => {
        const bytes = begun ? Buffer.concat([start, Buffer.from([22, 3, 3, 0, 50]), octets]) : Buffer.from(octets);
        const [one, other] = [feed(flightReader(), bytes), feed(flightReader(), bytes, sizes)];
        expect(other).toEqual(one);
      }),
      { seed: 8446, numRuns: 500 },
    );
  });

  it('costs no more when it comes one octet at a time', () => {
    const bytes = Buffer.concat([record(22, hello(0x0303)), ...Array.from({ length: 20_000 }, () => record(22, Buffer.from([12])))]);
    const reader = flightReader();
    for (const octet of bytes) reader.push(Buffer.from([octet]));
  });
});

describe('its parts', () => {
  it('reads a hello without extensions, and none that is cut', () => {
    const body = hello(0x0302, 0x2f).subarray(4);
    expect(serverHello(body)).toEqual({ version: 0x0302, suite: 0x2f });
    for (let length = 0; length < body.length; length++) expect(serverHello(body.subarray(0, length))).toBeUndefined();
  });

  it('takes sixteen certificates and no more', () => {
    const list = (count: number): Buffer => certificates(...Array.from({ length: count }, () => A)).subarray(4);
    expect(certificateList(list(16))).toHaveLength(16);
    expect(certificateList(list(17))).toBeUndefined();
    expect(certificateList(list(0))).toEqual([]);
  });
});

function splitIn(bytes: Buffer, parts: number): Buffer[] {
  const size = Math.ceil(bytes.length / parts);
  return Array.from({ length: parts }, (_, index) => bytes.subarray(index * size, (index + 1) * size)).filter((part) => part.length > 0);
}
