import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeDtls } from '../../src/collect/endpoint/dtls.ts';
import { probe, type Probed } from '../../src/collect/endpoint/probe.ts';
import type { Fact } from '../../src/model/fact.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { SECTIONS } from '../../src/model/sections/index.ts';
import { normaliseEndpoint } from '../../src/normalise/endpoint/normalise.ts';
import { unify } from '../../src/normalise/unify.ts';
import { rsaKey } from '../support/keys.ts';
import { CLIENT_AUTH, makeCertificate, type MadeCertificate, SERVER_AUTH } from '../support/x509.ts';
import {
  freshFolder,
  missing,
  OPENSSL,
  pemOf,
  type Peer,
  sClient,
  type Site,
  startDisplay,
  startDtls,
  startNginx,
  startShadow,
  startXrdp,
  writeChain,
} from './endpoint-peers.ts';

const LIMITS = { timeoutMs: 5000, pauseMs: 10 };
const NOW = '2026-07-01T00:00:00Z';
const HOST = 'rdgw.contoso.com';

const ROOT = makeCertificate({ commonName: 'Contoso Root', ca: true, keyUsage: 0x04 });
const ISSUING = makeCertificate({ commonName: 'Contoso Issuing', issuer: ROOT, ca: true, keyUsage: 0x04 });
const issued = (commonName: string, more: Parameters<typeof makeCertificate>[0] = {}): MadeCertificate =>
  makeCertificate({ commonName, issuer: ISSUING, dnsNames: [HOST], eku: [SERVER_AUTH], keyUsage: 0xa0, ...more });
const GOOD = issued('good');
const LISTENER = issued('listener', { dnsNames: ['rdsh01.contoso.com'] });

const folder = freshFolder();
afterAll(() => folder.remove());

function factsOf(name: string, { sections }: Probed): readonly Fact[] {
  // As a file would give them back.
  const written = JSON.parse(JSON.stringify(sections)) as Probed['sections'];
  const { snapshot, problems } = unify({ schemaVersion: 1, target: { kind: 'endpoint', name }, collectedAt: NOW, sections: written }, SECTIONS);
  expect(problems).toEqual([]);
  const target = { id: `endpoint:${name}`, kind: 'endpoint', name, group: 'g', status: 'complete' } as const;
  const context = { intent: { gatewayFqdn: null, adminNetworks: [], all: {} }, now: NOW, catalogue: [] };
  return normaliseEndpoint({ target, snapshot, host: null, deployment: null, gateway: null }, context).facts;
}

const dataOf = (facts: readonly Fact[], kind: string): JsonObject => facts.find((fact) => fact.kind === kind)?.data ?? {};
const replies = ({ sections }: Probed): readonly (readonly Json[])[] =>
  ((sections['endpoint.rdpNegotiation']?.data ?? []) as readonly JsonObject[]).map((row) => [row['Requested'] ?? null, row['Reply'] ?? null]);
/** The last eight octets of a confirm: type, flags, length, protocol or failure code. */
const said = (probed: Probed): readonly Json[] => replies(probed).map(([, reply]) => String(reply).slice(22));

const RDP = (port: number): Promise<Probed> => probe({ name: 'rdsh01.contoso.com', rdp: { host: '127.0.0.1', port }, https: null }, LIMITS);

