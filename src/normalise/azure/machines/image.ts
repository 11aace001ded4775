import type { CloudResource } from '../../../model/cloud-resource.ts';
import { isUnresolved } from '../../../model/cloud-resource.ts';
import type { Json, JsonObject } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import { findResource, memberOf, referenceOf, type Resources } from '../resources.ts';
import { DAY, isAbsent, timeOf } from '../values.ts';

/** A release of Windows in the marketplace: last day of support, and of the extended security updates that Azure gives free. */
export interface Release {
  readonly name: string;
  readonly ends: string;
  readonly extended?: string;
}

/** By what stands in the image's SKU (learn.microsoft.com/lifecycle/products); clients by their Enterprise edition. */
const SERVERS: Readonly<Record<string, Release>> = {
  '2008-r2': { name: 'Windows Server 2008 R2', ends: '2020-01-14', extended: '2024-01-09' },
  '2012-r2': { name: 'Windows Server 2012 R2', ends: '2023-10-10', extended: '2026-10-13' },
  '2012': { name: 'Windows Server 2012', ends: '2023-10-10', extended: '2026-10-13' },
  '2016': { name: 'Windows Server 2016', ends: '2027-01-12' },
  '2019': { name: 'Windows Server 2019', ends: '2029-01-09' },
  '2022': { name: 'Windows Server 2022', ends: '2031-10-14' },
  '2025': { name: 'Windows Server 2025', ends: '2034-10-10' },
};
const CLIENTS: Readonly<Record<string, Release>> = {
  'win10-21h1': { name: 'Windows 10 21H1', ends: '2022-12-13' },
  'win10-21h2': { name: 'Windows 10 21H2', ends: '2024-06-11' },
  'win10-22h2': { name: 'Windows 10 22H2', ends: '2025-10-14', extended: '2028-10-10' },
  'win11-21h2': { name: 'Windows 11 21H2', ends: '2024-10-08' },
  'win11-22h2': { name: 'Windows 11 22H2', ends: '2025-10-14' },
  'win11-23h2': { name: 'Windows 11 23H2', ends: '2026-11-10' },
  'win11-24h2': { name: 'Windows 11 24H2', ends: '2027-10-12' },
  'win11-25h2': { name: 'Windows 11 25H2', ends: '2028-10-10' },
};

type SupportPhase = 'supported' | 'extended' | 'ended';

/** What a machine is made of: its release and how old that is; null, and unknown, what cannot be known. */
export function imageData(resources: Resources, machine: CloudResource, now: string, unknown: Pointer[]): JsonObject {
  const reference = memberOf(machine.body['storageProfile'], 'imageReference');
  const release = releaseOf(reference) ?? releaseNamed(memberOf(memberOf(memberOf(machine.body, 'extended'), 'instanceView'), 'osName'));
  const age = ageOf(resources, reference, Date.parse(now));
  if (release === null) unknown.push('/image/supportEnds', '/image/phase');
  if (age === null) unknown.push('/image/ageDays');
  return {
    text: imageText(reference),
    release: release?.name ?? 'not-known',
    supportEnds: release?.ends ?? null,
    phase: release === null ? null : phaseAt(release, now),
    ageDays: age,
    generation: generationOf(reference, memberOf(memberOf(memberOf(machine.body, 'extended'), 'instanceView'), 'hyperVGeneration')),
  };
}

export function phaseAt(release: Release, now: string): SupportPhase {
  const day = now.slice(0, 10);
  return day <= release.ends ? 'supported' : release.extended !== undefined && day <= release.extended ? 'extended' : 'ended';
}

function releaseOf(reference: Json | undefined): Release | null {
  const [publisher, sku] = [memberOf(reference, 'publisher'), memberOf(reference, 'sku')];
  return typeof publisher === 'string' && typeof sku === 'string' ? marketplaceRelease(publisher, sku) : null;
}

/**
 * Generation of the machine, as Azure reports it, else as Microsoft names its images: those of generation 2 say so, and all of Windows 11
 * and of the Azure Edition are (https://learn.microsoft.com/azure/virtual-machines/generation-2).
 */
