import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

/** Protocol versions as TLS writes them; each is asked for alone. */
export const VERSIONS = [0x0301, 0x0302, 0x0303, 0x0304] as const;
export type Version = (typeof VERSIONS)[number];
export const TLS12: Version = 0x0303;
export const TLS13: Version = 0x0304;

/**
 * Suites that authenticate the server, strongest first. No anonymous and no NULL suite: such a handshake would show no
 * certificate. Weak ones are in it, since a server that has nothing else still speaks the version.
 */
export const SUITES = [
  0xc02c, 0xc02b, 0xcca9, 0xc030, 0xc02f, 0xcca8, 0x009f, 0x009e, 0xccaa, 0xc0ad, 0xc0ac, 0xc024, 0xc023, 0xc028, 0xc027, 0xc00a, 0xc009, 0xc014, 0xc013,
  0x006b, 0x0067, 0x0039, 0x0033, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f, 0xc05d, 0xc05c, 0xc061, 0xc060, 0x0088, 0x0045, 0x0084, 0x0041, 0xc008,
  0xc012, 0x0016, 0x000a, 0xc007, 0xc011, 0x0005, 0x0004, 0x006a, 0x0040, 0x0038, 0x0032, 0x0013,
];
const SUITES_13 = [0x1302, 0x1301, 0x1303, 0x1304, 0x1305];
/** Says that renegotiation is safe (RFC 5746) without an extension. */
const RENEGOTIATION = 0x00ff;

/** Wide on purpose: a certificate on a curve that is not offered stays hidden. */
const GROUPS = [0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x0016, 0x001a, 0x001b, 0x001c, 0x0013, 0x0015, 0x0100, 0x0101];
/** Also RSASSA-PSS keys, SHA-1, DSA and brainpool, for the same reason. */
const SIGNATURES = [
  0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x081a, 0x081b, 0x081c, 0x0401, 0x0501, 0x0601, 0x0303, 0x0301,
  0x0203, 0x0201, 0x0402, 0x0502, 0x0302, 0x0202,
];

/**
 * A ClientHello for one version only, in one record. It is asked for the certificate's status as well (RFC 6066). Made by
 * hand, because a library answers for old versions, suites and curves itself instead of asking the server.
 */
export function clientHello(version: Version, serverName: string): Buffer {
  const is13 = version === TLS13;
  const suites = is13 ? SUITES_13 : [...SUITES, RENEGOTIATION];
  const fields = [
    u16(is13 ? TLS12 : version),
    randomBytes(32),
    withLength(1, randomBytes(is13 ? 32 : 0)),
    withLength(2, ...suites.map(u16)),
    withLength(1, Buffer.from([0])),
  ];
  const found = extensions(version, serverName);
  const body = Buffer.concat([...fields, withLength(2, ...found, ...padding(Buffer.concat([...fields, ...found]).length + 6))]);
  const message = Buffer.concat([Buffer.from([1]), withLength(3, body)]);
  // Servers of old look at the version of the record, too: 1.0 is what every one takes.
  return Buffer.concat([Buffer.from([22]), u16(0x0301), withLength(2, message)]);
}

/** Some servers hang on a hello of 256 to 511 octets: RFC 7685 fills it up. */
function padding(length: number): Buffer[] {
  return length < 256 || length >= 512 ? [] : [extension(21, Buffer.alloc(Math.max(1, 512 - length - 4)))];
}

export function extensions(version: Version, serverName: string): Buffer[] {
  const found: Buffer[] = [];
  const name = sniOf(serverName);
  if (name !== null) found.push(extension(0, withLength(2, Buffer.from([0]), withLength(2, Buffer.from(name, 'latin1')))));
  found.push(extension(5, Buffer.from([1, 0, 0, 0, 0])), extension(10, withLength(2, ...GROUPS.map(u16))));
  if (version !== TLS13) found.push(extension(11, withLength(1, Buffer.from([0]))), extension(23));
  if (version >= TLS12) found.push(extension(13, withLength(2, ...SIGNATURES.map(u16))));
  if (version === TLS13) {
    found.push(extension(43, withLength(1, u16(TLS13))));
    // Any 32 octets are a point of X25519: the handshake ends with the server's first message.
    found.push(extension(51, withLength(2, u16(0x001d), withLength(2, randomBytes(32)))));
  }
  return found;
}

/** A host name as RFC 6066 allows it in server_name, in A-labels; null for an address, or for what is no name. */
export function sniOf(name: string): string | null {
  const trimmed = name.replace(/\.$/, '');
  // Names in ASCII are taken as they are: domainToASCII reads `0x7f.1` as an address.
  const plain = /^[\x21-\x7e]*$/.test(trimmed) ? trimmed.toLowerCase() : domainToASCII(trimmed);
  return isIP(plain) === 0 && /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(plain) && plain.length <= 253 ? plain : null;
}

const extension = (type: number, ...parts: readonly Buffer[]): Buffer => Buffer.concat([u16(type), withLength(2, ...parts)]);

export function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

export function withLength(octets: 1 | 2 | 3, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(octets);
  length.writeUIntBE(body.length, 0, octets);
  return Buffer.concat([length, body]);
}
