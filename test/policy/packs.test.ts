import { describe, expect, it } from 'vitest';
import { DEFAULT_PACK, selectPolicies } from '../../src/policy/select.ts';
import { readPolicyFolder } from '../../src/policy/library.ts';

const library = readPolicyFolder('policies');
const pack = (id: string): readonly string[] => library.packs.find((candidate) => candidate.id === id)?.policies ?? [];
const ids = library.policies.map((policy) => policy.id);
const FAMILIES = ['FW', 'CERT', 'COL', 'DRV', 'AUTH', 'NET', 'AVD', 'EST'];

/** What a sound estate may well decide otherwise; rds-essentials.yaml says why. */
const LEFT_OUT = [
  'AUTH-004',
  'AVD-002',
  'AVD-004',
  'AVD-007',
  'CERT-015',
  'COL-007',
  'COL-013',
  'DRV-006',
  'DRV-007',
  'DRV-008',
  'DRV-011',
  'DRV-015',
  'FW-017',
  'FW-020',
];

describe('the packs', () => {
  it.each(library.packs.map((entry) => [entry.id, entry] as const))('%s names policies that there are, sorted and once', (_id, entry) => {
    expect(entry.policies.filter((id) => !ids.includes(id))).toEqual([]);
    expect(entry.policies).toEqual([...new Set(entry.policies)].toSorted());
  });

  it('rds-essentials is the default', () => {
    expect(DEFAULT_PACK).toBe('rds-essentials');
    const chosen = selectPolicies(library, { packs: [], only: [], skip: [], estateParams: {}, vars: {} });
    expect(chosen.map((policy) => policy.policy.id)).toEqual(pack('rds-essentials'));
  });

  it('rds-essentials holds all of the first families but what is a matter of opinion', () => {
    const wanted = library.policies.filter((policy) => FAMILIES.includes(policy.id.split('-')[0] ?? '') && !LEFT_OUT.includes(policy.id));
    expect(pack('rds-essentials').filter((id) => FAMILIES.includes(id.split('-')[0] ?? ''))).toEqual(wanted.map((policy) => policy.id));
  });

  it('what is left out gates nothing by default: it is below high, and no function finding', () => {
    for (const id of LEFT_OUT) {
      const policy = library.policies.find((candidate) => candidate.id === id);
      expect(policy?.severity, id).toBeLessThan(7);
    }
  });

  it('cis-windows-server-2022 is what carries a control of the benchmark', () => {
    const controlled = library.policies.filter((policy) => policy.controls?.some((control) => control.framework === 'cis-windows-server-2022-4.0.0') === true);
    expect(pack('cis-windows-server-2022')).toEqual(controlled.map((policy) => policy.id));
  });
});
