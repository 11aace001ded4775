import { rawEnum, rawText } from '../../../lib/raw.ts';
import { readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import { RD_WEB_EXPOSURE, type RdWebExposure } from '../../../model/facts/windows-web.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { hostFact, unreadFact } from '../drivers/parts.ts';
import { isGlobal } from '../firewall/addresses.ts';
import { reach } from '../firewall/reach.ts';
import { SYSTEM } from '../firewall/role-ports.ts';
import { PROFILES } from '../firewall/rules.ts';
import { readFirewall } from '../firewall/state.ts';
import { hasRole } from '../host-roles.ts';

const HTTPS = 443;
const MODES = { 0: 'None', 1: 'Windows', 2: 'Passport', 3: 'Forms' } as const;

export function rdWebExposure(input: SnapshotInput): Fact[] {
  const table = readRows(input.snapshot, 'iis.rdWeb');
  if (table.state === 'absent' || (table.state === 'unread' && hasRole(input, 'RDS-Web-Access') === false)) return [];
  if (table.state === 'unread') return [unreadFact(input, RD_WEB_EXPOSURE.kind)];
  const declared = input.host?.rdWeb ?? 'not-said';
  const publicAddress = isPublic(input);
  const bySite = new Map(table.rows.map((row) => [rawText(member(row, 'Site')) ?? '', row]));
  return [...bySite].map(([site, row]) => {
    const data: RdWebExposure = {
      host: input.target.name,
      site,
      declared,
      publicAddress,
      exposed: publicAddress === true || declared === 'direct' ? true : declared === 'internal' ? false : null,
      password: rawEnum(member(row, 'Authentication'), MODES) === 'Forms' ? true : null,
      clientCertificates: certificates(row),
    };
    return hostFact(input, RD_WEB_EXPOSURE.kind, [site], `RD Web Access of ${site}`, data);
  });
}

/** Null is not seen: what a proxy, a load balancer or a NAT publishes does not show on the host. */
function isPublic(input: SnapshotInput): true | null {
  const state = readFirewall(input.snapshot, [HTTPS]);
  const isOpen = PROFILES.some(
    (profile) =>
      (state.interfaces.connected ?? []).some((each) => each.profile === profile && (each.addresses ?? []).some(isGlobal)) &&
      reach(state, { protocol: 'tcp', port: HTTPS, owner: SYSTEM }, profile).least === 'any',
  );
  return isOpen ? true : null;
}

function certificates(row: JsonObject): boolean | null {
  const flags = rawText(member(row, 'SslFlags'));
  return flags === undefined ? null : flags.split(',').some((flag) => flag.trim().toLowerCase() === 'sslrequirecert');
}
