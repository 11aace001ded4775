/** Little-endian, as the data blocks of RDP are. */
const le = (value: number, octets: number): Buffer => {
  const bytes = Buffer.alloc(octets);
  bytes.writeUIntLE(value, 0, octets);
  return bytes;
};

const ber = (tag: readonly number[], body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([...tag, ...(body.length < 0x80 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff])]), body]);

export const block = (type: number, body: Buffer): Buffer => Buffer.concat([le(type, 2), le(body.length + 4, 2), body]);
export const CORE = block(0x0c01, Buffer.concat([le(0x0008_0004, 4), le(0, 4), le(0, 4)]));
export const NET = block(0x0c03, Buffer.concat([le(1003, 2), le(0, 2)]));

/** A proprietary certificate with a key of so many bits; what stands behind the key is not read. */
export function proprietary(bits: number, claimed = bits): Buffer {
  const modulus = Buffer.alloc(Math.ceil(bits / 8), 0xff);
  if (bits % 8 !== 0) modulus[modulus.length - 1] = (1 << (bits % 8)) - 1;
  const padded = Buffer.concat([modulus, Buffer.alloc(8)]);
  const key = Buffer.concat([Buffer.from('RSA1', 'latin1'), le(padded.length, 4), le(claimed, 4), le(modulus.length - 1, 4), le(65_537, 4), padded]);
  return Buffer.concat([le(1, 4), le(1, 4), le(1, 4), le(6, 2), le(key.length, 2), key, le(8, 2), le(72, 2), Buffer.alloc(72)]);
}

export function security(method: number, level: number, certificate: Buffer | null = null): Buffer {
  const rest = certificate === null ? [] : [le(32, 4), le(certificate.length, 4), Buffer.alloc(32, 7), certificate];
  return block(0x0c02, Buffer.concat([le(method, 4), le(level, 4), ...rest]));
}

interface Odd {
  /** Result of MCS, and of GCC. */
  readonly result?: number;
  readonly conference?: number;
  /** Length of the inner PDU as Windows and xrdp write it, which is not its length. */
  readonly inner?: string;
  readonly key?: string;
}

/** An MCS Connect Response in a TPKT, as Windows lays it out ([MS-RDPBCGR] 2.2.1.4). */
export function connectResponse(blocks: readonly Buffer[], { result = 0, conference = 0, inner = '2a', key = 'McDn' }: Odd = {}): Buffer {
  const data = Buffer.concat(blocks);
  const gcc = Buffer.concat([
    Buffer.from(`000500147c0001${inner}14760a0101`, 'hex'),
    Buffer.from([conference, 1, 0xc0, 0]),
    Buffer.from(key, 'latin1'),
    Buffer.from([0x80 | (data.length >> 8), data.length & 0xff]),
    data,
  ]);
  const parameters = Buffer.from('020122020103020100020101020100020101020300fff8020102', 'hex');
  const body = Buffer.concat([ber([0x0a], Buffer.from([result])), ber([0x02], Buffer.from([0])), ber([0x30], parameters), ber([0x04], gcc)]);
  const mcs = Buffer.concat([Buffer.from([2, 0xf0, 0x80]), ber([0x7f, 0x66], body)]);
  return Buffer.concat([Buffer.from([3, 0, (mcs.length + 4) >> 8, (mcs.length + 4) & 0xff]), mcs]);
}

/** Confirms of a negotiation: a selected protocol, or a failure. */
export const selected = (protocol: number): Buffer => Buffer.concat([Buffer.from('030000130ed0000012340002000800', 'hex'), le(protocol, 4)]);
export const failure = (code: number): Buffer => Buffer.concat([Buffer.from('030000130ed0000000000003000800', 'hex'), le(code, 4)]);
export const ULTIMATUM = Buffer.from('0300000902f0802180', 'hex');
