import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { judge, subjectOf } from '../../src/evaluate/judge.ts';
import { factKindOf } from '../../src/lib/settings.ts';
import { FACT_KINDS } from '../../src/model/facts/index.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Case, Policy } from '../../src/model/policy.ts';
import { UserError } from '../../src/model/problem.ts';
import { judgeCases } from '../../src/policy/cases.ts';
import { readPolicyFolder } from '../../src/policy/library.ts';
import { lintPolicy } from '../../src/policy/lint.ts';
import { checkDocument } from '../../src/lib/schema-check.ts';
import { folderFor, skeletonOf, writeSkeleton } from '../../src/policy/new.ts';
import { POLICY_SCHEMA } from '../../src/policy/schema.ts';

const library = readPolicyFolder('policies');
const kinds = [...FACT_KINDS, ...library.areas.map(factKindOf)];
const context = { kinds: new Map(kinds.map((kind) => [kind.kind, kind.schema])), areas: library.areas };
const folder = mkdtempSync(join(tmpdir(), 'rdposture-new-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a new policy', () => {
  it.each(kinds.map((kind) => kind.kind))('for %s is sound as it is', (kind) => {
    const skeleton = skeletonOf('ZZ-001', kind, library.areas);
    const policy = parse(skeleton.policy) as Policy;
    expect(checkDocument(POLICY_SCHEMA, policy as unknown as JsonObject)).toEqual([]);
    expect(lintPolicy(policy, context)).toEqual([]);
    const result = judgeCases(policy, parse(skeleton.cases) as Case[], {
      outcome: (compiled, data, unknown) => judge(compiled, subjectOf({ data: data as JsonObject, unknown })),
      grade: () => ({ severity: null, level: 'note' }),
    });
    expect(result).toEqual({ policy: 'ZZ-001', cases: 3, failures: [] });
  });

  it('sets the setting that it judges, where there is one', () => {
    const policy = parse(skeletonOf('ZZ-001', 'windows.rdpListener', library.areas).policy) as Policy;
    expect(policy.fix?.[0]?.set).toEqual({ setting: ['rdp', '{listener}', 'userAuthentication'], value: 'required' });
  });

  it('is not made for a kind that there is not', () => {
    expect(() => skeletonOf('ZZ-001', 'windows.rdpListner', library.areas)).toThrow(UserError);
    try {
      skeletonOf('ZZ-001', 'windows.rdpListner', library.areas);
    } catch (error) {
      expect((error as UserError).hint).toContain('windows.rdpListener');
    }
  });

  it('goes beside its family, else into a folder of its own', () => {
    expect(folderFor('FW-099', 'policies', library)).toBe(join('policies', 'firewall', 'fw-099'));
    expect(folderFor('ZZ-001', 'policies', library)).toBe(join('policies', 'zz', 'zz-001'));
    expect(folderFor('FW-099', '/elsewhere', library)).toBe('/elsewhere/fw/fw-099');
  });

  it('overwrites nothing', () => {
    const place = join(folder, 'zz-001');
    const skeleton = skeletonOf('ZZ-001', 'estate.section', library.areas);
    expect(writeSkeleton(place, skeleton)).toEqual([join(place, 'policy.yaml'), join(place, 'cases.yaml')]);
    writeFileSync(join(place, 'policy.yaml'), 'mine');
    expect(() => writeSkeleton(place, skeleton)).toThrow(UserError);
    expect(readFileSync(join(place, 'policy.yaml'), 'utf8')).toBe('mine');
    mkdirSync(join(folder, 'zz-002'));
    expect(() => writeSkeleton(join(folder, 'zz-002'), skeleton)).toThrow(UserError);
    expect(existsSync(join(folder, 'zz-002', 'policy.yaml'))).toBe(false);
  });
});
