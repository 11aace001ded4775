import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headReader, parseHead, schemesOf } from '../../../src/collect/endpoint/http-head.ts';
import { feed } from './chunks.ts';

const headOf = (text: string): unknown => {
  const step = feed(headReader(), Buffer.from(text, 'latin1'));
  return step.state === 'done' ? step.value : step.state === 'bad' ? step.cause : 'more';
};

describe('the head of an answer', () => {
  it.each<[string, string, unknown]>([
    [
      'a gateway',
      'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nwww-authenticate:  NTLM \r\n\r\nbody',
      {
        status: 401,
        headers: [
          ['www-authenticate', 'Negotiate'],
          ['www-authenticate', 'NTLM'],
        ],
      },
    ],
    ['no reason', 'HTTP/1.0 404\r\n\r\n', { status: 404, headers: [] }],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', 'garbage'],
    ['HTTP/2 by itself', 'HTTP/2 200\r\n\r\n', 'garbage'],
    ['a status that is none', 'HTTP/1.1 999 x\r\n\r\n', 'garbage'],
    ['a folded header', 'HTTP/1.1 200 OK\r\nA: 1\r\n 2\r\n\r\n', 'garbage'],
    ['a header without a name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n', 'garbage'],
    ['too many headers', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(300)}\r\n`, 'garbage'],
    ['64 kB without an end', `HTTP/1.1 200 OK\r\nA: ${'x'.repeat(70_000)}`, 'too-large'],
    ['half of it', 'HTTP/1.1 200 OK\r\nA: 1\r\n', 'more'],
    ['nothing but line feeds', 'HTTP/1.1 200 OK\n\n', 'more'],
  ])('%s', (_name, text, expected) => {
    expect(headOf(text)).toEqual(expected);
  });

  it('is the same in any pieces', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 60 }), (text, sizes) => {
        const bytes = Buffer.from(`HTTP/1.1 401 x\r\nA: ${text}\r\n\r\n`);
        expect(feed(headReader(), bytes, sizes)).toEqual(feed(headReader(), bytes));
      }),
      { seed: 9112, numRuns: 300 },
    );
  });
});

describe('the schemes', () => {
  it.each<[readonly string[], readonly string[]]>([
    [
      ['Negotiate', 'NTLM'],
      ['Negotiate', 'NTLM'],
    ],
    [['Negotiate, NTLM'], ['Negotiate', 'NTLM']],
    [['Basic realm="a, b", NTLM'], ['Basic', 'NTLM']],
    [['Digest realm="x", nonce="y", qop="auth"'], ['Digest']],
    [['Negotiate YII='], ['Negotiate']],
    [['NTLM', 'NTLM'], ['NTLM']],
    [[''], []],
    [['<script>'], []],
  ])('of %j are %j', (values, expected) => {
    const head = parseHead(['HTTP/1.1 401 x', ...values.map((value) => `WWW-Authenticate: ${value}`)].join('\r\n'));
    expect(head === undefined ? null : schemesOf(head)).toEqual(expected);
  });
});
