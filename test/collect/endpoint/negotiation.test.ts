import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { probe, type Probed } from '../../../src/collect/endpoint/probe.ts';
import type { Section } from '../../../src/model/snapshot.ts';
import { connectResponse, CORE, failure, NET, proprietary, security, selected, ULTIMATUM } from './rdp-replies.ts';
import { type Scripted, serve } from './servers.ts';

const servers: Scripted[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

interface Heard {
  readonly server: Scripted;
  /** What came on each connection, in order. */
  readonly requests: Buffer[][];
}

const answer = (socket: Socket, reply: Buffer | null): unknown => (reply === null ? socket.end() : socket.write(reply));

/** Answers each request by its mask, hangs up where there is no answer, and meets what comes next on the same connection by `next`. */
async function listener(answers: Readonly<Record<number, Buffer | null>>, next: (socket: Socket, message: Buffer) => void = () => undefined): Promise<Heard> {
  const requests: Buffer[][] = [];
  const server = await serve((socket, index) => {
    const heard: Buffer[] = [];
    requests[index] = heard;
    socket.on('data', (message) => {
      heard.push(message);
      if (heard.length > 1) next(socket, message);
      else answer(socket, answers[message.readUInt32LE(15)] ?? null);
    });
  });
  servers.push(server);
  return { server, requests };
}

/** Long enough for an answer on a busy machine; where none comes, a test waits for the short one. */
const PATIENT = 10_000;
const IMPATIENT = 600;
const look = ({ server }: Heard, timeoutMs = PATIENT): Promise<Probed> =>
  probe({ name: 'rdsh01.contoso.com', rdp: { host: '127.0.0.1', port: server.port }, https: null }, { timeoutMs, pauseMs: 0 });
const masks = ({ requests }: Heard): readonly number[] => requests.flatMap(([first]) => (first?.length === 19 ? [first.readUInt32LE(15)] : []));
const rows = ({ sections }: Probed): readonly unknown[] =>
  ((sections['endpoint.rdpNegotiation']?.data ?? []) as readonly Record<string, unknown>[]).map((row) => [
    row['Requested'],
    row['Selected'] ?? (row['FailureCode'] === null ? (row['Cause'] ?? null) : `F${String(row['FailureCode'])}`),
  ]);
const standardOf = ({ sections }: Probed): Section | undefined => sections['endpoint.rdpStandardSecurity'];
const RESPONSE = connectResponse([CORE, NET, security(2, 3, proprietary(2048))]);

describe('a listener is asked for', () => {
  it('each protocol once, RDSTLS and RDSAAD alone, RDSAAD last', async () => {
    const heard = await listener({ 0: failure(5), 1: failure(5), 3: selected(2), 11: selected(8), 4: selected(4), 16: selected(16) }, (socket) =>
      socket.destroy(),
    );
    const probed = await look(heard);
    expect(masks(heard).slice(0, 6)).toEqual([0, 1, 3, 11, 4, 16]);
    expect(rows(probed)).toEqual([
      [0, 'F5'],
      [1, 'F5'],
      [3, 2],
      [11, 8],
      [4, 4],
      [16, 16],
    ]);
    expect(standardOf(probed)).toEqual({ status: 'absent' });
    // TLS is asked over what clients use, never over RDSTLS or RDSAAD.
    expect(masks(heard).slice(6)).toEqual([3, 3, 3, 3]);
  });

  it('nothing after the first silence', async () => {
    const heard = await listener({ 0: failure(1), 1: selected(1), 3: selected(1), 11: selected(1), 4: Buffer.alloc(0), 16: selected(16) });
    const probed = await look(heard, IMPATIENT);
    expect(rows(probed).at(-1)).toEqual([4, 'silent']);
    expect(masks(heard).filter((mask) => mask > 11)).toEqual([]);
  });

  it.each([
    ['in order', { 16: ULTIMATUM }, [16, null]],
    ['without a word', { 16: null }, [16, 'closed']],
    ['on RDSTLS already', { 4: null, 16: null }, [16, 'closed']],
    ['in silence', { 4: Buffer.alloc(0) }, [4, 'silent']],
  ] as const)('what it knows, though it leaves %s what it does not know', async (_name, odd, last) => {
    const heard = await listener({ 0: failure(3), 1: failure(3), 3: failure(3), 11: failure(3), 4: failure(3), 16: failure(3), ...odd });
    const probed = await look(heard, last[1] === 'silent' ? IMPATIENT : PATIENT);
    expect(rows(probed).at(-1)).toEqual(last);
    // All of standard RDP security and TLS was said before: neither is there.
    expect(probed.sections['endpoint.rdpTls']).toEqual({ status: 'absent' });
    expect(standardOf(probed)).toEqual({ status: 'absent' });
  });

  it('what nobody asked for is kept as it came', async () => {
    const heard = await listener({ 0: selected(2), 1: selected(16), 3: selected(2), 11: selected(2), 4: selected(1), 16: selected(0x8000_0000) }, (socket) =>
      socket.destroy(),
    );
    const probed = await look(heard);
    expect(rows(probed).map((row) => (row as readonly unknown[])[1])).toEqual([2, 16, 2, 2, 1, 0x8000_0000]);
    // Nobody goes on with a protocol that was not offered.
    expect(masks(heard).slice(6)).toEqual([3, 3, 3, 3]);
    expect(standardOf(probed)).toEqual({ status: 'absent' });
  });
});

describe('a listener that takes standard RDP security', () => {
  const RDP = { 0: selected(0), 1: failure(2), 3: failure(2), 11: failure(2), 4: failure(2), 16: failure(2) };

  it('says on the same connection how it encrypts, and is left in order', async () => {
    const heard = await listener(RDP, (socket, message) => {
      if (message.length > 100) socket.write(RESPONSE);
    });
    const probed = await look(heard);
    expect(standardOf(probed)).toEqual({
      status: 'ok',
      data: {
        Address: '127.0.0.1',
        Port: heard.server.port,
        Answer: 'response',
        Version: 0x0008_0004,
        Method: 2,
        Level: 3,
        Certificate: 'proprietary',
        KeyBits: 2048,
        Cause: null,
      },
    });
    expect(heard.server.count()).toEqual({ all: 6, most: 1 });
    expect(heard.requests[0]).toHaveLength(3);
    expect(heard.requests[0]?.[2]).toEqual(ULTIMATUM);
    expect(heard.requests.slice(1).map((messages) => messages.length)).toEqual([1, 1, 1, 1, 1]);
  });

  it('is asked once, though it selects it again and again, as xrdp does', async () => {
    const all = { 0: selected(0), 1: selected(0), 3: selected(0), 11: selected(0), 4: selected(0), 16: ULTIMATUM };
    const heard = await listener(all, (socket, message) => {
      if (message.length > 100) socket.write(RESPONSE);
    });
    await look(heard);
    expect(heard.requests.map((messages) => messages.length)).toEqual([3, 1, 1, 1, 1, 1]);
  });

  it('shows it where a confirm without negotiation data leaves it open', async () => {
    const confirm = Buffer.from('0300000b06d00000123400', 'hex');
    const heard = await listener({ ...RDP, 0: confirm }, (socket, message) => {
      if (message.length > 100) socket.write(RESPONSE);
    });
    expect(standardOf(await look(heard))).toMatchObject({ data: { Answer: 'response', Level: 3 } });
  });

  it.each<[string, (socket: Socket) => void, object]>([
    ['refuses', (socket) => socket.write(connectResponse([], { result: 3 })), { status: 'ok', data: { Answer: 'refused', Level: null, Cause: null } }],
    ['disconnects', (socket) => socket.write(ULTIMATUM), { status: 'ok', data: { Answer: 'disconnect', Cause: null } }],
    ['hangs up', (socket) => socket.destroy(), { status: 'ok', data: { Answer: null, Cause: 'closed' } }],
    ['resets', (socket) => socket.resetAndDestroy(), { status: 'ok', data: { Answer: null, Cause: 'reset' } }],
    ['answers with noise', (socket) => socket.write(Buffer.alloc(400, 0xff)), { status: 'ok', data: { Answer: null, Cause: 'garbage' } }],
    ['confirms once more', (socket) => socket.write(selected(0)), { status: 'ok', data: { Answer: null, Cause: 'garbage' } }],
    [
      'promises too much',
      (socket) => socket.write(Buffer.from([3, 0, 0xff, 0xff])),
      { status: 'error', error: expect.stringMatching(/^too-large:/) as string },
    ],
    ['says nothing more', () => undefined, { status: 'error', error: expect.stringMatching(/^slow:/) as string }],
    ['stops in the middle', (socket) => socket.write(RESPONSE.subarray(0, 50)), { status: 'error', error: expect.stringMatching(/^slow:/) as string }],
  ])('and then %s keeps its negotiation', async (_name, next, expected) => {
    const heard = await listener(RDP, next);
    const probed = await look(heard, 'data' in expected ? PATIENT : IMPATIENT);
    expect(standardOf(probed)).toMatchObject(expected);
    expect(rows(probed)).toEqual([
      [0, 0],
      [1, 'F2'],
      [3, 'F2'],
      [11, 'F2'],
      [4, 'F2'],
      [16, 'F2'],
    ]);
    expect(probed.unseen).toBeNull();
  });

  it('is unknown where a request was not answered', async () => {
    const heard = await listener({ 0: failure(5), 1: failure(5), 3: selected(2), 11: Buffer.alloc(0) });
    expect(standardOf(await look(heard, IMPATIENT))).toMatchObject({ status: 'error' });
  });
});
