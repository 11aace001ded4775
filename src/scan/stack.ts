import { readPulumiState } from '../collect/pulumi/state.ts';
import { isHidden } from '../collect/pulumi/values.ts';
import { evaluate, policiesByKind } from '../evaluate/evaluate.ts';
import { forTerminal } from '../lib/escape.ts';
import type { Fact } from '../model/fact.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { type Band, bandOf } from '../model/policy.ts';
import type { Target } from '../model/target.ts';
import { normaliseCloud } from '../normalise/azure/normalise.ts';
import { compilePolicy, type CompiledPolicy } from '../policy/compile.ts';
import type { Library } from '../policy/library.ts';
import { type Selection, selectPolicies } from '../policy/select.ts';
import { findingOf } from './findings.ts';
import { remediationOf } from './remediation.ts';

/** One resource of a stack while the engine works on it. Unknown and secret values as in a state file. */
export interface StackResource {
  readonly urn: string;
  /** Null when nobody saw them; the outputs then stand for them. */
  readonly inputs: JsonObject | null;
  /** Null before there are any. */
  readonly outputs: JsonObject | null;
  /** Input to the URNs that it depends on. */
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

/** A policy that needs an answer of one resource: what a policy pack reports. */
export interface StackVerdict {
  readonly policy: string;
  /** Tells one finding from others of the policy. */
  readonly fact: string;
  readonly urn: string;
  readonly outcome: 'fail' | 'unknown';
  readonly band: Band;
  /** A full sentence, safe to print. */
  readonly message: string;
}

/** Policies that judge what a stack holds: those of Azure. */
export interface StackPolicy {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly band: Band;
  readonly link: string;
  readonly tags: readonly string[];
  readonly controls: readonly { readonly framework: string; readonly id: string }[];
  readonly remediation: readonly string[];
  /** JSON Schema of each parameter. */
  readonly params: Readonly<Record<string, Json>>;
  /** One resource decides it, whatever else is there; else the whole stack does. */
  readonly alone: boolean;
  readonly compiled: CompiledPolicy;
}

/**
 * Kinds of which a fact is made of one resource and nothing else, so that it can be judged before that resource is made. A
 * test holds the facts of each resource alone against those of whole documents.
 */
export const KINDS_OF_ONE: ReadonlySet<string> = new Set([
  'azure.bastionHost',
  'azure.desktopAccess',
  'azure.hostPool',
  'azure.keyVault',
  'azure.machineText',
  'azure.workspace',
]);

const TARGET: Target = { id: 'pulumi:stack', kind: 'pulumi', name: 'stack', group: 'stack', status: 'complete' };

/** Selects the policies of Azure kinds. Throws UserError for a name that there is not, and when nothing is left. */
export function stackPolicies(library: Library, selection: Omit<Selection, 'estateParams'>): StackPolicy[] {
  return selectPolicies(library, { ...selection, estateParams: {} })
    .filter(({ policy }) => policy.kind.startsWith('azure.'))
    .map((compiled) => {
      const { policy } = compiled;
      return {
        id: policy.id,
        title: policy.title,
        why: policy.why,
        band: bandOf(compiled.severity, compiled.level),
        link: policy.links[0] ?? '',
        tags: policy.tags ?? [],
        controls: policy.controls ?? [],
        remediation: remediationOf(policy, library.areas),
        params: Object.fromEntries(Object.entries(policy.params ?? {}).map(([name, schema]) => [name, defaulted(schema, compiled.params[name])])),
        alone: KINDS_OF_ONE.has(policy.kind),
        compiled,
      };
    });
}

/** What counts where nobody says otherwise: packs may have changed a parameter. */
function defaulted(schema: Json, value: Json | undefined): Json {
  return isObject(schema) && value !== undefined ? { ...schema, default: value } : schema;
}

/** A policy with parameters changed; throws UserError for one that it does not have or allow. */
export function withParams(policy: StackPolicy, params: Readonly<Record<string, Json>>): StackPolicy {
  if (Object.keys(params).length === 0) return policy;
  const { compiled } = policy;
  const severity = compiled.severity === null ? {} : { severity: compiled.severity };
  return { ...policy, compiled: compilePolicy(compiled.policy, { ...severity, level: compiled.level, params: { ...compiled.params, ...params } }) };
}

/** The facts about resources of a stack, read as those of a state file are. `now` is ISO 8601 UTC. */
export function stackFacts(resources: readonly StackResource[], library: Library, now: string): readonly Fact[] {
  const document: Json = { version: 3, deployment: { resources: resources.map(stateOf) } };
  const { inventory } = readPulumiState(document, TARGET.name);
  return normaliseCloud(inventory, TARGET, { intent: { gatewayFqdn: null, adminNetworks: [], all: {} }, now, catalogue: library.areas }).facts;
}

function stateOf({ urn, inputs, outputs, propertyDependencies }: StackResource): JsonObject {
  const shown = outputs === null ? {} : known(outputs);
  const id = shown['id'];
  return {
    urn,
    inputs: inputs ?? shown,
    outputs: shown,
    ...(typeof id === 'string' && id.startsWith('/') ? { id } : {}),
    ...(propertyDependencies === undefined ? {} : { propertyDependencies }),
  };
}

const MAX_DEPTH = 24;

/**
 * Outputs that are known. During a preview all others are unknown, those too that will be what the API makes of an input which
 * is not stated: that is judged by the API's default, as in the preview's own document, which has no outputs.
 */
function known(outputs: JsonObject, depth = 0): JsonObject {
  const entries = Object.entries(outputs).flatMap(([name, value]): readonly (readonly [string, Json])[] => {
    if (isHidden(value)) return [];
    if (!isObject(value) || depth > MAX_DEPTH) return [[name, value]];
    const inner = known(value, depth + 1);
    return Object.keys(inner).length === 0 && Object.keys(value).length > 0 ? [] : [[name, inner]];
  });
  return Object.fromEntries(entries);
}

/** The answers of one policy. */
export function stackVerdicts(facts: readonly Fact[], { compiled }: StackPolicy): StackVerdict[] {
  return evaluate(facts, policiesByKind([compiled]), false).judged.map((judged) => {
    const { fact } = judged;
    const { policy, outcome, band, message } = findingOf(judged, [], fact.name);
    const urn = fact.origin.at === 'document' ? (fact.origin.resourceId ?? '') : '';
    return { policy, fact: fact.id, urn, outcome, band, message: forTerminal(message) };
  });
}
