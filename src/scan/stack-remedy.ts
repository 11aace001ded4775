import { NO_INPUTS } from '../collect/pulumi/token.ts';
import { evaluate, type JudgedFact, policiesByKind } from '../evaluate/evaluate.ts';
import { subjectOf } from '../evaluate/judge.ts';
import { planFixes, type PlannedChange } from '../fix/plan.ts';
import { mergeRdpProperties } from '../lib/rdp-properties.ts';
import type { Fact } from '../model/fact.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { pointerOf, stepsOf, valueAt } from '../model/pointer.ts';
import type { EditChange, PolicyFix } from '../model/policy.ts';
import type { Library } from '../policy/library.ts';
import { stackFacts, type StackPolicy, type StackResource } from './stack.ts';

/** One input to set: names as the inputs spell them, and a plain value. */
export interface StackChange {
  readonly path: readonly string[];
  readonly value: string | number | boolean;
}

/** Whether a policy has a fix that sets plain values, whatever the resource. */
export function isRemediable({ compiled }: StackPolicy): boolean {
  return scalarFixes(compiled.policy.fix).length > 0;
}

function scalarFixes(fixes: readonly PolicyFix[] | undefined): PolicyFix[] {
  return (fixes ?? []).filter(({ edit, set, forEach }) => {
    const edits = edit === undefined ? [] : [edit].flat();
    return set === undefined && forEach === undefined && edits.length > 0 && edits.every(isScalar);
  });
}

function isScalar({ at, value, rdp }: EditChange): boolean {
  if (at === '' || NO_INPUTS.has(at)) return false;
  if (rdp !== undefined) return true;
  return typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && !value.includes('{'));
}

/** What judges a change beside the policy that asks for it. */
export interface RemedyContext {
  /** None of them may find anything new. */
  readonly policies: readonly StackPolicy[];
  readonly library: Library;
  /** ISO 8601 UTC. */
  readonly now: string;
  /** Fixes that can cut somebody off are made too. */
  readonly allowDisconnect: boolean;
}

/**
 * What makes a resource pass a policy that it certainly fails: the first of the policy's fixes that sets plain values and is
 * proved, which is to say that with it the finding is gone and nothing new is found. Null where there is none.
 */
export function stackRemedy(
  resource: StackResource,
  policy: StackPolicy,
  { policies: all, library, now, allowDisconnect }: RemedyContext,
): StackChange[] | null {
  const { inputs } = resource;
  if (inputs === null) return null;
  const facts = stackFacts([resource], library, now);
  const judge = (of: readonly Fact[], policies: readonly StackPolicy[]): readonly JudgedFact[] =>
    evaluate(of, policiesByKind(policies.map(({ compiled }) => compiled)), false).judged;
  const failing = judge(facts, [policy]).find(({ outcome }) => outcome === 'fail');
  if (failing === undefined) return null;
  const before = new Set(judge(facts, all).map(keyOf));
  const context = { catalogue: [], intent: {}, params: policy.compiled.params, targetId: () => '', current: () => null };
  for (const { changes, blocked, risk } of planFixes(scalarFixes(policy.compiled.policy.fix), failing.fact, subjectOf(failing.fact), context)) {
    const isAllowed = blocked === null && (risk !== 'can-disconnect' || allowDisconnect);
    const found = isAllowed ? changesOf(changes, inputs) : null;
    if (found === null || found.length === 0) continue;
    const after = stackFacts([{ ...resource, inputs: withChanges(inputs, found) }], library, now);
    const left = [...judge(after, [policy]), ...judge(after, all)].map(keyOf);
    if (!left.includes(keyOf(failing)) && left.every((key) => before.has(key))) return found;
  }
  return null;
}

function keyOf({ policy, fact }: JudgedFact): string {
  return `${policy.policy.id}\0${fact.id}`;
}

/** Where the inputs of the one resource stand in the document that `stackFacts` makes. */
const INPUTS = '/deployment/resources/0/inputs';

function changesOf(changes: readonly PlannedChange[], inputs: JsonObject): StackChange[] | null {
  const found = changes.map((change): StackChange | null => {
    if (change.at !== 'resource' || !change.place.base.startsWith(INPUTS)) return null;
    const path = namedPath(stepsOf(`${change.place.base.slice(INPUTS.length)}${change.place.at}`), inputs);
    if (path === null) return null;
    const value = change.rdp === undefined ? change.set : mergeRdpProperties(valueAt(inputs, pointerOf(path)) ?? null, change.rdp);
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? { path, value } : null;
  });
  return found.every((change) => change !== null) ? found : null;
}

/**
 * Canonical names as the inputs spell them where they do; null where something on the way is no object or list. A resource whose
 * inputs have a bag `properties` (a key vault) takes there what stands beside it in canonical form.
 */
function namedPath(steps: readonly string[], inputs: JsonObject): string[] | null {
  const isBeside = spelled(steps[0] ?? '', inputs) !== undefined;
  const path: string[] = [];
  let current: Json | undefined = inputs;
  for (const step of isBeside || inputs['properties'] === undefined ? steps : ['properties', ...steps]) {
    if (current !== undefined && current !== null && (typeof current !== 'object' || isMarked(current))) return null;
    const own: string = spelled(step, current) ?? step;
    path.push(own);
    current = current === undefined || current === null ? undefined : (current as JsonObject)[own];
  }
  return path;
}

function spelled(step: string, held: Json | undefined): string | undefined {
  return isObject(held) ? Object.keys(held).find((name) => name.toLowerCase() === step.toLowerCase()) : undefined;
}

/** A secret, an asset or a value that is not known: nothing is set in it. */
function isMarked(value: Json): boolean {
  return isObject(value) && Object.hasOwn(value, '4dabf18193072939515e22adb298388d');
}

/** A copy with inputs set; what it does not touch is the same object. */
export function withChanges<Value>(inputs: Readonly<Record<string, Value>>, changes: readonly StackChange[]): Record<string, Value> {
  return changes.reduce((current, { path, value }) => setAt(current, path, value), inputs as Record<string, Value>);
}

function setAt<Value>(held: unknown, path: readonly string[], value: unknown): Record<string, Value> {
  const [step = '', ...rest] = path;
  const copy = (Array.isArray(held) ? [...(held as unknown[])] : { ...(held as object) }) as Record<string, unknown>;
  copy[step] = rest.length === 0 ? value : setAt(copy[step] ?? {}, rest, value);
  return copy as Record<string, Value>;
}
