import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash, type KeyObject } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MadeCertificate } from '../support/x509.ts';

// Programs of the system, none of a package.
const XVFB = 'Xvfb';
export const OPENSSL = 'openssl';

/** Real servers on loopback, each a child of the test, ended by its process id. */
export interface Peer {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** Why peers cannot be started; null when they can. With RDPOSTURE_PEERS=required a missing one is an error. */
export function missing(...programs: readonly string[]): string | null {
  const absent = programs.filter((program) => spawnSync('which', [program]).status !== 0);
  if (absent.length === 0) return null;
  if (process.env['RDPOSTURE_PEERS'] === 'required') throw new Error(`not installed: ${absent.join(', ')}`);
  return `not installed: ${absent.join(', ')}`;
}

export function freshFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'rdposture-peers-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Free ports, all different: each is held until the last one is found, since one that is let go is handed out again. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', resolve);
      });
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    return address.port;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error('no port');
  return port;
}

async function untilOpen(port: number, child: ChildProcess, said: () => string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`the peer ended: ${said()}`);
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the peer does not listen: ${said()}`);
}

export async function start(program: string, args: readonly string[], ports: readonly number[], env: NodeJS.ProcessEnv = {}): Promise<Peer> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4000)));
  for (const port of ports) await untilOpen(port, child, () => said);
  return {
    port: ports[0] ?? 0,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const hard = setTimeout(() => child.kill('SIGKILL'), 3000);
      await ended;
      clearTimeout(hard);
    },
  };
}

export function pemOf(certificates: readonly MadeCertificate[]): string {
  return certificates
    .map(({ der }) => `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`)
    .join('');
}

/** Writes a chain and its key where a server finds them. */
export function writeChain(
  folder: string,
  name: string,
  chain: readonly MadeCertificate[],
  key: KeyObject,
): { readonly certificate: string; readonly key: string } {
  const files = { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  writeFileSync(files.certificate, pemOf(chain));
  writeFileSync(files.key, key.export({ format: 'pem', type: key.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'pkcs8' }), { mode: 0o600 });
  return files;
}

export interface Site {
  readonly name: string;
  readonly chain: readonly MadeCertificate[];
  readonly protocols?: string;
  readonly locations?: string;
  readonly more?: string;
}

/** One nginx with a server for each site, on a port of its own. */
export async function startNginx(
  folder: string,
  sites: readonly Site[],
): Promise<{ readonly ports: ReadonlyMap<string, number>; readonly stop: () => Promise<void> }> {
  const ports = new Map<string, number>();
  const servers: string[] = [];
  const free = await freePorts(sites.length);
  for (const [index, { name, chain, protocols, locations, more }] of sites.entries()) {
    const port = free[index] ?? 0;
    ports.set(name, port);
    const [leaf] = chain;
    if (leaf === undefined) throw new Error('no certificate');
    const files = writeChain(folder, name, chain, leaf.key);
    servers.push(`server { listen 127.0.0.1:${port} ssl; server_name _; ssl_certificate ${files.certificate}; ssl_certificate_key ${files.key};
      ssl_protocols ${protocols ?? 'TLSv1.2 TLSv1.3'}; ssl_ciphers ALL:!aNULL:!eNULL:@SECLEVEL=0; ssl_ecdh_curve X25519:prime256v1:secp384r1; ${more ?? ''}
      ${locations ?? 'location / { return 404; }'} }`);
  }
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${join(folder, 'tmp')};`).join(' ');
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${join(folder, 'nginx.pid')}; error_log stderr; events { worker_connections 256; }
    http { access_log off; ${temporary}\n${servers.join('\n')} }`,
  );
  const peer = await start('nginx', ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')], [...ports.values()]);
  return { ports, stop: peer.stop };
}

export interface XrdpOptions {
  readonly name: string;
  readonly layer: 'rdp' | 'tls' | 'negotiate';
  readonly chain?: readonly MadeCertificate[];
  readonly protocols?: string;
  readonly ciphers?: string;
  /** Encryption of standard RDP security. */
  readonly level?: 'none' | 'low' | 'medium' | 'high' | 'fips';
}

export async function startXrdp(folder: string, options: XrdpOptions): Promise<Peer> {
  const port = await freePort();
  const [leaf] = options.chain ?? [];
  const files =
    leaf === undefined ? { certificate: '/nonexistent.crt', key: '/nonexistent.key' } : writeChain(folder, options.name, options.chain ?? [], leaf.key);
  const ini = join(folder, `${options.name}.ini`);
  writeFileSync(
    ini,
    `[Globals]\nini_version=1\nfork=true\nport=tcp://127.0.0.1:${port}\nsecurity_layer=${options.layer}\ncrypt_level=${options.level ?? 'high'}\ncertificate=${files.certificate}\nkey_file=${files.key}\nssl_protocols=${options.protocols ?? 'TLSv1.2, TLSv1.3'}\n${options.ciphers === undefined ? '' : `tls_ciphers=${options.ciphers}\n`}max_bpp=32\n\n[Logging]\nLogFile=${join(folder, `${options.name}.log`)}\nLogLevel=INFO\nEnableSyslog=false\n\n[Xorg]\nname=Xorg\nlib=libxup.so\nip=127.0.0.1\nport=-1\n`,
  );
  return start('xrdp', ['-n', '-c', ini], [port]);
}