const noXrdp = missing('xrdp');
describe.skipIf(noXrdp !== null)(`xrdp ${noXrdp ?? ''}`, () => {
  const tls = { chain: [LISTENER, ISSUING] } as const;
  const ULTIMATUM = '0300000902f0802180';
  const rsp = (protocol: number): string => `020108000${protocol}000000`;
  const failure = (code: number): string => `030008000${code}000000`;

  it.each<[string, Parameters<typeof startXrdp>[1], readonly string[], JsonObject, JsonObject | null]>([
    [
      'negotiates',
      { name: 'negotiate', layer: 'negotiate', ...tls },
      [rsp(0), rsp(1), rsp(1), rsp(1), rsp(0)],
      { nla: 'absent', securityLayer: 'negotiate', protocols: ['RDP', 'TLS'] },
      { versions: ['1.2', '1.3'], handshake: 'works', nameMatch: 'match', thumbprint: LISTENER.thumbprint, sentChain: 'linked' },
    ],
    [
      'takes TLS only',
      { name: 'tls', layer: 'tls', ...tls },
      [failure(1), rsp(1), rsp(1), rsp(1), failure(1)],
      { nla: 'absent', securityLayer: 'tls', standardRdp: 'refused' },
      { versions: ['1.2', '1.3'] },
    ],
    [
      'takes RDP only',
      { name: 'rdp', layer: 'rdp', ...tls },
      [rsp(0), rsp(0), rsp(0), rsp(0), rsp(0)],
      { nla: 'absent', securityLayer: 'rdp', tls: 'refused' },
      null,
    ],
    [
      'takes TLS 1.3 only',
      { name: 'tls13', layer: 'tls', protocols: 'TLSv1.3', ...tls },
      [failure(1), rsp(1), rsp(1), rsp(1), failure(1)],
      { securityLayer: 'tls' },
      { versions: ['1.3'], thumbprint: LISTENER.thumbprint, sent: 2 },
    ],
    [
      'takes TLS 1.0 only',
      { name: 'tls10', layer: 'tls', protocols: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0', ...tls },
      [failure(1), rsp(1), rsp(1), rsp(1), failure(1)],
      { securityLayer: 'tls' },
      { versions: ['1.0'], tls12: 'refused', thumbprint: LISTENER.thumbprint },
    ],
    [
      'has no certificate',
      { name: 'none', layer: 'tls' },
      [failure(3), failure(3), failure(3), failure(3), failure(3)],
      { certificateMissing: true, securityLayer: 'none' },
      null,
    ],
    [
      'has a key of 1024 bits that it cannot load',
      { name: 'weak', layer: 'tls', chain: [issued('weak', { key: rsaKey('weak', 1024) })] },
      [failure(1), rsp(1), rsp(1), rsp(1), failure(1)],
      { securityLayer: 'tls' },
      { handshake: 'broken', presented: false },
    ],
    [
      'has a key of 1024 bits',
      { name: 'weak0', layer: 'tls', ciphers: 'ALL:@SECLEVEL=0', chain: [issued('weak', { key: rsaKey('weak', 1024) })] },
      [failure(1), rsp(1), rsp(1), rsp(1), failure(1)],
      { securityLayer: 'tls' },
      { keyBits: 1024, nameMatch: 'mismatch' },
    ],
  ])('%s', async (_name, options, expected, listener, seen) => {
    const peer = await startXrdp(folder.path, options);
    try {
      const probed = await RDP(peer.port);
      // RDSAAD, asked for last, is more than it knows.
      expect(said(probed).slice(0, -1)).toEqual(expected);
      expect(replies(probed).at(-1)).toEqual([16, ULTIMATUM]);
      const facts = factsOf('rdsh01.contoso.com', probed);
      expect(dataOf(facts, 'endpoint.rdpListener')).toMatchObject({ address: '127.0.0.1', port: peer.port, ...listener });
      if (seen === null) expect(facts.map(({ kind }) => kind)).toEqual(['endpoint.rdpListener']);
      else expect(dataOf(facts, 'endpoint.tls')).toMatchObject({ service: 'rdp', ...seen });
    } finally {
      await peer.stop();
    }
  });
});

describe.skipIf(noXrdp !== null)(`the encryption of xrdp ${noXrdp ?? ''}`, () => {
  it.each([
    ['none', { encryptionLevel: 'none', encryptionMethod: 'none', exchangeKeyBits: null }],
    ['low', { encryptionLevel: 'low', encryptionMethod: 'rc4-40', exchangeKeyBits: 2048 }],
    ['medium', { encryptionLevel: 'client-compatible', encryptionMethod: 'rc4-40', exchangeKeyBits: 2048 }],
    ['high', { encryptionLevel: 'high', encryptionMethod: 'rc4-128', exchangeKeyBits: 2048 }],
    ['fips', { encryptionLevel: 'fips', encryptionMethod: 'fips', exchangeKeyBits: 2048 }],
  ] as const)('%s', async (level, expected) => {
    const peer = await startXrdp(folder.path, { name: `crypt-${level}`, layer: 'rdp', level });
    try {
      const probed = await RDP(peer.port);
      expect(probed.sections['endpoint.rdpStandardSecurity']).toMatchObject({ status: 'ok', data: { Answer: 'response', Version: 0x0008_0004, Cause: null } });
      const [fact] = factsOf('rdsh01.contoso.com', probed);
      expect(fact?.data).toMatchObject({ standardRdp: 'accepted', rdstls: 'refused', rdsAad: 'refused', earlyAuthorization: 'refused', ...expected });
      expect(fact?.unknown).toEqual([]);
    } finally {
      await peer.stop();
    }
  });
});

const noShadow = missing('freerdp-shadow-cli', 'Xvfb');
describe.skipIf(noShadow !== null)(`FreeRDP's shadow server ${noShadow ?? ''}`, () => {
  let display: { readonly display: string; readonly stop: () => Promise<void> } | undefined;
  beforeAll(async () => {
    display = await startDisplay();
  });
  afterAll(async () => display?.stop());

  it.each<[string, readonly string[], JsonObject]>([
    [
      'requires NLA',
      ['/sec:nla'],
      { nla: 'required', standardRdp: 'refused', tls: 'refused', securityLayer: 'tls', protocols: ['CredSSP'], restrictedAdmin: false },
    ],
    ['takes TLS only', ['/sec:tls'], { nla: 'absent', tls: 'accepted', standardRdp: 'refused', securityLayer: 'tls' }],
    [
      'takes RDP only',
      ['/sec:rdp'],
      { nla: 'absent', tls: 'refused', standardRdp: 'accepted', securityLayer: 'rdp', encryptionLevel: 'none', exchangeKeyBits: null },
    ],
    ['offers NLA beside TLS', ['-sec-rdp', '+sec-tls', '+sec-nla'], { nla: 'offered', tls: 'accepted', standardRdp: 'refused', securityLayer: 'tls' }],
  ])('%s', async (_name, args, expected) => {
    const peer: Peer = await startShadow(folder.path, display?.display ?? '', args);
    try {
      const probed = await RDP(peer.port);
      const facts = factsOf('rdsh01.contoso.com', probed);
      expect(dataOf(facts, 'endpoint.rdpListener')).toMatchObject({ rdstls: 'refused', rdsAad: 'refused', earlyAuthorization: 'refused', ...expected });
      if (expected['standardRdp'] === 'refused') expect(dataOf(facts, 'endpoint.rdpListener')['encryptionLevel']).toBe('not-offered');
      // Its own certificate, made when it starts.
      if (expected['securityLayer'] !== 'rdp')
        expect(dataOf(facts, 'endpoint.tls')).toMatchObject({ selfSigned: true, sentChain: 'self-signed', tls12: 'accepted', tls10: 'refused' });
      if (args.includes('/sec:nla'))
        expect(replies(probed).slice(0, 2)).toEqual([
          [0, '030000130ed000000000000300080005000000'],
          [1, '030000130ed000000000000300080005000000'],
        ]);
    } finally {
      await peer.stop();
    }
  });
});

const noOpenssl = missing('openssl');
describe.skipIf(noOpenssl !== null)(`the DTLS server of openssl ${noOpenssl ?? ''}`, () => {
  it.each<[string, readonly string[]]>([
    ['of any version', ['-dtls']],
    ['of version 1.2', ['-dtls1_2']],
    ['of version 1.0', ['-dtls1', '-cipher', 'ALL:@SECLEVEL=0']],
    ['that keeps nothing before the cookie', ['-dtls', '-listen']],
  ])('%s asks for a cookie', async (_name, args) => {
    const files = writeChain(folder.path, 'dtls', [GOOD], GOOD.key);
    const peer = await startDtls(files.certificate, files.key, args);
    try {
      expect(await probeDtls('127.0.0.1', peer.port, HOST, LIMITS)).toEqual({ answer: 'hello-verify-request', version: 0xfeff, cause: null });
    } finally {
      await peer.stop();
    }
    expect(await probeDtls('127.0.0.1', peer.port, HOST, LIMITS)).toEqual({ answer: null, version: null, cause: 'refused' });
  });
});

const brainpool = generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' }).privateKey;
const k256 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey;
const p256 = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
const GATEWAY =
  'location /remoteDesktopGateway/ { add_header WWW-Authenticate Negotiate always; add_header WWW-Authenticate NTLM always; return 401; } location / { return 404; }';

/** What is wrong with each, and what has to be seen of it. */
const SITES: readonly (readonly [Site, JsonObject])[] = [
  [
    { name: 'good', chain: [GOOD, ISSUING], locations: GATEWAY },
    { versions: ['1.2', '1.3'], sentChain: 'linked', nameMatch: 'match', daysLeft: 184, selfSigned: false, serverAuth: 'yes', stapled: false },
  ],
  [
    { name: 'with-root', chain: [GOOD, ISSUING, ROOT] },
    { sentChain: 'rooted', sent: 3 },
  ],
  [{ name: 'expired', chain: [issued('expired', { notAfter: '2026-06-01T00:00:00Z' }), ISSUING] }, { daysLeft: -30 }],
  [{ name: 'not-yet', chain: [issued('not-yet', { notBefore: '2026-08-01T00:00:00Z' }), ISSUING] }, { notYetValid: true }],
  [
    { name: 'wrong-name', chain: [issued('wrong', { dnsNames: ['www.contoso.com'] }), ISSUING] },
    { nameMatch: 'mismatch', names: ['www.contoso.com'] },
  ],
  [
    { name: 'rsa1024', chain: [issued('rsa1024', { key: rsaKey('rsa1024', 1024) }), ISSUING] },
    { keyType: 'rsa', keyBits: 1024 },
  ],
  [{ name: 'sha1', chain: [issued('sha1', { hash: 'sha1' }), ISSUING] }, { signature: 'sha1' }],
  [{ name: 'md5', chain: [issued('md5', { hash: 'md5' }), ISSUING] }, { signature: 'md5' }],
  [{ name: 'pss', chain: [issued('pss', { pss: true }), ISSUING] }, { signature: 'sha256' }],
  [
    { name: 'missing-intermediate', chain: [GOOD] },
    { sentChain: 'leaf-alone', sent: 1, topIssuer: 'CN=Contoso Issuing' },
  ],
  [
    { name: 'self-signed', chain: [makeCertificate({ commonName: HOST, dnsNames: [HOST] })] },
    { sentChain: 'self-signed', selfSigned: true },
  ],
  [{ name: 'client-only', chain: [issued('client', { eku: [CLIENT_AUTH] }), ISSUING] }, { serverAuth: 'no' }],
  [
    { name: 'p256', chain: [issued('p256', { key: p256 }), ISSUING] },
    { keyType: 'ec', keyBits: 256, versions: ['1.2', '1.3'] },
  ],
  // Curves that end the process when Node's legacy view of a certificate is asked for.
  [
    { name: 'brainpool', chain: [issued('brainpool', { key: brainpool }), ISSUING] },
    { keyType: 'ec', keyBits: 256, versions: ['1.2'] },
  ],
  [
    { name: 'secp256k1', chain: [issued('secp256k1', { key: k256 }), ISSUING] },
    { keyType: 'ec', keyBits: 256, versions: ['1.2'] },
  ],
  [
    { name: 'tls10', chain: [GOOD, ISSUING], protocols: 'TLSv1' },
    { versions: ['1.0'], tls12: 'refused' },
  ],
  [{ name: 'tls11', chain: [GOOD, ISSUING], protocols: 'TLSv1.1' }, { versions: ['1.1'] }],
  [{ name: 'all-versions', chain: [GOOD, ISSUING], protocols: 'TLSv1 TLSv1.1 TLSv1.2 TLSv1.3' }, { versions: ['1.0', '1.1', '1.2', '1.3'] }],
  [{ name: 'tls12', chain: [GOOD, ISSUING], protocols: 'TLSv1.2' }, { versions: ['1.2'] }],
  [
    { name: 'tls13', chain: [GOOD, ISSUING, ROOT], protocols: 'TLSv1.3' },
    { versions: ['1.3'], sentChain: 'rooted' },
  ],
  [{ name: 'site-wide', chain: [GOOD, ISSUING], locations: 'location / { add_header WWW-Authenticate \'Basic realm="a, b"\' always; return 401; }' }, {}],
  [{ name: 'stapled', chain: [GOOD, ISSUING], more: `ssl_stapling on; ssl_stapling_file ${join(folder.path, 'ocsp.der')};` }, { stapled: true }],
  [
    { name: 'stapled13', chain: [GOOD, ISSUING], protocols: 'TLSv1.3', more: `ssl_stapling on; ssl_stapling_file ${join(folder.path, 'ocsp.der')};` },
    { stapled: true, versions: ['1.3'] },
  ],
];

const FLAGS: readonly (readonly [string, string])[] = [
  ['1.0', '-tls1'],
  ['1.1', '-tls1_1'],
  ['1.2', '-tls1_2'],
  ['1.3', '-tls1_3'],
];

const noNginx = missing('nginx', 'openssl');
describe.skipIf(noNginx !== null)(`nginx beside openssl s_client ${noNginx ?? ''}`, () => {
  let ports: ReadonlyMap<string, number> = new Map();
  let stop = async (): Promise<void> => undefined;
  beforeAll(async () => {
    makeOcspResponse();
    const nginx = await startNginx(
      folder.path,
      SITES.map(([site]) => site),
    );
    [ports, stop] = [nginx.ports, nginx.stop];
  });
  afterAll(() => stop());

  it.each(SITES.map(([site, expected]) => [site.name, expected, site] as const))('%s', async (name, expected, site) => {
    const port = ports.get(name) ?? 0;
    const probed = await probe({ name: HOST, rdp: null, https: { host: '127.0.0.1', port } }, LIMITS);
    const data = dataOf(factsOf(HOST, probed), 'endpoint.tls');
    expect(data).toMatchObject({ service: 'https', handshake: 'works', presented: true, thumbprint: site.chain[0]?.thumbprint, ...expected });
    // The same versions, and the same certificates in the same order, as another client gets.
    const theirs = FLAGS.map(([version, flag]) => ({ version, ...sClient(port, flag, HOST) }));
    expect(theirs.flatMap(({ version, ok }) => (ok ? [version] : []))).toEqual(data['versions']);
    const chain = theirs.find(({ ok }) => ok)?.chain;
    const shown = (probed.sections['endpoint.httpsCertificates']?.data ?? {}) as JsonObject;
    const ours = shown['Chain'] as readonly string[];
    expect(shown['Stapled']).toBe(expected['stapled'] === true ? readFileSync(join(folder.path, 'ocsp.der')).toString('base64') : null);
    expect(ours.map((der) => Buffer.from(der, 'base64').toString('hex'))).toEqual(site.chain.map(({ der }) => der.toString('hex')));
    expect(chain).toEqual(site.chain.map(({ thumbprint }) => thumbprint));
  });

  it.each([
    ['good', { answer: 'gateway', status: 401, controlStatus: 404, schemes: ['Negotiate', 'NTLM'] }],
    ['tls10', { answer: 'no-gateway', status: 404 }],
    ['brainpool', { answer: 'no-gateway', status: 404, controlStatus: 404 }],
    ['site-wide', { answer: null, status: 401, controlStatus: 401, schemes: ['Basic'] }],
  ])('%s as a gateway', async (name, expected) => {
    const probed = await probe({ name: HOST, rdp: null, https: { host: '127.0.0.1', port: ports.get(name) ?? 0 } }, LIMITS);
    expect(dataOf(factsOf(HOST, probed), 'endpoint.gateway')).toMatchObject(expected);
  });

  it('gives the same snapshot twice', async () => {
    const port = ports.get('good') ?? 0;
    const [one, other] = [
      await probe({ name: HOST, rdp: null, https: { host: '127.0.0.1', port } }, LIMITS),
      await probe({ name: HOST, rdp: null, https: { host: '127.0.0.1', port } }, LIMITS),
    ];
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  });
});

/** An answer of the issuer about the good certificate, made without a network. */
function makeOcspResponse(): void {
  const issuing = writeChain(folder.path, 'issuing', [ISSUING], ISSUING.key);
  const leaf = writeChain(folder.path, 'leaf', [GOOD], GOOD.key);
  writeFileSync(join(folder.path, 'root.crt'), pemOf([ROOT]));
  writeFileSync(join(folder.path, 'index.txt'), 'V\t270101000000Z\t\t01\tunknown\t/CN=good\n');
  const openssl = (...args: readonly string[]): void => void execFileSync(OPENSSL, ['ocsp', ...args], { cwd: folder.path, stdio: 'ignore' });
  openssl('-issuer', issuing.certificate, '-cert', leaf.certificate, '-reqout', 'req.der');
  openssl(
    '-index',
    'index.txt',
    '-CA',
    issuing.certificate,
    '-rsigner',
    issuing.certificate,
    '-rkey',
    issuing.key,
    '-reqin',
    'req.der',
    '-respout',
    'ocsp.der',
    '-ndays',
    '7',
  );
}
