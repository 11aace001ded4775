import { rawInteger, rawText } from '../../../lib/raw.ts';
import { readRegistryValue, readRows } from '../../../lib/snapshot-read.ts';
import type { Fact } from '../../../model/fact.ts';
import { LICENSE_KEY_PACK, type LicenseKeyPack } from '../../../model/facts/windows-licensing.ts';
import { type JsonObject, member } from '../../../model/json.ts';
import type { NormaliseContext, SnapshotInput } from '../../../model/normalise.ts';
import { hostFact, unreadFact } from '../drivers/parts.ts';
import { hasRole } from '../host-roles.ts';

/** A pack that was bought, as far as that could be read. Null is what could not. */
interface Pack {
  readonly id: string;
  readonly licenses: LicenseKeyPack['licenses'];
  readonly version: number | null;
  readonly bought: true | null;
  readonly expired: boolean | null;
  readonly total: number | null;
  /** Less than 0: more were given out than there are. */
  readonly available: number | null;
}

/** Packs of one type and version: a client takes its license from any of them. */
interface Pool {
  readonly packs: readonly Pack[];
  readonly licenses: LicenseKeyPack['licenses'];
  readonly version: number | null;
  readonly expired: number | null;
  readonly total: number | null;
  readonly available: number | null;
}

/** One fact for each pool. Built-in and temporary packs have no number of licenses that could run out. */
export function keyPacks(input: SnapshotInput, context: NormaliseContext): Fact[] {
  const table = readRows(input.snapshot, 'Win32_TSLicenseKeyPack');
  if (table.state === 'absent') return [];
  if (table.state === 'unread') return licensesUnread(input) ? [unreadFact(input, LICENSE_KEY_PACK.kind)] : [];
  const packs = table.rows.flatMap((row, index) => packOf(row, index, Date.parse(context.now)));
  const pools = [...Map.groupBy(packs, ({ licenses, version }) => `${licenses} ${version}`).values()].map(poolOf);
  return pools.map((pool) => poolFact(input, pool, newerOf(input, pool, pools)));
}

/** Only where there is, or may be, a license server is a table that nobody read a gap. */
function licensesUnread(input: SnapshotInput): boolean {
  const role = hasRole(input, 'RDS-Licensing');
  return role === true || (role === null && input.host?.roles.includes('licensing') === true);
}

/** Retail, volume, concurrent and open. */
const BOUGHT: ReadonlySet<number | undefined> = new Set([1, 2, 3, 5]);
const TEMPORARY = 4;
const BUILT_IN_PACK = 6;
const BUILT_IN = 3;
const NO_NUMBER = 4294967295;
const YEAR_1971 = Date.UTC(1971, 0);
const TYPES: Readonly<Record<number, LicenseKeyPack['licenses']>> = { 0: 'per-device', 1: 'per-user' };

function packOf(row: JsonObject, index: number, now: number): Pack[] {
  const type = rawInteger(member(row, 'KeyPackType'));
  const product = rawInteger(member(row, 'ProductType'));
  const total = rawInteger(member(row, 'TotalLicenses'));
  if (type === TEMPORARY || type === BUILT_IN_PACK || product === BUILT_IN || total === NO_NUMBER) return [];
  const available = rawInteger(member(row, 'AvailableLicenses'));
  const expiry = timeOf(rawText(member(row, 'ExpirationDate')) ?? '');
  return [
    {
      id: rawText(member(row, 'KeyPackId')) ?? `#${index + 1}`,
      licenses: TYPES[product ?? -1] ?? null,
      version: rawInteger(member(row, 'ProductVersionID')) ?? null,
      bought: BOUGHT.has(type) ? true : null,
      // No version that is counted here is as old as 1970: a day then is no day.
      expired: Number.isNaN(expiry) ? null : expiry <= now && expiry >= YEAR_1971,
      total: total ?? null,
      // A number above all that could be sold is a negative one.
      available: available === undefined ? null : available > 0x7fffffff ? available - 0x100000000 : available,
    },
  ];
}

/** Milliseconds of ISO 8601, or of the day of a CIM datetime (`20371231…`); NaN of anything else. */
function timeOf(text: string): number {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})\d{6}\./.exec(text) ?? [];
  if (year !== undefined) return Date.parse(`${year}-${month}-${day}`);
  return /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
}

function poolOf(packs: readonly Pack[]): Pool {
  const [first] = packs;
  const left = packs.filter(({ expired }) => expired !== true);
  const isSure = left.every(({ bought, expired }) => bought === true && expired === false);
  return {
    packs: packs.toSorted((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true })),
    licenses: first?.licenses ?? null,
    version: first?.version ?? null,
    expired: left.some(({ expired }) => expired === null) ? null : packs.length - left.length,
    total: isSure ? sum(left.map(({ total }) => total)) : null,
    available: isSure ? sum(left.map(({ available }) => available)) : null,
  };
}

function sum(numbers: readonly (number | null)[]): number | null {
  return numbers.reduce<number | null>((all, each) => (all === null || each === null ? null : all + each), 0);
}

const POLICY = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services';

/**
 * Licenses of newer versions, which serve older session hosts too: the server gives them out when its own are gone, unless the
 * policy `Prevent license upgrade` forbids it. https://learn.microsoft.com/windows-server/remote/remote-desktop-services/rds-client-access-license
 */
function newerOf(input: SnapshotInput, { licenses, version }: Pool, pools: readonly Pool[]): number | null {
  if (licenses === null || version === null) return null;
  const newer = pools.filter((pool) => pool.licenses === licenses && (pool.version ?? 0) > version);
  const prevented = readRegistryValue(input.snapshot, POLICY, 'fPreventLicenseUpgrade');
  if (newer.length === 0 || (prevented.known && rawInteger(prevented.value) === 1)) return 0;
  return prevented.known ? sum(newer.map(({ available }) => (available === null ? null : Math.max(0, available)))) : null;
}

function poolFact(input: SnapshotInput, pool: Pool, newer: number | null): Fact {
  const pack = pool.packs.map(({ id }) => id).join(', ');
  const data: LicenseKeyPack = {
    host: input.target.name,
    pack,
    licenses: pool.licenses,
    version: pool.version,
    total: pool.total,
    available: pool.available,
    newer,
    expired: pool.expired,
    state: stateOf(pool, newer),
  };
  // The first pack names the fact, so that packs which are added later leave it the same.
  return hostFact(input, LICENSE_KEY_PACK.kind, [pool.packs[0]?.id ?? ''], `licenses ${pack} of ${input.target.name}`, data);
}

function stateOf({ licenses, version, total, available }: Pool, newer: number | null): LicenseKeyPack['state'] {
  if (licenses === null || version === null || total === null || available === null) return null;
  if (isEnough(available, total)) return 'enough';
  if (newer === null) return null;
  const left = available + newer;
  return left <= 0 ? 'none' : isEnough(left, total) ? 'enough' : 'few';
}

function isEnough(left: number, total: number): boolean {
  return left > 0 && left * 10 >= total;
}
