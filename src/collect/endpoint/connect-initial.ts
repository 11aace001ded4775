/** Methods of standard RDP security ([MS-RDPBCGR] 2.2.1.3.3): 40, 128 and 56 bits of RC4, FIPS. A server selects one of what is offered. */
const METHODS = 0x01 | 0x02 | 0x08 | 0x10;

/** Told to the server as the client's name: whoever reads its log should see who asked. */
const CLIENT_NAME = 'rdposture';

/**
 * MCS Connect Initial with a GCC Conference Create Request ([MS-RDPBCGR] 2.2.1.3), for standard RDP security: what a client says
 * of itself, every method, and no channel. It names no user.
 */
export function connectInitial(): Buffer {
  const blocks = Buffer.concat([core(), block(0xc002, u32(METHODS), u32(0)), block(0xc003, u32(0))]);
  const conference = Buffer.concat([Buffer.from('000800100001c00044756361', 'hex'), perLength(blocks.length), blocks]);
  const userData = Buffer.concat([Buffer.from('000500147c0001', 'hex'), perLength(conference.length), conference]);
  const body = Buffer.concat([
    // Both domain selectors are 1, and the flag says upward.
    Buffer.from('0401010401010101ff', 'hex'),
    domainParameters(34, 2, 0, 65_535),
    domainParameters(1, 1, 1, 1056),
    domainParameters(65_535, 64_535, 65_535, 65_535),
    ber([0x04], userData),
  ]);
  return tpktData(ber([0x7f, 0x65], body));
}

/** MCS Disconnect Provider Ultimatum, asked for by the user: the orderly end of a connection that goes no further. */
export const DISCONNECT = tpktData(Buffer.from([0x21, 0x80]));

/** One X.224 data unit in a TPKT. */
function tpktData(mcs: Buffer): Buffer {
  const header = Buffer.from([3, 0, 0, 0, 2, 0xf0, 0x80]);
  header.writeUInt16BE(header.length + mcs.length, 2);
  return Buffer.concat([header, mcs]);
}

/** T.125 DomainParameters; the four that are the same in every set stand between and after those that are not. */
function domainParameters(channels: number, users: number, tokens: number, pduSize: number): Buffer {
  return ber([0x30], ...[channels, users, tokens, 1, 0, 1, pduSize, 2].map(integer));
}

/** As clients write it: 65,535 takes two octets, which strict BER would read as -1. */
function integer(value: number): Buffer {
  return value < 0x80 ? Buffer.from([2, 1, value]) : Buffer.from([2, 2, value >> 8, value & 0xff]);
}

function core(): Buffer {
  const name = Buffer.alloc(32);
  name.write(CLIENT_NAME, 'utf16le');
  return block(
    0xc001,
    u32(0x0008_0004), // RDP 5.0 to 8.1
    u16(1024),
    u16(768),
    u16(0xca01), // 8 bits a pixel, overridden below
    u16(0xaa03),
    u32(0x409),
    u32(2600),
    name,
    u32(4), // keyboard of 101 or 102 keys
    u32(0),
    u32(12),
    Buffer.alloc(64),
    u16(0xca01),
    u16(1),
    u32(0),
    u16(16), // highColorDepth
    u16(0x07), // supportedColorDepths: 24, 16 and 15 bits
    u16(0x01), // earlyCapabilityFlags: reads error codes
    Buffer.alloc(64),
    Buffer.from([0, 0]),
    u32(0), // serverSelectedProtocol: standard RDP security
  );
}

function block(type: number, ...fields: readonly Buffer[]): Buffer {
  const body = Buffer.concat(fields);
  return Buffer.concat([u16(type), u16(body.length + 4), body]);
}

function ber(tag: readonly number[], ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.length < 0x80 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([...tag, ...length]), body]);
}

/** Two octets, whatever the length: every decoder takes them. */
function perLength(length: number): Buffer {
  return Buffer.from([0x80 | (length >> 8), length & 0xff]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
