import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decidingRule, type DevicePolicy, isBlocked, knowsLayering, type Tri } from '../../../../src/normalise/windows/drivers/device-policy.ts';

/** Fully known restrictions, written the way Microsoft's page describes them: walk the criteria, most exact first. */
interface Plain {
  readonly layered: boolean;
  readonly unspecified: boolean;
  readonly instance: { readonly deny: boolean; readonly allow: boolean };
  readonly id: { readonly deny: boolean; readonly allow: boolean };
  readonly class: { readonly deny: boolean; readonly allow: boolean };
  readonly removable: boolean;
}

function oracle(plain: Plain): boolean {
  if (plain.layered) {
    for (const criterion of [plain.instance, plain.id, plain.class, { deny: plain.removable, allow: false }]) {
      if (criterion.deny) return true;
      if (criterion.allow) return false;
    }
    return false;
  }
  if (plain.instance.deny || plain.id.deny || plain.class.deny || plain.removable) return true;
  if (plain.instance.allow || plain.id.allow || plain.class.allow) return false;
  return plain.unspecified;
}

type Flat = readonly [Tri, Tri, Tri, Tri, Tri, Tri, Tri, Tri, Tri];

const policyOf = ([layered, denyUnspecified, a, b, c, d, e, f, removable]: Flat): DevicePolicy => ({
  layered,
  denyUnspecified,
  instanceId: { deny: a, allow: b },
  deviceId: { deny: c, allow: d },
  setupClass: { deny: e, allow: f },
  removable,
});

const plainOf = (flat: readonly boolean[]): Plain => {
  const at = (index: number): boolean => flat[index] === true;
  return {
    layered: at(0),
    unspecified: at(1),
    instance: { deny: at(2), allow: at(3) },
    id: { deny: at(4), allow: at(5) },
    class: { deny: at(6), allow: at(7) },
    removable: at(8),
  };
};

/** Every way to fill what is unknown. */
function fillings(flat: readonly Tri[]): boolean[][] {
  return flat.reduce<boolean[][]>(
    (all, value) =>
      all.flatMap((prefix) =>
        value === null
          ? [
              [...prefix, false],
              [...prefix, true],
            ]
          : [[...prefix, value]],
      ),
    [[]],
  );
}

const tri = fc.constantFrom<Tri>(true, false, null);
const flats = fc.tuple(tri, tri, tri, tri, tri, tri, tri, tri, tri);

describe('isBlocked', () => {
  it('is certain exactly when every filling of the unknown parts agrees', () => {
    fc.assert(
      fc.property(flats, (flat) => {
        const answers = new Set(fillings(flat).map((filled) => oracle(plainOf(filled))));
        expect(isBlocked(policyOf(flat))).toBe(answers.size === 2 ? null : answers.has(true));
      }),
      { seed: 20261122, numRuns: 600 },
    );
  });

  it('agrees with the oracle on all 512 known combinations', () => {
    for (let bits = 0; bits < 512; bits++) {
      const flat = Array.from({ length: 9 }, (_, index) => (bits & (1 << index)) !== 0);
      expect(isBlocked(policyOf(flat as unknown as Flat))).toBe(oracle(plainOf(flat)));
    }
  });
});

describe('decidingRule', () => {
  it('names a restriction that speaks for the outcome', () => {
    fc.assert(
      fc.property(flats, (flat) => {
        const policy = policyOf(flat);
        const rule = decidingRule(policy);
        if (rule === null) return;
        expect(rule.startsWith('deny')).toBe(isBlocked(policy));
      }),
      { seed: 7, numRuns: 400 },
    );
  });

  const none: DevicePolicy = policyOf([false, false, false, false, false, false, false, false, false]);
  it.each([
    ['nothing', none, 'nothing'],
    ['default denial', { ...none, denyUnspecified: true }, 'denyUnspecified'],
    ['default denial under layers', { ...none, denyUnspecified: true, layered: true }, 'nothing'],
    ['a class', { ...none, setupClass: { deny: true, allow: false } }, 'denyClasses'],
    ['a class that is allowed as well', { ...none, setupClass: { deny: true, allow: true } }, 'denyClasses'],
    [
      'a denied class under an allowed id',
      {
        ...none,
        layered: true,
        setupClass: { deny: true, allow: false },
        deviceId: { deny: false, allow: true },
      },
      'allowDeviceIds',
    ],
    ['the same without layers', { ...none, setupClass: { deny: true, allow: false }, deviceId: { deny: false, allow: true } }, 'denyClasses'],
    [
      'the same where the order is unknown',
      {
        ...none,
        layered: null,
        setupClass: { deny: true, allow: false },
        deviceId: { deny: false, allow: true },
      },
      null,
    ],
    ['a removable device', { ...none, removable: true }, 'denyRemovable'],
    ['blocked for certain, by what is unknown', { ...none, setupClass: { deny: null, allow: false }, denyUnspecified: true }, 'denyUnspecified'],
  ] as const)('%s', (_name, policy, expected) => {
    expect(decidingRule(policy)).toBe(expected);
  });
});

describe('knowsLayering', () => {
  it.each([
    [26100, 1, true],
    [22000, 0, true],
    [20348, 256, true],
    [20348, 255, false],
    [20348, null, null],
    [17763, 2145, true],
    [17763, 2144, false],
    [19044, 1200, true],
    [14393, 9999, null],
    [9600, 1, false],
    [null, null, null],
  ])('build %s.%s: %s', (build, revision, expected) => {
    expect(knowsLayering(build, revision)).toBe(expected);
  });
});
