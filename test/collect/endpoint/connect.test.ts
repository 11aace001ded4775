import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectInitial, DISCONNECT } from '../../../src/collect/endpoint/connect-initial.ts';
import { type ConnectResponse, connectResponseReader, parseConnectResponse } from '../../../src/collect/endpoint/connect-response.ts';
import { feed } from './chunks.ts';
import { block, connectResponse, CORE, NET, proprietary, security, ULTIMATUM } from './rdp-replies.ts';

describe('an MCS Connect Initial', () => {
  const bytes = connectInitial();
  const hex = bytes.toString('hex');

  it('is one TPKT with lengths that agree, from the outermost to the innermost', () => {
    expect(bytes.readUInt16BE(2)).toBe(bytes.length);
    expect(hex.slice(8, 18)).toBe('02f0807f65');
    expect(bytes.readUInt16BE(10)).toBe(bytes.length - 12);
    const gcc = bytes.indexOf(Buffer.from('000500147c0001', 'hex'));
    expect(bytes.readUInt16BE(gcc - 2)).toBe(bytes.length - gcc);
    expect(bytes.readUInt16BE(gcc + 7) & 0x3fff).toBe(bytes.length - gcc - 9);
    const key = bytes.indexOf('Duca');
    expect(bytes.readUInt16BE(key + 4) & 0x3fff).toBe(bytes.length - key - 6);
  });

  it('has the domain parameters of clients, and the data of one: core, every method, no channel', () => {
    expect(hex).toContain(
      '04010104010101 01ff 3019 020122 020102 020100 020101 020100 020101 0202ffff 020102 3019 020101 020101 020101 020101 020100 020101 02020420 020102 301c 0202ffff 0202fc17 0202ffff 020101 020100 020101 0202ffff 020102'.replaceAll(
        ' ',
        '',
      ),
    );
    const blocks: string[] = [];
    for (let at = bytes.indexOf('Duca') + 6; at < bytes.length; at += bytes.readUInt16LE(at + 2)) {
      const block = bytes.subarray(at, at + bytes.readUInt16LE(at + 2));
      blocks.push(`${block.readUInt16LE(0).toString(16)} ${block.length} ${block.readUInt32LE(4).toString(16)}`);
    }
    expect(blocks).toEqual(['c001 216 80004', 'c002 12 1b', 'c003 8 0']);
  });

  it('ends in order', () => {
    expect(DISCONNECT).toEqual(ULTIMATUM);
  });
});

const HIGH = connectResponse([CORE, NET, security(2, 3, proprietary(2048))]);
const answer = (method: number, level: number, certificate: 'proprietary' | 'x509' | null, keyBits: number | null): ConnectResponse => ({
  kind: 'response',
  security: { version: 0x0008_0004, method, level, certificate, keyBits },
});
const shown = (bytes: Buffer): unknown => {
  const step = feed(connectResponseReader(), bytes);
  return step.state === 'done' ? step.value : step.state === 'bad' ? step.cause : step.state;
};

