import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { subjectOf } from '../../src/evaluate/judge.ts';
import { planFixes } from '../../src/fix/plan.ts';
import { fill } from '../../src/lib/placeholder.ts';
import { YES } from '../../src/lib/truth.ts';
import { placeholdersOfArea, settingAt, toRaw, valuePredicate } from '../../src/lib/settings.ts';
import { isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import type { Case, Policy } from '../../src/model/policy.ts';
import type { Area } from '../../src/model/setting.ts';
import { readPolicyFolder } from '../../src/policy/library.ts';
import { issuer } from '../collectors/host-fixture.ts';

export const library = readPolicyFolder('policies');

/** A value that the fix of a policy sets, on what the played host has in place of the case's own things. */
export interface FixChange {
  readonly policy: string;
  readonly target: Area['target'];
  readonly path: readonly string[];
  readonly value: Json;
}

/** What the played host calls its things, by placeholder. */
export type Names = Readonly<Record<string, string>>;

const casesOf = (id: string): Case[] => parse(readFileSync(join(library.folders[id] ?? '', 'cases.yaml'), 'utf8')) as Case[];

/** Policies that fix something by a setting. */
export const FIXING: readonly Policy[] = library.policies.filter((policy) => policy.fix?.some((fix) => fix.set !== undefined) === true);

/** The changes of a policy's fixes in each of its failing cases, once each. */
export function changesOf(policy: Policy, names: Names): FixChange[] {
  const changes = new Map<string, FixChange>();
  for (const each of casesOf(policy.id)) {
    const data = isObject(each.data ?? null) ? (each.data as JsonObject) : {};
    const unknown = each.unknown ?? [];
    const params: Record<string, Json> = {
      ...Object.fromEntries(Object.entries(policy.params ?? {}).map(([name, schema]) => [name, isObject(schema) ? (schema['default'] ?? null) : null])),
      ...each.params,
    };
    const fact = { kind: policy.kind, id: 'x', name: 'x', target: targetOf(policy), data, unknown, origin: { at: 'setting' as const }, observedAt: null };
    const planned = planFixes(policy.fix ?? [], fact, subjectOf(fact), {
      catalogue: library.areas,
      intent: INTENT,
      params,
      targetId: (kind, name) => `${kind}:${name.toLowerCase()}`,
      current: (_target, path) => ({ value: currentOf(path, data), source: 'local', unknown: false }),
    });
    const made = planned.flatMap((fix) => fix.changes);
    for (const change of made) {
      if (change.at !== 'setting') continue;
      const target = change.target.slice(0, change.target.indexOf(':')) as Area['target'];
      const path = onPlayedHost(change.path, target, names);
      const key = JSON.stringify([target, path, change.after]);
      if (path !== null) changes.set(key, { policy: policy.id, target, path, value: change.after });
    }
  }
  // A case does not always hold what its fix needs: then the fix as it is written, with the played host's own things.
  if (changes.size === 0) {
    for (const set of (policy.fix ?? []).flatMap((fix) => (fix.set === undefined ? [] : [fix.set].flat()))) {
      const target = policy.kind.startsWith('rds.') ? 'rds-deployment' : 'windows-host';
      const filled = set.setting.map((step) => String(fill(step, [names])));
      const path = onPlayedHost(filled, target, names);
      const value = set.value === undefined ? [...(set.with ?? [])].map((item) => fill(item, [names]) ?? null) : fill(set.value, [names]);
      if (path !== null && value !== undefined) changes.set(JSON.stringify(path), { policy: policy.id, target, path, value });
    }
  }
  return [...changes.values()];
}

/** What a list holds before the fix: what the case shows of it, else something. */
function currentOf(path: readonly string[], data: JsonObject): Json {
  const setting = settingAt(path, library.areas)?.setting.value;
  if (!isObject(setting ?? null) || (setting as JsonObject)['type'] !== 'array') return null;
  const own = data[path.at(-1) ?? ''];
  if (Array.isArray(own)) return own;
  const items = (setting as JsonObject)['items'];
  const choices = isObject(items ?? null) ? (items as JsonObject)['enum'] : undefined;
  return Array.isArray(choices) ? choices : path[0] === 'userRights' ? ['S-1-5-32-544'] : ['CONTOSO\\RDS-Apps'];
}

const INTENT: JsonObject = { gatewayFqdn: 'rdgw.contoso.com', adminNetworks: ['10.20.0.0/24'] };

function targetOf(policy: Policy): string {
  return policy.kind.startsWith('rds.') ? 'rds-deployment:rdcb01.contoso.com' : 'windows-host:rdsh01.contoso.com';
}

function onPlayedHost(path: readonly string[], target: Area['target'], names: Names): string[] | null {
  const found = settingAt(path, library.areas, target);
  if (found === null) return null;
  const fixed = found.area.instances?.fixed;
  const own = placeholdersOfArea(found.area);
  return found.area.path
    .split('/')
    .map((step) => {
      const placeholder = own.find((name) => step === `{${name}}`);
      if (placeholder === undefined) return step;
      const given = found.names[placeholder] ?? '';
      return fixed?.some((name) => name.toLowerCase() === given.toLowerCase()) === true ? given : (names[placeholder] ?? given);
    })
    .concat(found.name);
}

/** Another value that a setting may have: the one it has before the fix. Undefined: no other is known. */
export function otherValue(change: FixChange): Json | undefined {
  const setting = settingAt(change.path, library.areas, change.target)?.setting;
  if (setting === undefined) return undefined;
  return [...choicesOf(setting.value), ...CANDIDATES].find(
    (candidate) =>
      JSON.stringify(candidate) !== JSON.stringify(change.value) && valuePredicate(setting)(candidate) === YES && toRaw(setting, candidate) !== undefined,
  );
}

const CANDIDATES: readonly Json[] = [
  true,
  false,
  60_000,
  3390,
  900,
  5,
  1,
  issuer.thumbprint,
  ['Ethernet0'],
  ['S-1-5-32-544'],
  ['S-1-5-32-555'],
  ['TERMSRV/other.contoso.com'],
  ['{00000000-0000-0000-0000-000000000000}'],
  'other.exe',
  '',
];

/** Every value that a schema names. */
function choicesOf(schema: Json): Json[] {
  if (Array.isArray(schema)) return (schema as readonly Json[]).flatMap((item) => choicesOf(item));
  if (!isObject(schema)) return [];
  const named = schema['enum'];
  const own = [...(Array.isArray(named) ? (named as readonly Json[]) : []), ...(Object.hasOwn(schema, 'const') ? [schema['const'] ?? null] : [])];
  const items = choicesOf(schema['items'] ?? null);
  return [...own, ...items.map((item) => [item]), ...['anyOf', 'oneOf', 'allOf'].flatMap((name) => choicesOf(schema[name] ?? null))];
}
