import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { AzureSnapshot } from '../../../src/collect/azure/snapshot.ts';
import { isObject, type Json, type JsonObject, member } from '../../../src/model/json.ts';
import type { Problem } from '../../../src/model/problem.ts';
import { cleanEnvironment } from '../../cli/support.ts';

export const TENANT = '00000000-0000-0000-0000-0000000000aa';
export const CLIENT = '00000000-0000-0000-0000-0000000000cc';
export const SECRET = 'Lab~Secret~0123456789';
export const A = '00000000-0000-0000-0000-000000000001';
export const B = '00000000-0000-0000-0000-000000000002';

const HOSTS = [
  'login.microsoftonline.com',
  'management.azure.com',
  'vault.azure.net',
  'login.microsoftonline.us',
  'management.usgovcloudapi.net',
  'vault.usgovcloudapi.net',
  'login.lab.contoso.com',
  'management.lab.contoso.com',
  'vault.lab.contoso.com',
];

/** What the lab's Azure holds. */
export interface World {
  /** By subscription. */
  readonly resources: Readonly<Record<string, readonly JsonObject[]>>;
  /** Subscriptions by management group. */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  /** Lists of Azure Resource Manager, and answers of actions, by path without the query, lower-cased. */
  readonly lists?: Readonly<Record<string, Json>>;
  /** Certificates by vault. */
  readonly vaults?: Readonly<Record<string, readonly string[]>>;
  /** How many rows a page of Resource Graph has at most; default 1000, the most that there is. */
  readonly page?: number;
}

export interface Seen {
  readonly host: string;
  readonly method: string;
  /** Lower-cased, without the query. */
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly authorization: string;
}

/** Answers a request by itself, or leaves it to the lab: undefined. */
export type Fault = (seen: Seen, response: ServerResponse, count: number) => 'done' | undefined;

export interface Lab {
  readonly seen: Seen[];
  /** Environment of a program that is to meet the lab. */
  readonly environment: (more?: Readonly<Record<string, string>>) => Record<string, string>;
  readonly port: number;
  readonly close: () => Promise<void>;
}

let made: { readonly folder: string; readonly key: string; readonly certificate: string; readonly authority: string } | null = null;

/** A certificate authority and a certificate of the lab, made once; nothing else trusts them. */
function certificates(): NonNullable<typeof made> {
  if (made !== null) return made;
  const folder = mkdtempSync(join(tmpdir(), 'rdposture-lab-'));
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ca.key');
  openssl('req', '-x509', '-new', '-key', 'ca.key', '-subj', '/CN=lab authority', '-days', '2', '-out', 'ca.pem');
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'lab.key');
  openssl('req', '-new', '-key', 'lab.key', '-subj', '/CN=lab', '-out', 'lab.csr');
  const names = HOSTS.flatMap((host) => [`DNS:${host}`, `DNS:*.${host}`]);
  writeFileSync(join(folder, 'san.cnf'), `subjectAltName=${names.join(',')}\n`);
  openssl('x509', '-req', '-in', 'lab.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'san.cnf', '-out', 'lab.pem');
  made = { folder, key: join(folder, 'lab.key'), certificate: join(folder, 'lab.pem'), authority: join(folder, 'ca.pem') };
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return made;
}

export const REDIRECT = pathToFileURL(fileURLToPath(new URL('redirect.mjs', import.meta.url))).href;

export async function openLab(world: World, fault: Fault = () => undefined): Promise<Lab> {
  const { key, certificate, authority } = certificates();
  const { readFileSync } = await import('node:fs');
  const seen: Seen[] = [];
  const counts = new Map<string, number>();
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
    void seenOf(request).then((one) => {
      seen.push(one);
      const name = `${one.method} ${one.host}${one.path}`;
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      if (fault(one, response, count) !== 'done') answer(world, one, response);
    });
  });
  const port = await listening(server);
  const hosts = HOSTS;
  return {
    seen,
    port,
    environment: (more = {}) => ({
      ...withoutAzure(cleanEnvironment()),
      NODE_OPTIONS: `--import ${REDIRECT}`,
      NODE_EXTRA_CA_CERTS: authority,
      AZURE_TENANT_ID: TENANT,
      AZURE_CLIENT_ID: CLIENT,
      AZURE_CLIENT_SECRET: SECRET,
      LAB: JSON.stringify({ hosts, port }),
      ...more,
    }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A metadata service that gives tokens of a managed identity. */
export async function openMetadata(): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const server = createPlainServer((request, response) => {
    if (request.headers['metadata'] !== 'true') return void response.writeHead(400).end();
    const resource = new URL(request.url ?? '/', 'http://x').searchParams.get('resource') ?? '';
    send(response, 200, { access_token: `managed ${resource}`, expires_in: '3600', expires_on: String(4_000_000_000), resource, token_type: 'Bearer' });
  });
  const port = await listening(server);
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

function withoutAzure(environment: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(?:AZURE_|IDENTITY_|MSI_|IMDS_|HTTPS?_PROXY|https?_proxy|NO_PROXY|no_proxy|ALL_PROXY)/.test(name)),
  );
}

