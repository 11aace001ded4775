import type { DeviceRule } from '../../../model/facts/windows-rds-device.ts';

/** True, false, or null where it could not be read. */
export type Tri = boolean | null;

/** One criterion of the restrictions: does an entry of its lists match the device? */
export interface Criterion {
  readonly deny: Tri;
  readonly allow: Tri;
}

/**
 * The device installation restrictions as they meet one device. Criteria go from the most to the least exact; there is no
 * list that allows removable devices.
 * https://learn.microsoft.com/windows/client-management/mdm/policy-csp-deviceinstallation#enableinstallationpolicylayering
 */
export interface DevicePolicy {
  readonly layered: Tri;
  readonly denyUnspecified: Tri;
  readonly instanceId: Criterion;
  readonly deviceId: Criterion;
  readonly setupClass: Criterion;
  /** The device is removable and DenyRemovableDevices is on. */
  readonly removable: Tri;
}

/**
 * Whether Windows refuses to install the device. Unknown parts count only where they could change the answer: whatever denies
 * can only block more, whatever allows and the layered order can only block less, so the two extremes decide.
 */
export function isBlocked(policy: DevicePolicy): Tri {
  const least = blocks(assume(policy, false));
  return least === blocks(assume(policy, true)) ? least : null;
}

interface Known {
  readonly layered: boolean;
  readonly denyUnspecified: boolean;
  /** Instance id, device id, setup class, removable. */
  readonly denies: readonly boolean[];
  readonly allows: readonly boolean[];
}

/** What is unknown, taken to block as much (or as little) as it can. */
function assume(policy: DevicePolicy, blocking: boolean): Known {
  const criteria = [policy.instanceId, policy.deviceId, policy.setupClass];
  return {
    layered: policy.layered ?? !blocking,
    denyUnspecified: policy.denyUnspecified ?? blocking,
    denies: [...criteria.map((criterion) => criterion.deny ?? blocking), policy.removable ?? blocking],
    allows: criteria.map((criterion) => criterion.allow ?? !blocking),
  };
}

function blocks({ layered, denyUnspecified, denies, allows }: Known): boolean {
  const denied = denies.indexOf(true);
  const allowed = allows.indexOf(true);
  if (layered) {
    // A denial falls only to an allowance of a more exact criterion; within one, it wins. What nothing describes is installed.
    return denied >= 0 && (allowed < 0 || allowed >= denied);
  }
  return denied >= 0 || (denyUnspecified && allowed < 0);
}

const DENY_RULES: readonly DeviceRule[] = ['denyInstanceIds', 'denyDeviceIds', 'denyClasses', 'denyRemovable'];
const ALLOW_RULES: readonly DeviceRule[] = ['allowInstanceIds', 'allowDeviceIds', 'allowClasses'];

/** The restriction that decides for certain; null when the outcome, or which one it rests on, cannot be said. */
export function decidingRule(policy: DevicePolicy): DeviceRule | null {
  const blocked = isBlocked(policy);
  if (blocked === null) return null;
  const criteria = [policy.instanceId, policy.deviceId, policy.setupClass];
  if (blocked) {
    const index = [...criteria.map((criterion) => criterion.deny), policy.removable].indexOf(true);
    if (index >= 0) return DENY_RULES[index] ?? null;
    return policy.denyUnspecified === true ? 'denyUnspecified' : null;
  }
  const index = criteria.findIndex((criterion) => criterion.allow === true);
  return index >= 0 ? (ALLOW_RULES[index] ?? null) : 'nothing';
}

/**
 * Whether the build knows AllowDenyLayered at all; null where the documentation says nothing.
 * https://learn.microsoft.com/windows/client-management/mdm/policy-csp-deviceinstallation#enableinstallationpolicylayering
 */
export function knowsLayering(build: number | null, revision: number | null): Tri {
  if (build === null) return null;
  if (build >= 22000) return true;
  const from = FIRST_REVISION.find(([first, last]) => build >= first && build <= last)?.[2];
  if (from === undefined) return build < 14393 ? false : null;
  return revision === null ? null : revision >= from;
}

/** First and last build, and the update revision that brought the setting. */
const FIRST_REVISION: readonly (readonly [number, number, number])[] = [
  [17763, 17763, 2145],
  [18362, 18363, 1714],
  [19041, 19045, 1151],
  [20348, 20348, 256],
];