/** An X display of its own; its number comes back on the descriptor that Xvfb is told. */
export async function startDisplay(): Promise<{ readonly display: string; readonly stop: () => Promise<void> }> {
  const child = spawn(XVFB, ['-displayfd', '3', '-screen', '0', '320x240x24', '-nolisten', 'tcp', '-noreset'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const told = child.stdio[3];
  const display = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error('Xvfb ended')));
    told?.once('data', (chunk: Buffer) => resolve(`:${chunk.toString().trim()}`));
  });
  return {
    display,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

export async function startShadow(folder: string, display: string, args: readonly string[]): Promise<Peer> {
  const port = await freePort();
  const home = mkdtempSync(join(folder, 'shadow-'));
  const config = join(home, '.config');
  mkdirSync(config, { recursive: true });
  return start('freerdp-shadow-cli', ['/bind-address:127.0.0.1', `/port:${port}`, ...args], [port], { HOME: home, XDG_CONFIG_HOME: config, DISPLAY: display });
}

/** A server of DTLS. It ends when nothing can be typed to it any more, so that its input stays open. */
export async function startDtls(certificate: string, key: string, args: readonly string[]): Promise<Peer> {
  const port = await freePort();
  const child = spawn(OPENSSL, ['s_server', '-accept', `127.0.0.1:${port}`, '-cert', certificate, '-key', key, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error('s_server ended')));
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('ACCEPT')) resolve();
    });
  });
  return {
    port,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

export interface SClient {
  /** SHA-1 thumbprints of the certificates as sent. */
  readonly chain: readonly string[];
  readonly ok: boolean;
}

/** What `openssl s_client` makes of a server with one version. */
export function sClient(port: number, version: string, serverName: string): SClient {
  const result = spawnSync(
    OPENSSL,
    [
      's_client',
      '-connect',
      `127.0.0.1:${port}`,
      '-servername',
      serverName,
      '-showcerts',
      version,
      '-cipher',
      'ALL:!aNULL:!eNULL:@SECLEVEL=0',
      '-groups',
      'X25519:P-256:P-384:brainpoolP256r1:secp256k1',
    ],
    {
      input: '',
      timeout: 60_000,
    },
  );
  const text = result.stdout.toString();
  const pems = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  return {
    ok: /New, (?:TLSv1|SSLv3)[^,]*, Cipher is (?!\(NONE\))/.test(text),
    chain: pems.map((pem) =>
      createHash('sha1')
        .update(Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64'))
        .digest('hex')
        .toUpperCase(),
    ),
  };
}