describe('an answer to it', () => {
  it.each<[string, Buffer, ConnectResponse]>([
    ['high', HIGH, answer(2, 3, 'proprietary', 2048)],
    ['low, with a key of old', connectResponse([CORE, security(1, 1, proprietary(512)), NET]), answer(1, 1, 'proprietary', 512)],
    ['no encryption, and nothing after it', connectResponse([CORE, NET, security(0, 0)]), answer(0, 0, null, null)],
    ['no encryption, with lengths of nothing', connectResponse([CORE, block(0x0c02, Buffer.alloc(16))]), answer(0, 0, null, null)],
    ['a true length of the inner PDU', connectResponse([CORE, NET, security(2, 3, proprietary(2048))], { inner: '81d6' }), answer(2, 3, 'proprietary', 2048)],
    ['a key that is shorter than it claims', connectResponse([CORE, security(2, 3, proprietary(509, 2048))]), answer(2, 3, 'proprietary', 509)],
    ['X.509', connectResponse([CORE, security(2, 3, Buffer.from('0200008002000000', 'hex'))]), answer(2, 3, 'x509', null)],
    ['a certificate of no known kind', connectResponse([CORE, security(2, 3, Buffer.from('0300000002000000', 'hex'))]), answer(2, 3, null, null)],
    ['a certificate that is cut off', connectResponse([CORE, security(2, 3, proprietary(2048).subarray(0, 40))]), answer(2, 3, 'proprietary', null)],
    ['a key of zeros', connectResponse([CORE, security(2, 3, proprietary(2048).fill(0, 36, 300))]), answer(2, 3, 'proprietary', null)],
    ['values that nobody knows', connectResponse([CORE, security(0xffff_ffff, 99)]), answer(0xffff_ffff, 99, null, null)],
    [
      'no core data',
      connectResponse([security(2, 3)]),
      { kind: 'response', security: { version: null, method: 2, level: 3, certificate: null, keyBits: null } },
    ],
    ['a block that nobody knows', connectResponse([block(0x0c08, Buffer.alloc(4)), CORE, security(0, 0)]), answer(0, 0, null, null)],
    ['a refusal of MCS', connectResponse([], { result: 3 }), { kind: 'refused' }],
    ['a refusal of GCC', connectResponse([], { conference: 1 }), { kind: 'refused' }],
    ['a disconnect, by xrdp', ULTIMATUM, { kind: 'disconnect' }],
    ['an X.224 disconnect', Buffer.from('0300000b06800000000000', 'hex'), { kind: 'disconnect' }],
  ])('%s', (_name, bytes, expected) => {
    expect(shown(bytes)).toEqual(expected);
  });

  it.each<[string, Buffer, string]>([
    ['a confirm once more', Buffer.from('030000130ed000001234000200080000000000', 'hex'), 'garbage'],
    ['no security data', connectResponse([CORE, NET]), 'garbage'],
    ['security data twice', connectResponse([security(0, 0), CORE, security(2, 3)]), 'garbage'],
    ['security data that is too short', connectResponse([CORE, block(0x0c02, Buffer.alloc(4))]), 'garbage'],
    ['half of a length', connectResponse([CORE, block(0x0c02, Buffer.alloc(12))]), 'garbage'],
    ['core data that is too short', connectResponse([block(0x0c01, Buffer.alloc(2)), security(0, 0)]), 'garbage'],
    ['lengths beyond the block', connectResponse([CORE, block(0x0c02, Buffer.alloc(16, 0xff))]), 'garbage'],
    ['a block without a length', connectResponse([Buffer.from('010c0000', 'hex')]), 'garbage'],
    ['a block longer than the data', connectResponse([Buffer.from('010cffff00000000', 'hex')]), 'garbage'],
    ["a client's key", connectResponse([CORE, security(0, 0)], { key: 'Duca' }), 'garbage'],
    ['an octet too many', connectResponse([CORE, security(0, 0), Buffer.from([0])]), 'garbage'],
    ['a tag of endless length', Buffer.from('0300001002f0807f660a0a0100000000', 'hex'), 'garbage'],
    ['an indefinite length', Buffer.from('0300000f02f0807f6680 0a0100 0000'.replaceAll(' ', ''), 'hex'), 'garbage'],
    ['a length of four octets', Buffer.from('0300001202f0807f6684ffffffff0a010000', 'hex'), 'garbage'],
    ['a length beyond the packet', Buffer.from('0300001002f0807f6682ffff0a010000', 'hex'), 'garbage'],
    ['20,000 octets', Buffer.from('03004e2002f080', 'hex'), 'too-large'],
    ['half of it', HIGH.subarray(0, 200), 'more'],
  ])('that is none: %s', (_name, bytes, expected) => {
    expect(shown(bytes)).toBe(expected);
  });

  it('is none when the length of MCS goes beyond the packet, though the rest is whole', () => {
    const longer = Buffer.from(HIGH);
    longer.writeUInt16BE(longer.readUInt16BE(10) + 1, 10);
    expect(parseConnectResponse(longer)).toBeUndefined();
  });

  it('is none at any length that it is cut to, though the TPKT says otherwise', () => {
    for (let length = 7; length < HIGH.length; length++) {
      const cut = Buffer.from(HIGH.subarray(0, length));
      cut.writeUInt16BE(length, 2);
      expect(parseConnectResponse(cut)).toBeUndefined();
    }
  });

  it('is the same in any pieces, and never throws, whatever octets are changed', () => {
    const changed = fc
      .array(fc.tuple(fc.nat({ max: HIGH.length - 1 }), fc.integer({ min: 0, max: 255 })), { maxLength: 6 })
      .map((changes) => changes.reduce((bytes, [at, octet]) => (bytes.writeUInt8(octet, at), bytes), Buffer.from(HIGH)));
    const random = fc.uint8Array({ maxLength: 600 }).map((rest) => {
      const bytes = Buffer.concat([Buffer.from('0300000002f0807f66', 'hex'), rest]);
      bytes.writeUInt16BE(bytes.length, 2);
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(changed, random), fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 40 }), (bytes, sizes) => {
        expect(feed(connectResponseReader(), bytes, sizes)).toEqual(feed(connectResponseReader(), bytes));
      }),
      { seed: 125, numRuns: 1500 },
    );
  });
});
