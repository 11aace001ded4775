import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Confirm, confirmReader, connectionRequest } from '../../../src/collect/endpoint/x224.ts';
import { feed } from './chunks.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('a connection request', () => {
  it.each([
    [0, '0300 0013 0e e0 0000 0000 00 01 00 0800 00000000'],
    [1, '0300 0013 0e e0 0000 0000 00 01 00 0800 01000000'],
    [0x0b, '0300 0013 0e e0 0000 0000 00 01 00 0800 0b000000'],
  ])('for %i is what the specification says', (protocols, bytes) => {
    expect(connectionRequest(protocols).toString('hex')).toBe(hex(bytes).toString('hex'));
  });
});

describe('an answer to it', () => {
  it.each<[string, string, Confirm | 'garbage' | 'too-large' | 'more']>([
    ['TLS, by xrdp', '0300 0013 0e d0 0000 1234 00 02 01 0800 01000000', { kind: 'response', selected: 1, flags: 1 }],
    ['CredSSP with flags', '0300 0013 0e d0 0000 1234 00 02 1f 0800 02000000', { kind: 'response', selected: 2, flags: 0x1f }],
    ['CredSSP required', '0300 0013 0e d0 0000 0000 00 03 00 0800 05000000', { kind: 'failure', code: 5, flags: 0 }],
    ['a code that nobody knows', '0300 0013 0e d0 0000 0000 00 03 00 0800 63000000', { kind: 'failure', code: 99, flags: 0 }],
    ['a protocol that nobody asked for', '0300 0013 0e d0 0000 0000 00 02 00 0800 ffffffff', { kind: 'response', selected: 0xffffffff, flags: 0 }],
    ['no negotiation data, by an old server', '0300 000b 06 d0 0000 1234 00', { kind: 'no-negotiation' }],
    ['an MCS disconnect, by xrdp', '0300 0009 02 f0 80 21 80', { kind: 'disconnect' }],
    ['an X.224 disconnect', '0300 000b 06 80 0000 0000 00', { kind: 'disconnect' }],
    ['something after it', '0300 000b 06 d0 0000 1234 00 ffff', { kind: 'no-negotiation' }],
    ['a banner of SSH', '5353 482d 322e 302d', 'garbage'],
    ['an HTTP answer', '4854 5450 2f31 2e31', 'garbage'],
    ['an alert of TLS', '1503 0100 0202 28', 'garbage'],
    ['version 4', '0400 0013', 'garbage'],
    ['a reserved octet', '0301 0013', 'garbage'],
    ['shorter than its header', '0300 0004', 'garbage'],
    ['a length of 65,535', '0300 ffff', 'too-large'],
    ['a negotiation of another length', '0300 0013 0e d0 0000 0000 00 02 00 0900 01000000', 'garbage'],
    ['a negotiation of another type', '0300 0013 0e d0 0000 0000 00 07 00 0800 01000000', 'garbage'],
    ['a request', '0300 0013 0e e0 0000 0000 00 01 00 0800 00000000', 'garbage'],
    ['data that is no disconnect', '0300 0009 02 f0 80 68 00', 'garbage'],
    ['half of it', '0300 0013 0e d0 0000', 'more'],
  ])('%s', (_name, bytes, expected) => {
    const step = feed(confirmReader(), hex(bytes));
    expect(step.state === 'done' ? step.value.confirm : step.state === 'bad' ? step.cause : step.state).toEqual(expected);
  });

  it('keeps its octets', () => {
    const step = feed(confirmReader(), hex('0300 000b 06 d0 0000 1234 00 ffff'));
    expect(step.state === 'done' ? step.value.bytes.toString('hex') : '').toBe('0300000b06d00000123400');
  });

  it('is the same in any pieces, and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 600 }),
          fc.uint8Array({ maxLength: 40 }).map((rest) => Buffer.concat([Buffer.from([3, 0, 0, 19, 14, 0xd0]), rest])),
        ),
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 80 }),
        (octets, sizes) => {
          const bytes = Buffer.from(octets);
          const whole = feed(confirmReader(), bytes);
          expect(feed(confirmReader(), bytes, sizes)).toEqual(whole);
        },
      ),
      { seed: 224, numRuns: 400 },
    );
  });
});