function listening(server: ReturnType<typeof createPlainServer> | ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

async function seenOf(request: IncomingMessage): Promise<Seen> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const [path = '', query = ''] = (request.url ?? '').split('?');
  return {
    host: (request.headers.host ?? '').split(':')[0] ?? '',
    method: request.method ?? '',
    path: decodeURIComponent(path).toLowerCase(),
    query,
    body: Buffer.concat(parts).toString('utf8'),
    authorization: request.headers.authorization ?? '',
  };
}

export function send(response: ServerResponse, status: number, body: Json, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function refuse(response: ServerResponse, status: number, code: string, headers: Readonly<Record<string, string>> = {}, inner?: string): 'done' {
  send(response, status, { error: { code, message: `The lab says ${code}.`, ...(inner === undefined ? {} : { innererror: { code: inner } }) } }, headers);
  return 'done';
}

function answer(world: World, seen: Seen, response: ServerResponse): void {
  if (seen.host.startsWith('login.')) return identity(seen, response);
  if (!seen.authorization.startsWith('Bearer ')) return void refuse(response, 401, 'AuthenticationFailed');
  if (/(?:^|\.)vault\./.test(seen.host)) return vault(world, seen, response);
  if (!seen.authorization.includes('management')) return void refuse(response, 401, 'InvalidAuthenticationTokenAudience');
  if (seen.path === '/providers/microsoft.resourcegraph/resources') return graph(world, seen, response);
  const subscription = /^\/subscriptions\/([0-9a-f-]{36})$/.exec(seen.path)?.[1];
  if (subscription !== undefined) {
    if (world.resources[subscription] === undefined) return void refuse(response, 404, 'SubscriptionNotFound');
    return send(response, 200, {
      id: seen.path,
      subscriptionId: subscription,
      displayName: `contoso ${subscription.at(-1) ?? ''}`,
      state: 'Enabled',
      tenantId: TENANT,
    });
  }
  const list = world.lists?.[seen.path];
  if (list !== undefined) return send(response, 200, Array.isArray(list) ? { value: list } : list);
  return send(response, 200, { value: [] });
}

function identity(seen: Seen, response: ServerResponse): void {
  const base = `https://${seen.host}/${TENANT}`;
  if (seen.path.endsWith('/.well-known/openid-configuration'))
    return send(response, 200, {
      issuer: `${base}/v2.0`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
    });
  const form = new URLSearchParams(seen.body);
  const isFederated = form.get('client_assertion') === 'federated-token';
  if (!isFederated && form.get('client_secret') !== SECRET)
    return send(response, 401, {
      error: 'invalid_client',
      error_description: `AADSTS7000215: Invalid client secret provided. Trace ID: 0`,
      error_codes: [7_000_215],
    });
  const scope = form.get('scope') ?? '';
  send(response, 200, { token_type: 'Bearer', expires_in: 3600, access_token: `${isFederated ? 'federated' : 'secret'} ${scope}` });
}

interface GraphRequest {
  readonly subscriptions?: readonly string[];
  readonly managementGroups?: readonly string[];
  readonly query: string;
  readonly options: { readonly $top: number; readonly $skipToken?: string; readonly resultFormat: string };
}

function graph(world: World, seen: Seen, response: ServerResponse): void {
  const request = JSON.parse(seen.body) as GraphRequest;
  const rows = rowsOf(world, request);
  const from = Number(request.options.$skipToken ?? 0);
  const to = from + Math.min(request.options.$top, world.page ?? 1000);
  const data = rows.slice(from, to);
  send(response, 200, {
    totalRecords: rows.length,
    count: data.length,
    data,
    facets: [],
    resultTruncated: 'false',
    ...(to < rows.length ? { $skipToken: String(to) } : {}),
  });
}

function rowsOf(world: World, { query, subscriptions, managementGroups }: GraphRequest): readonly JsonObject[] {
  if (query.startsWith('resourcecontainers')) {
    const names = (managementGroups ?? []).flatMap((group) => world.groups?.[group] ?? []);
    return names.map((name) => ({
      id: `/subscriptions/${name}`,
      name: `contoso ${name}`,
      type: 'microsoft.resources/subscriptions',
      subscriptionId: name,
      properties: {},
    }));
  }
  const types = new Set([...query.matchAll(/'([^']+)'/g)].map(([, type]) => type?.toLowerCase()));
  return (subscriptions ?? [])
    .flatMap((name) => world.resources[name] ?? [])
    .filter((resource) => types.has(String(resource['type']).toLowerCase()))
    .map((resource): JsonObject => ({ ...resource, type: String(resource['type']).toLowerCase() }))
    .toSorted((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1));
}

function vault(world: World, seen: Seen, response: ServerResponse): void {
  if (!seen.authorization.includes('vault.')) return void refuse(response, 401, 'Unauthorized');
  const name = seen.host.split('.')[0] ?? '';
  const names = world.vaults?.[name] ?? [];
  const base = `https://${seen.host}`;
  const attributes = { enabled: true, nbf: 1_760_000_000, exp: 1_800_000_000 };
  const one = /^\/certificates\/([^/]+)$/.exec(seen.path)?.[1];
  if (one !== undefined)
    return send(response, 200, {
      id: `${base}/certificates/${one}/0`,
      kid: `${base}/keys/${one}/0`,
      sid: `${base}/secrets/${one}/0`,
      cer: 'AAAA',
      attributes,
      policy: { key_props: { kty: 'RSA', key_size: 2048 }, issuer: { name: 'Self' }, lifetime_actions: [] },
    });
  const from = Number(new URLSearchParams(seen.query).get('from') ?? 0);
  const value = names.slice(from, from + 1).map((certificate) => ({ id: `${base}/certificates/${certificate}`, attributes }));
  send(response, 200, { value, nextLink: from + 1 < names.length ? `${base}/certificates?api-version=7.4&from=${from + 1}` : null });
}

export interface Collected {
  readonly found: readonly string[];
  readonly results: readonly { readonly target: string; readonly snapshot?: AzureSnapshot; readonly problem?: Problem }[];
}

const HERE = fileURLToPath(new URL('collect-here.ts', import.meta.url));

/** Runs a program until it ends; the lab answers meanwhile. */
export function runProgram(
  args: readonly string[],
  options: { readonly env: Readonly<Record<string, string>>; readonly cwd?: string; readonly onStart?: (pid: number) => void },
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env: options.env, cwd: options.cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => out.push(part));
    child.stderr.on('data', (part: Buffer) => err.push(part));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') }));
    if (child.pid !== undefined) options.onStart?.(child.pid);
  });
}

/** Collects from the lab, as a program of its own. */
export async function collect(lab: Lab, asked: JsonObject, more: Readonly<Record<string, string>> = {}): Promise<Collected> {
  const ran = await runProgram([HERE, JSON.stringify(asked)], { env: lab.environment(more) });
  if (ran.code !== 0) throw new Error(`exit code ${ran.code}: ${ran.stderr}`);
  return JSON.parse(ran.stdout) as Collected;
}

/** A lab for one collection. */
export async function collectFrom(
  world: World,
  asked: JsonObject,
  fault?: Fault,
  more: Readonly<Record<string, string>> = {},
): Promise<Collected & { readonly seen: readonly Seen[] }> {
  const lab = await openLab(world, fault);
  try {
    return { ...(await collect(lab, asked, more)), seen: lab.seen };
  } finally {
    await lab.close();
  }
}

export function graphQueryOf(seen: Seen): string {
  const body = seen.body === '' ? null : (JSON.parse(seen.body) as Json);
  const query = isObject(body) ? member(body, 'query') : undefined;
  return typeof query === 'string' ? query : '';
}
