import { describe, expect, it } from 'vitest';
import { DEFAULT_PACK, selectPolicies } from '../../src/policy/select.ts';
import { readPolicyFolder } from '../../src/policy/library.ts';

const library = readPolicyFolder('policies');
const pack = (id: string): readonly string[] => library.packs.find((candidate) => candidate.id === id)?.policies ?? [];
const ids = library.policies.map((policy) => policy.id);
const FAMILIES = [
  'ARC',
  'AUD',
  'AUTH',
  'AVD',
  'AZCERT',
  'BAS',
  'CERT',
  'CLI',
  'COL',
  'CONN',
  'DISP',
  'DNS',
  'DRV',
  'END',
  'EST',
  'FW',
  'GW',
  'LIC',
  'LOG',
  'NET',
  'PERM',
  'REDIR',
  'SESS',
  'SHDW',
  'UPD',
  'VMH',
  'WEB',
];

/** What a sound estate may well decide otherwise; rds-complete.yaml says why. */
const LEFT_OUT = [
  'ARC-002',
  'ARC-003',
  'ARC-004',
  'AUD-001',
  'AUD-002',
  'AUTH-004',
  'AUTH-007',
  'AUTH-008',
  'AUTH-014',
  'AVD-002',
  'AVD-004',
  'AVD-007',
  'AVD-013',
  'AVD-014',
  'AVD-016',
  'AVD-018',
  'AZCERT-004',
  'AZCERT-009',
  'BAS-001',
  'BAS-003',
  'BAS-004',
  'CERT-015',
  'CLI-003',
  'COL-007',
  'COL-013',
  'DNS-009',
  'DNS-011',
  'DRV-006',
  'DRV-007',
  'DRV-008',
  'DRV-011',
  'DRV-015',
  'FW-017',
  'FW-020',
  'GW-005',
  'GW-006',
  'GW-009',
  'GW-012',
  'GW-017',
  'LOG-001',
  'LOG-002',
  'LOG-003',
  'NET-013',
  'NET-016',
  'PERM-011',
  'PERM-012',
  'REDIR-001',
  'REDIR-002',
  'REDIR-003',
  'REDIR-004',
  'REDIR-006',
  'REDIR-007',
  'REDIR-008',
  'REDIR-009',
  'SESS-001',
  'SESS-002',
  'SESS-004',
  'SESS-005',
  'VMH-002',
  'VMH-004',
  'VMH-005',
  'VMH-006',
  'VMH-007',
  'VMH-008',
  'VMH-012',
  'VMH-013',
  'WEB-002',
  'WEB-003',
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

  it('rds-complete holds the default', () => {
    expect(pack('rds-essentials').filter((id) => !pack('rds-complete').includes(id))).toEqual([]);
  });

  it('rds-complete holds all of these families but what is a matter of opinion', () => {
    const wanted = library.policies.filter((policy) => FAMILIES.includes(policy.id.split('-')[0] ?? '') && !LEFT_OUT.includes(policy.id));
    expect(pack('rds-complete').filter((id) => FAMILIES.includes(id.split('-')[0] ?? ''))).toEqual(wanted.map((policy) => policy.id));
  });

  it('what is left out gates nothing: it is below high, and no more than a note', () => {
    for (const id of LEFT_OUT) {
      const policy = library.policies.find((candidate) => candidate.id === id);
      expect(policy?.severity ?? 0, id).toBeLessThan(7);
      expect(policy?.level ?? 'note', id).toBe('note');
    }
  });

  it.each([
    ['cis-windows-server-2019', 'cis-windows-server-2019-3.0.0'],
    ['cis-windows-server-2022', 'cis-windows-server-2022-4.0.0'],
    ['cis-windows-server-2025', 'cis-windows-server-2025-1.0.0'],
    ['microsoft-baseline', 'microsoft-baseline'],
    ['stig-windows-server-2019', 'stig-windows-server-2019'],
    ['stig-windows-server-2022', 'stig-windows-server-2022'],
    ['stig-windows-server-2025', 'stig-windows-server-2025'],
  ])('%s is what carries a control of %s', (id, framework) => {
    const controlled = library.policies.filter((policy) => policy.controls?.some((control) => control.framework === framework) === true);
    expect(controlled).not.toEqual([]);
    expect(pack(id)).toEqual(controlled.map((policy) => policy.id));
  });
});
