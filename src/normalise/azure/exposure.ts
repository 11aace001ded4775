import type { JsonObject } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import type { Hit, Reach, Sources } from './evaluate.ts';
import { type Bound, intersect, overlaps, size } from './interval-set.ts';
import type { Reaches } from './security-group.ts';
import type { Rule } from './rule.ts';
import { isCloudWide } from './side.ts';
import { sitesOf, type Spaces, type Width, widthOf, WIDTHS } from './space.ts';

/** How wide a set of sources is, measured. */
interface Measure {
  readonly width: Width;
  /** Public IPv4 addresses. */
  readonly addresses: number;
  /** Public IPv6 networks of a /48. */
  readonly sites: number;
  /** Every public address of Azure, or of a region of it, is among them as such. */
  readonly cloudWide: boolean;
  /** Service tags whose addresses are not known. */
  readonly tags: readonly string[];
}

const NOTHING: Sources<never> = { set: [], tags: [] };

export function measure(spaces: Spaces, v4: Sources<number> = NOTHING, v6: Sources<bigint> = NOTHING): Measure {
  const addresses = size(intersect(v4.set, spaces.v4.publicPart));
  const sites = v6.set.length === 0 ? 0 : sitesOf(intersect(v6.set, spaces.v6.publicPart));
  const tags = v6.tags.length === 0 ? v4.tags : [...new Set([...v4.tags, ...v6.tags])];
  const hasPrivate = overlaps(v4.set, spaces.v4.networkMaybe) || overlaps(v6.set, spaces.v6.networkMaybe) || size(v4.set) > addresses;
  // The addresses of AzureCloud are broad, however many there are: whoever comes has a machine of Azure.
  const plain = v4.plain === undefined ? addresses : size(intersect(v4.plain, spaces.v4.publicPart));
  const plainSites = v6.plain === undefined ? sites : sitesOf(intersect(v6.plain, spaces.v6.publicPart));
  const cloudWide = plain < addresses || plainSites < sites || tags.some(isCloudWide);
  return {
    width: widthOf({ plain, plainSites, addresses, sites, cloudWide, others: tags.length > 0, hasPrivate }),
    addresses,
    sites,
    cloudWide,
    tags,
  };
}

/** What is certain and what is possible about who reaches a port. */
export interface Exposure {
  readonly lower: Measure;
  readonly upper: Measure;
  readonly openedBy: readonly Opener[];
}

/** An allow rule through which public sources come, or would come if the rules before it were narrowed. */
export interface Opener {
  readonly rule: Rule;
  readonly certain: boolean;
  readonly width: Width;
}

/** By the reach of the first family, which is of one network: ports that meet the same rules have the same one. */
const exposures = new WeakMap<Reach<Bound>, { readonly v6: Reach<bigint> | null; readonly exposure: Exposure }>();

export function exposureOf(spaces: Spaces, reaches: Reaches): Exposure {
  const { v4, v6 } = reaches;
  if (v4 === null) return measured(spaces, reaches);
  const known = exposures.get(v4);
  if (known?.v6 === v6) return known.exposure;
  const exposure = measured(spaces, reaches);
  exposures.set(v4, { v6, exposure });
  return exposure;
}

function measured(spaces: Spaces, reaches: Reaches): Exposure {
  const lower = measure(spaces, reaches.v4?.lower, reaches.v6?.lower);
  const upper = measure(spaces, reaches.v4?.upper, reaches.v6?.upper);
  return { lower, upper, openedBy: openersOf(spaces, reaches) };
}

function openersOf(spaces: Spaces, reaches: Reaches): Opener[] {
  const hits = new Map<Rule, { v4?: Hit<number>; v6?: Hit<bigint> }>();
  for (const hit of reaches.v4?.hits ?? []) hits.set(hit.rule, { v4: hit });
  for (const hit of reaches.v6?.hits ?? []) hits.set(hit.rule, { ...hits.get(hit.rule), v6: hit });
  const openers: Opener[] = [];
  for (const [rule, hit] of hits) {
    const { width } = measure(spaces, hit.v4?.sources, hit.v6?.sources);
    if (width === 'restricted' || width === 'broad' || width === 'internet')
      openers.push({
        rule,
        certain: (hit.v4?.certain ?? false) || (hit.v6?.certain ?? false),
        width,
      });
  }
  return openers;
}

/** Both at once, for two ports of which one open is enough. */
export function widest(exposures: readonly Exposure[]): Exposure {
  const [first, ...rest] = exposures;
  if (first === undefined) return NOT_EXPOSED;
  return rest.reduce(
    (a, b) => ({
      lower: wider(a.lower, b.lower),
      upper: wider(a.upper, b.upper),
      openedBy: mergeOpeners(a.openedBy, b.openedBy),
    }),
    first,
  );
}

export const NOT_EXPOSED: Exposure = {
  lower: measureNothing(),
  upper: measureNothing(),
  openedBy: [],
};

function measureNothing(): Measure {
  return { width: 'nobody', addresses: 0, sites: 0, cloudWide: false, tags: [] };
}

function wider(a: Measure, b: Measure): Measure {
  return {
    width: rank(a.width) >= rank(b.width) ? a.width : b.width,
    addresses: Math.max(a.addresses, b.addresses),
    sites: Math.max(a.sites, b.sites),
    cloudWide: a.cloudWide || b.cloudWide,
    tags: [...new Set([...a.tags, ...b.tags])],
  };
}

function mergeOpeners(a: readonly Opener[], b: readonly Opener[]): Opener[] {
  const merged = [...a];
  for (const opener of b) {
    const at = merged.findIndex((other) => other.rule === opener.rule);
    const other = merged[at];
    if (other === undefined) merged.push(opener);
    else
      merged[at] = {
        rule: other.rule,
        certain: other.certain || opener.certain,
        width: rank(other.width) >= rank(opener.width) ? other.width : opener.width,
      };
  }
  return merged;
}

export function rank(width: Width): number {
  return WIDTHS.indexOf(width);
}

/** True or false when certain, null when not. */
export function atLeast(exposure: Pick<Exposure, 'lower' | 'upper'>, width: Width): boolean | null {
  if (rank(exposure.lower.width) >= rank(width)) return true;
  return rank(exposure.upper.width) >= rank(width) ? null : false;
}

/** The exposure as data; what is not certain is null and named in `unknown`. */
export function exposureData(exposure: Exposure, at: Pointer, unknown: Pointer[], openers: readonly JsonObject[]): JsonObject {
  const { lower, upper } = exposure;
  const known = <T>(name: string, a: T, b: T): T | null => {
    if (a === b) return a;
    unknown.push(`${at}/${name}`);
    return null;
  };
  const internet = atLeast(exposure, 'internet');
  if (internet === null) unknown.push(`${at}/internet`);
  return {
    from: known('from', lower.width, upper.width),
    internet,
    addresses: known('addresses', lower.addresses, upper.addresses),
    sites: known('sites', lower.sites, upper.sites),
    cloudWide: known('cloudWide', lower.cloudWide, upper.cloudWide),
    serviceTags: [...upper.tags],
    openedBy: openers,
  };
}
