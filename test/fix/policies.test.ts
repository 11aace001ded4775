import { describe, expect, it } from 'vitest';
import { subjectOf } from '../../src/evaluate/judge.ts';
import { planFixes } from '../../src/fix/plan.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { readPolicyFolder } from '../../src/policy/library.ts';

// Fixes that must stay away where they would cure nothing, or lock somebody out.

const library = readPolicyFolder('policies');

/** What the fixes of a policy set for one fact, by the last step of the setting. */
function setBy(id: string, data: JsonObject): (readonly [string, Json])[] {
  const policy = library.policies.find((candidate) => candidate.id === id);
  if (policy === undefined) throw new Error(`there is no ${id}`);
  const fact = { kind: policy.kind, id: 'x', name: 'x', target: 'windows-host:h', data, unknown: [], origin: { at: 'setting' as const }, observedAt: null };
  const fixes = planFixes(policy.fix ?? [], fact, subjectOf(fact), {
    catalogue: library.areas,
    intent: {},
    params: {},
    targetId: (kind, name) => `${kind}:${name}`,
    current: (_target, path) => ({ value: data[path.at(-1) ?? ''] ?? null, source: 'local', unknown: false }),
  });
  return fixes.flatMap((fix) => fix.changes).flatMap((change) => (change.at === 'setting' ? [[change.path.at(-1) ?? '', change.after] as const] : []));
}

describe('AUTH-015', () => {
  const data = { host: 'h', wdigest: false, lsaProtection: 'disabled', credentialGuard: true, domainController: false };
  it.each<[string, JsonObject, (readonly [string, Json])[]]>([
    ['needs no lock where the release knows protection without one', { lsaWithoutLock: true }, [['lsaProtection', 'enabled']]],
    ['leaves it to somebody where only a lock in the firmware protects', { lsaWithoutLock: false }, []],
    ['keeps no passwords there', { lsaWithoutLock: false, wdigest: true }, [['wdigest', false]]],
  ])('%s', (_, more, expected) => {
    expect(setBy('AUTH-015', { ...data, ...more })).toEqual(expected);
  });
});

describe('AUTH-010', () => {
  const lists = { savedCredentials: ['TERMSRV/*'], savedCredentialsNtlmOnly: [], defaultCredentials: [], defaultCredentialsNtlmOnly: [] };
  const data = { host: 'h', ...lists, freshCredentials: ['TERMSRV/*'], freshCredentialsNtlmOnly: ['TERMSRV/*'] };
  const ours = (...names: readonly string[]): JsonObject => ({
    sources: Object.fromEntries(
      Object.keys(data)
        .slice(1)
        .map((name) => [name, names.includes(name) ? 'local' : 'default']),
    ),
  });
  it.each<[string, JsonObject, (readonly [string, Json])[]]>([
    ['leaves what Windows permits by itself', ours(), []],
    ['turns off a policy of saved credentials that names nothing else', ours('savedCredentials'), [['savedCredentials', []]]],
    ['does not turn off what people type', ours('freshCredentials'), []],
    [
      'keeps the servers that people type credentials for, in any spelling of the wildcard',
      { ...ours('freshCredentials'), freshCredentials: ['Termsrv/*', 'TERMSRV/rdsh01.contoso.com'] },
      [['freshCredentials', ['TERMSRV/rdsh01.contoso.com']]],
    ],
  ])('%s', (_, more, expected) => {
    expect(setBy('AUTH-010', { ...data, ...more })).toEqual(expected);
  });
});