function generationOf(reference: Json | undefined, reported: Json | undefined): string {
  if (typeof reported === 'string' && /^v[12]$/i.test(reported)) return reported.toUpperCase();
  const [publisher, offer, sku] = ['publisher', 'offer', 'sku'].map((name) => memberOf(reference, name));
  if (typeof publisher !== 'string' || typeof sku !== 'string' || !/^microsoftwindows(?:server|desktop)$/i.test(publisher)) return 'not-known';
  if (/g2|gensecond|gen2|azure-edition|win11|windows-11/i.test(`${typeof offer === 'string' ? offer : ''} ${sku}`)) return 'V2';
  return /^(?:smalldisk-|datacenter-)?(?:20(?:08|12|16|19|22)-|win10-)/i.test(sku) ? 'V1' : 'not-known';
}

/** The release of a marketplace image, also as host pools name it for new hosts. */
export function marketplaceRelease(publisher: string, sku: string): Release | null {
  const plain = sku.toLowerCase();
  if (publisher.toLowerCase() === 'microsoftwindowsserver') {
    const year = /^(?:smalldisk-|datacenter-)?(?<year>2008-r2|2012-r2|20\d\d)(?:-|$)/.exec(plain)?.groups?.['year'] ?? '';
    return Object.hasOwn(SERVERS, year) ? (SERVERS[year] ?? null) : null;
  }
  if (publisher.toLowerCase() !== 'microsoftwindowsdesktop' || plain.includes('ltsc')) return null;
  // Older SKUs of Windows 10 leave its name out: `20h2-evd`, `rs5-enterprise`.
  if (/^(?:rs[1-5]|19h[12]|20h[12]|win10-(?:19h[12]|20h[12]|rs[1-5]))/.test(plain)) return { name: 'Windows 10 before 21H1', ends: '2023-05-09' };
  const version = /^(?:win1[01]-)?2[1-9]h[12]/.exec(plain)?.[0] ?? '';
  const key = version.startsWith('win') ? version : `win10-${version}`;
  return Object.hasOwn(CLIENTS, key) ? (CLIENTS[key] ?? null) : null;
}

/** The name that the machine's agent reports, `Windows Server 2022 Datacenter`. */
export function releaseNamed(name: Json | undefined): Release | null {
  const match = typeof name === 'string' ? /windows server (?<year>20\d\d)(?<second> r2)?/i.exec(name) : null;
  const key = `${match?.groups?.['year'] ?? ''}${match?.groups?.['second'] === undefined ? '' : '-r2'}`;
  return Object.hasOwn(SERVERS, key) ? (SERVERS[key] ?? null) : null;
}

/** Days since the image was made; `latest` is what will be deployed, which is new. */
function ageOf(resources: Resources, reference: Json | undefined, now: number): number | null {
  if (isUnresolved(reference)) return null;
  const [exact, version] = [memberOf(reference, 'exactVersion'), memberOf(reference, 'version')];
  const id = referenceOf(memberOf(reference, 'id'));
  if (typeof id === 'string') {
    const image = findResource(resources, id);
    const made = timeOf(memberOf(memberOf(image?.body, 'publishingProfile'), 'publishedDate'));
    return made === null ? null : daysBetween(made, now);
  }
  const made = dayOf(exact) ?? dayOf(version);
  if (made !== null) return daysBetween(made, now);
  const isPlan = !resources.inventory.complete && resources.inventory.unread === undefined;
  return isPlan && isAbsent(exact) && typeof version === 'string' && version.toLowerCase() === 'latest' ? 0 : null;
}

/** Microsoft's versions end with the day: `20348.2527.240604`, older ones `2016.127.20180220`. */
function dayOf(version: Json | undefined): number | null {
  const day = typeof version === 'string' ? /^\d+\.\d+\.(?:20)?(?<day>\d{6})$/.exec(version)?.groups?.['day'] : undefined;
  return day === undefined ? null : timeOf(`20${day.slice(0, 2)}-${day.slice(2, 4)}-${day.slice(4)}`);
}

function daysBetween(made: number, now: number): number {
  return Math.max(0, Math.floor((now - made) / DAY));
}

function imageText(reference: Json | undefined): string {
  const parts = ['publisher', 'offer', 'sku', 'version'].map((name) => memberOf(reference, name));
  if (parts.some((part) => typeof part === 'string')) return parts.map((part) => (typeof part === 'string' ? part.slice(0, 100) : '?')).join(':');
  const id = memberOf(reference, 'id');
  return typeof id === 'string' ? id.slice(id.lastIndexOf('/images/') + 1).slice(0, 200) : 'not-stated';
}
