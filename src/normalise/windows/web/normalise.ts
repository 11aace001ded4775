import { rawEnum, rawInteger, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import { RD_WEB, RD_WEB_EXPOSURE, type RdWeb, WEB_CLIENT, type WebClient } from '../../../model/facts/windows-web.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { SnapshotInput, SnapshotNormaliser } from '../../../model/normalise.ts';
import { hostFact, unreadFact } from '../drivers/parts.ts';
import { flagOf } from '../gateway/parts.ts';
import { hasRole } from '../host-roles.ts';
import { rdWebExposure } from './exposure.ts';

/** RD Web Access and the HTML5 client of a host. */
export const normaliseWeb: SnapshotNormaliser = (input, context) => {
  if (input.snapshot.target.kind !== 'windows-host') return { facts: [], problems: [] };
  const wanted = Object.entries(MAKERS).filter(([kind]) => context.wanted?.has(kind) !== false);
  return { facts: wanted.flatMap(([, make]) => make(input)), problems: [] };
};

const MAKERS: Readonly<Record<string, (input: SnapshotInput) => readonly Fact[]>> = {
  [RD_WEB.kind]: rdWeb,
  [RD_WEB_EXPOSURE.kind]: rdWebExposure,
  [WEB_CLIENT.kind]: webClient,
};

function rdWeb(input: SnapshotInput): Fact[] {
  const table = readRows(input.snapshot, 'iis.rdWeb');
  if (table.state === 'absent' || (table.state === 'unread' && hasRole(input, 'RDS-Web-Access') === false)) return [];
  if (table.state === 'unread') return [unreadFact(input, RD_WEB.kind)];
  const seen = new Set<string>();
  return table.rows.flatMap((row) => {
    const site = rawText(member(row, 'Site'));
    if (site === undefined || seen.has(site.toLowerCase())) return [];
    seen.add(site.toLowerCase());
    const data: RdWeb = {
      host: input.target.name,
      site,
      tlsRequired: tlsRequired(row),
      hsts: hsts(row),
      directoryBrowsing: flagOf(member(row, 'DirectoryBrowsing')),
      errors: errorsOf(row),
      webDav: flagOf(member(row, 'WebDav')),
      publicTimeout: timeout(input, 'PublicModeSessionTimeoutInMinutes'),
      privateTimeout: timeout(input, 'PrivateModeSessionTimeoutInMinutes'),
    };
    return [hostFact(input, RD_WEB.kind, [site], `RD Web Access of ${site}`, data)];
  });
}

/** `None`, or names with commas between: Ssl128 alone asks for nothing. */
function tlsRequired(row: JsonObject): boolean | null {
  const flags = rawText(member(row, 'SslFlags'));
  if (flags === undefined) return null;
  return flags.split(',').some((flag) => flag.trim().toLowerCase() === 'ssl');
}

/** By the site's own switch, or by the header that older releases add by hand. */
function hsts(row: JsonObject): boolean | null {
  const header = rawText(member(row, 'StrictTransportSecurity'));
  const age = /max-age\s*=\s*"?(\d{1,12})/i.exec(header ?? '')?.[1];
  if (age !== undefined && Number(age) > 0) return true;
  const enabled = flagOf(member(row, 'HstsEnabled'));
  const maxAge = rawInteger(member(row, 'HstsMaxAge'));
  if (enabled === true) return maxAge === undefined ? null : maxAge > 0;
  return enabled === false && header !== undefined ? false : null;
}

const ERROR_MODES: Readonly<Record<number, string>> = { 0: 'DetailedLocalOnly', 1: 'Custom', 2: 'Detailed' };
const ERRORS: Readonly<Record<string, string>> = { DetailedLocalOnly: 'detailed-local', Custom: 'custom', Detailed: 'detailed' };

function errorsOf(row: JsonObject): string | null {
  const mode = rawEnum(member(row, 'ErrorMode'), ERROR_MODES);
  return mode === undefined ? null : (ERRORS[mode] ?? null);
}

function timeout(input: SnapshotInput, key: string): number | null {
  const table = readRows(input.snapshot, 'iis.rdWebSettings');
  if (table.state !== 'read') return null;
  const row = table.rows.find((candidate) => rawText(member(candidate, 'Key'))?.toLowerCase() === key.toLowerCase());
  return row === undefined ? null : (rawInteger(member(row, 'Value')) ?? null);
}

function webClient(input: SnapshotInput): Fact[] {
  const table = readRows(input.snapshot, 'webClient.packages');
  if (table.state === 'absent' || (table.state === 'unread' && hasRole(input, 'RDS-Web-Access') === false)) return [];
  if (table.state === 'unread') return [unreadFact(input, WEB_CLIENT.kind)];
  const published = table.rows.find((row) => rawText(member(row, 'PublishedAs'))?.trim().toLowerCase() === 'production');
  const data: WebClient = {
    host: input.target.name,
    published: published === undefined ? '' : (rawText(member(published, 'Version')) ?? null),
    installed: table.rows.flatMap((row) => rawText(member(row, 'Version')) ?? []),
  };
  return [hostFact(input, WEB_CLIENT.kind, [], `web client of ${input.target.name}`, data)];
}
