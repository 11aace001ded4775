import { expect, it } from 'vitest';
import { decodeText, TextError } from '../../src/lib/decode.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const bytes = (...list: number[]) => Uint8Array.from(list);

it.each([
  ['plain', utf8('a: é😀'), { text: 'a: é😀', bom: false, encoding: 'utf-8' }],
  ['nothing', bytes(), { text: '', bom: false, encoding: 'utf-8' }],
  ['UTF-8 with a byte order mark', utf8('\ufeffx'), { text: 'x', bom: true, encoding: 'utf-8' }],
  ['only the first mark', utf8('\ufeff\ufeffx'), { text: '\ufeffx', bom: true, encoding: 'utf-8' }],
  ['UTF-16 LE', bytes(0xff, 0xfe, 0x61, 0, 0x3d, 0xd8, 0, 0xde), { text: 'a😀', bom: true, encoding: 'utf-16le' }],
  ['UTF-16 BE', bytes(0xfe, 0xff, 0, 0x61, 0, 0xe9), { text: 'aé', bom: true, encoding: 'utf-16be' }],
])('decodes %s', (_name, input, expected) => {
  expect(decodeText(input)).toEqual(expected);
});

it.each([
  ['a stray byte', bytes(0x61, 0xff), 1, /not valid UTF-8.*byte 1 is 0xff/],
  ['a sequence cut short', bytes(0x61, 0x62, 0xe2, 0x82), 2, /byte 2/],
  ['an overlong form', bytes(0xc0, 0xaf), 0, /byte 0/],
  ['an overlong three-byte form', bytes(0x61, 0xe0, 0x80, 0x80), 1, /byte 1/],
  ['a surrogate', bytes(0xed, 0xa0, 0x80), 0, /byte 0/],
  ['beyond U+10FFFF', bytes(0xf4, 0x90, 0x80, 0x80), 0, /byte 0/],
  ['a fault behind a byte order mark', bytes(0xef, 0xbb, 0xbf, 0x80), 3, /byte 3/],
  ['a binary file', bytes(0x4d, 0x5a, 0x90, 0, 3), 3, /binary.*byte 3/],
  ['UTF-16 without a mark', bytes(0x61, 0, 0x62, 0), 1, /looks like UTF-16/],
  ['UTF-16 of odd length', bytes(0xff, 0xfe, 0x61), 2, /byte 2/],
  ['UTF-16 with half a pair', bytes(0xff, 0xfe, 0x61, 0, 0, 0xdc), 4, /UTF-16LE.*byte 4/],
  ['UTF-16 with a NUL', bytes(0xff, 0xfe, 0x61, 0, 0, 0), 4, /NUL/],
])('refuses %s and names the byte', (_name, input, offset, message) => {
  let caught: unknown;
  try {
    decodeText(input);
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(TextError);
  expect(caught).toMatchObject({ offset, message: expect.stringMatching(message) });
});

it('finds the same fault as the decoder, wherever a byte is broken', () => {
  const good = utf8('aé€😀z');
  for (let at = 0; at < good.length; at++) {
    const broken = Uint8Array.from(good);
    broken[at] = 0xff;
    expect(() => decodeText(broken)).toThrow(TextError);
  }
});
