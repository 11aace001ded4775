import { rawEnum, rawInteger, rawList, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { Snapshot } from '../../../model/snapshot.ts';
import { thumbprintOf } from './thumbprint.ts';

/** The places of a host that each name a certificate on their own, so that each can be stale on its own. */
export type Role = 'gateway' | 'http' | 'iis' | 'listener' | 'web-client';
export const ROLES: readonly Role[] = ['gateway', 'http', 'iis', 'listener', 'web-client'];

export type HashType = 'invalid' | 'self-signed' | 'group-policy' | 'custom';

export interface Binding {
  readonly role: Role;
  /** Tells it from others of its role: `TSGateway`, `0.0.0.0:443`, `Default Web Site *:443:`, `RDP-Tcp`. */
  readonly name: string;
  /** `none` when no certificate is set, undefined when it could not be read. */
  readonly thumbprint: string | undefined;
  /** TCP port where the binding names one. */
  readonly port: number | null;
  /** Server name that the binding is for; null when it is for every name. */
  readonly serverName: string | null;
  /** The row it was read from. */
  readonly row: JsonObject;
}

/** Bindings of one role; undefined when they could not be read. A role that is not installed has none. */
export function bindingsOf(role: Role, snapshot: Snapshot): readonly Binding[] | undefined {
  const table = readRows(snapshot, SECTIONS[role]);
  if (table.state === 'unread') return isInstalled(role, snapshot) ? undefined : [];
  return table.state === 'absent' ? [] : distinct(table.rows.flatMap((row) => READERS[role](row) ?? []));
}

const SECTIONS: Readonly<Record<Role, string>> = {
  gateway: 'Win32_TSGatewayServerSettings',
  http: 'http.sslBindings',
  iis: 'iis.bindings',
  listener: 'Win32_TSGeneralSetting',
  'web-client': 'webClient.brokerCertificate',
};

const NEEDS: Readonly<Record<Role, readonly string[]>> = {
  gateway: ['rds-gateway'],
  http: ['rds-gateway', 'rds-web-access', 'web-server'],
  iis: ['rds-web-access', 'web-server'],
  listener: [],
  'web-client': ['rds-web-access', 'web-server'],
};

/** Whether a role may have bindings here: not when the list of installed roles was read and names none that it needs. */
function isInstalled(role: Role, snapshot: Snapshot): boolean {
  const needs = NEEDS[role];
  const table = readRows(snapshot, 'roles');
  if (needs.length === 0 || table.state === 'unread') return true;
  return table.state === 'read' && table.rows.some((row) => needs.includes((rawText(member(row, 'Name')) ?? '').toLowerCase()));
}

const READERS: Readonly<Record<Role, (row: JsonObject) => Binding | undefined>> = {
  gateway: (row) => binding('gateway', 'TSGateway', row, 'CertHash', null, null),
  http: httpBinding,
  iis: iisBinding,
  listener: (row) => {
    const name = rawText(member(row, 'TerminalName'));
    return name === undefined || name === '' ? undefined : binding('listener', name, row, 'SSLCertificateSHA1Hash', null, null);
  },
  'web-client': (row) => binding('web-client', 'web client', row, 'Thumbprint', null, null),
};

function binding(role: Role, name: string, row: JsonObject, column: string, port: number | null, serverName: string | null): Binding {
  return { role, name, thumbprint: thumbprintOf(member(row, column)), port, serverName, row };
}

/** `IpPort` is an address and a port, `HostnamePort` a name for SNI, which HTTP.sys prefers. Central stores have no hash. */
function httpBinding(row: JsonObject): Binding | undefined {
  const sni = rawText(member(row, 'HostnamePort')) ?? '';
  const text = sni === '' ? (rawText(member(row, 'IpPort')) ?? '') : sni;
  const at = splitPort(text);
  return at === undefined ? undefined : binding('http', text.toLowerCase(), row, 'CertHash', at.port, sni === '' ? null : at.before.toLowerCase());
}

/** The applications that make a site part of Remote Desktop Services. */
const RDS_APPLICATION = /^\/(?:rdweb|rpc|rpcwithcert|remotedesktopgateway)(?:\/|$)/i;

/** `bindingInformation` is `address:port:name`; an IPv6 address stands in brackets. Only https, only sites with RD Web or the gateway. */
function iisBinding(row: JsonObject): Binding | undefined {
  if ((rawText(member(row, 'protocol')) ?? 'https').toLowerCase() !== 'https') return undefined;
  const applications = rawList(member(row, 'Applications')).flatMap((path) => rawText(path) ?? []);
  if (applications.length > 0 && !applications.some((path) => RDS_APPLICATION.test(path))) return undefined;
  const information = rawText(member(row, 'bindingInformation')) ?? '';
  const colon = information.lastIndexOf(':');
  const at = colon < 0 ? undefined : splitPort(information.slice(0, colon));
  if (at === undefined) return undefined;
  const serverName = information.slice(colon + 1).toLowerCase();
  const site = rawText(member(row, 'Site')) ?? '';
  const found = binding('iis', `${site} ${information}`.trim(), row, 'certificateHash', at.port, serverName === '' ? null : serverName);
  // In the central store the certificate is a file that is named like the site.
  return isCentral(row) && found.thumbprint === 'none' ? { ...found, thumbprint: undefined } : found;
}

/** `sslFlags` of IIS: 2 takes the certificate from the central store (https://learn.microsoft.com/powershell/module/iisadministration/new-iissitebinding). */
const CENTRAL_STORE = 2;

function isCentral(row: JsonObject): boolean {
  const flags = rawInteger(member(row, 'sslFlags'));
  return flags !== undefined && (flags & CENTRAL_STORE) !== 0;
}

function splitPort(text: string): { before: string; port: number } | undefined {
  const parts = /^(.*):(\d{1,5})$/.exec(text);
  return parts === null ? undefined : { before: parts[1] ?? '', port: Number(parts[2]) };
}

/** Of two rows for one place the first counts. */
function distinct(bindings: readonly Binding[]): Binding[] {
  return [...new Map(bindings.toReversed().map((one) => [one.name.toLowerCase(), one])).values()].toReversed();
}

const HASH_TYPES = { 0: 'invalid', 1: 'self-signed', 2: 'group-policy', 3: 'custom' } as const;

/**
 * Where the listener's certificate comes from. The row's own word where it has one; a column that is gone (its value was just
 * declared) follows from where the certificate lies: the listener's own store holds what Windows made itself.
 */
export function hashTypeOf(row: JsonObject, store: string | undefined): HashType | undefined {
  const type = member(row, 'SSLCertificateSHA1HashType');
  if (type !== undefined) return rawEnum(type, HASH_TYPES);
  if (store === undefined) return undefined;
  return store.toLowerCase() === 'remote desktop' ? 'self-signed' : 'custom';
}
