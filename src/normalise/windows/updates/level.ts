import type { Fact } from '../../../model/fact.ts';
import { UPDATE_LEVEL, UPDATE_REGRESSION, type UpdateLevel, type UpdateRegression } from '../../../model/facts/windows-updates.ts';
import type { KnownRegression, KnownUpdates, KnownVulnerability } from '../../../model/known-updates.ts';
import type { SnapshotInput } from '../../../model/normalise.ts';
import { hostFact } from '../drivers/parts.ts';
import { hasRole } from '../host-roles.ts';
import { type Build, buildOf, buildText, isHotpatched } from './build.ts';

/** How the build compares with the first mended builds, and with the days that support lasts. */
export function updateLevel(input: SnapshotInput, known: KnownUpdates, now: string): Fact {
  const build = buildOf(input);
  const hotpatched = isHotpatched(input, build);
  const system = known.systems.find((candidate) => candidate.build === build.build && candidate.type === build.installation);
  const isReadable = build.build !== undefined && build.installation !== undefined;
  const missing = missingOf(input, known, build, hotpatched);
  const data: UpdateLevel = {
    host: input.target.name,
    build: buildText(build),
    installation: build.installation ?? null,
    system: isReadable ? (system?.name ?? '') : null,
    // A release that the data does not name may be newer than the data, or have ended long ago.
    supported: isReadable && system !== undefined ? now.slice(0, 10) <= system.supportEnds : null,
    supportEnds: isReadable ? (system?.supportEnds ?? '') : null,
    hotpatched,
    missing: missing ?? null,
    worst: missing === undefined ? null : Math.max(0, ...missing.map(({ severity }) => severity)),
    dataFrom: known.retrieved,
  };
  return hostFact(input, UPDATE_LEVEL.kind, [], `updates of ${input.target.name}`, data);
}

/** Undefined when it cannot be said. What is lacking for certain counts, whatever else is unknown. */
function missingOf(input: SnapshotInput, known: KnownUpdates, build: Build, hotpatched: boolean | null): NonNullable<UpdateLevel['missing']> | undefined {
  const possible = lackingOf(known, build)?.filter(({ role }) => role === undefined || hasRole(input, role) !== false);
  if (possible === undefined) return undefined;
  const certain = certainOf(possible, hotpatched).filter(({ role }) => role === undefined || hasRole(input, role) === true);
  if (certain.length === 0 && possible.length > 0) return undefined;
  return certain
    .map(({ cve, component, severity, fixed }) => ({ cve, component, severity, fixedIn: `${build.build}.${fixed}` }))
    .toSorted((a, b) => b.severity - a.severity || (a.cve < b.cve ? -1 : 1));
}

/** Months whose cumulative update is a baseline, which hotpatched hosts install too: https://learn.microsoft.com/windows-server/get-started/hotpatch. */
const BASELINES: ReadonlySet<string> = new Set(['01', '04', '07', '10']);

/**
 * What is lacking for certain. A hotpatch mends what its month's cumulative update mends, under a lower revision; but none comes to
 * a host without the baseline before it, so below a baseline's revision nothing that it or a later update mends is there.
 */
export function certainOf(lacking: readonly Lacking[], hotpatched: boolean | null): readonly Lacking[] {
  if (hotpatched === false) return lacking;
  const baseline = lacking
    .map(({ published }) => published)
    .filter((day) => BASELINES.has(day.slice(5, 7)))
    .toSorted()[0];
  return baseline === undefined ? [] : lacking.filter(({ published }) => published >= baseline);
}

type Lacking = KnownVulnerability & { readonly fixed: number };

/** Known vulnerabilities that this build has, whatever is installed; undefined for a build of which the data cannot tell. */
export function lackingOf(known: KnownUpdates, { build, revision, installation }: Build): Lacking[] | undefined {
  if (build === undefined || revision === undefined || installation === undefined) return undefined;
  const concerning = known.vulnerabilities.flatMap((vulnerability) => {
    const builds = (installation === 'server' ? vulnerability.servers : vulnerability.clients) ?? {};
    const fixed = Object.hasOwn(builds, String(build)) ? builds[String(build)] : undefined;
    return fixed === undefined ? [] : [{ ...vulnerability, fixed }];
  });
  const lacking = concerning.filter(({ fixed }) => revision < fixed);
  // Records leave out a release that has ended: that nothing more is known of it says nothing.
  const isSilent = known.systems.some((system) => system.build === build && system.type === installation && system.supportEnds < known.retrieved);
  return concerning.length === 0 || (lacking.length === 0 && isSilent) ? undefined : lacking;
}

/** One fact for each known regression that the release and the roles can have. */
export function updateRegressions(input: SnapshotInput, known: KnownUpdates): Fact[] {
  const build = buildOf(input);
  if (build.build === undefined || build.installation === undefined) return [];
  return known.regressions
    .filter(({ role }) => role === undefined || hasRole(input, role) !== false)
    .flatMap((regression) => regressionOf(input, build, regression) ?? []);
}

function regressionOf(input: SnapshotInput, build: Build, regression: KnownRegression): Fact | undefined {
  const concerned = regression.builds.find((candidate) => candidate.build === build.build && candidate.type === build.installation);
  if (concerned === undefined) return undefined;
  const isInRange = build.revision === undefined ? null : concerned.from <= build.revision && build.revision <= concerned.to;
  const isRoleCertain = regression.role === undefined || hasRole(input, regression.role) === true;
  // A hotpatch may have mended it under a revision of its own.
  const isCertain = isRoleCertain && isHotpatched(input, build) === false;
  const data: UpdateRegression = {
    host: input.target.name,
    regression: regression.id,
    symptom: regression.symptom,
    confidence: regression.confidence,
    update: concerned.update,
    fix: concerned.fix,
    source: regression.source,
    build: buildText(build),
    affected: isInRange === true && !isCertain ? null : isInRange,
  };
  return hostFact(input, UPDATE_REGRESSION.kind, [regression.id], `${regression.id} on ${input.target.name}`, data);
}
