import { createHash } from 'node:crypto';
import type { JudgedFact } from '../evaluate/evaluate.ts';
import { inWords, lookUp, placeholdersOf } from '../lib/placeholder.ts';
import { pointersRead } from '../lib/schema-pointers.ts';
import type { Fact } from '../model/fact.ts';
import type { Evidence, Finding } from '../model/finding.ts';
import type { JsonObject } from '../model/json.ts';
import type { Location } from '../model/location.ts';
import { type Pointer, stepsOf, valueAt } from '../model/pointer.ts';
import { bandOf } from '../model/policy.ts';
import type { CompiledPolicy } from '../policy/compile.ts';

/** sha256(policy id NUL fact id): what waivers, baselines, history and SARIF know a finding by. */
export function fingerprintOf(policy: string, factId: string): string {
  return createHash('sha256').update(`${policy}\0${factId}`).digest('hex');
}

/** Scopes of a policy's placeholders: the fact's data, then `params`. */
export function scopesOf(fact: Fact, policy: CompiledPolicy): JsonObject[] {
  return [fact.data, { params: policy.params }];
}

/** A finding without fixes; where it stands is looked up by the caller. */
export function findingOf(judged: JudgedFact, locations: readonly Location[], resource: string): Finding {
  const { policy, fact, outcome } = judged;
  const args = placeholdersOf(policy.policy.message).map((path) => inWords(lookUp(path, scopesOf(fact, policy))));
  return {
    policy: policy.policy.id,
    outcome,
    status: 'open',
    severity: judged.severity,
    level: judged.level,
    band: bandOf(judged.severity, judged.level),
    fingerprint: fingerprintOf(policy.policy.id, fact.id),
    target: fact.target,
    kind: fact.kind,
    factId: fact.id,
    name: fact.name,
    message: outcome === 'unknown' ? unknownMessage(policy, fact) : messageOf(policy.policy.message, args),
    arguments: args,
    evidence: evidenceOf(policy, fact),
    locations,
    resource,
    fixes: [],
    ...(outcome === 'unknown' ? { unknown: unknownPointers(policy, fact) } : {}),
  };
}

function messageOf(template: string, args: readonly string[]): string {
  let index = 0;
  return template.replaceAll(/\{[A-Za-z_$][\w$-]*(?:\.[\w$-]+)*\}/g, () => args[index++] ?? '');
}

function unknownMessage(policy: CompiledPolicy, fact: Fact): string {
  const pointers = unknownPointers(policy, fact);
  const what = pointers.length === 0 || pointers.includes('') ? 'what it judges' : pointers.map((pointer) => stepsOf(pointer).join('.')).join("', '");
  const why = fact.because === undefined ? '' : `; ${fact.because.join('; ')}`;
  return `'${policy.policy.title}' cannot be decided for '${fact.name}': '${what}' could not be read${why}.`;
}

function unknownPointers(policy: CompiledPolicy, fact: Fact): Pointer[] {
  const read = readBy(policy);
  return fact.unknown.filter(
    (pointer) => pointer === '' || read.some((other) => other === pointer || other.startsWith(`${pointer}/`) || pointer.startsWith(`${other}/`)),
  );
}

const readCache = new WeakMap<CompiledPolicy, Pointer[]>();

/** Pointers that a policy reads; those of `assert` first, since they decide where a finding is shown. */
export function readBy(policy: CompiledPolicy): Pointer[] {
  let pointers = readCache.get(policy);
  if (pointers === undefined) {
    pointers = [...new Set([...pointersRead(policy.policy.assert), ...pointersRead(policy.policy.when)])];
    readCache.set(policy, pointers);
  }
  return pointers;
}

function evidenceOf(policy: CompiledPolicy, fact: Fact): Evidence[] {
  const evidence: Evidence[] = [];
  for (const pointer of readBy(policy)) {
    const value = valueAt(fact.data, pointer);
    if (value === undefined) continue;
    const source = valueAt(fact.data, `/sources${pointer}`);
    evidence.push({
      pointer,
      value: typeof value === 'object' && value !== null && JSON.stringify(value).length > 2000 ? inWords(value) : value,
      ...(typeof source === 'string' ? { source } : {}),
    });
  }
  return evidence;
}
