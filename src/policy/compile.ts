import { compileSchema } from '../lib/schema.ts';
import { SchemaError } from '../lib/schema-error.ts';
import { type Predicate } from '../lib/truth.ts';
import type { Json } from '../model/json.ts';
import { type Level, levelOf, type Policy } from '../model/policy.ts';
import { UserError } from '../model/problem.ts';

/** A policy made ready to judge: predicates, and what packs and parameters decided. */
export interface CompiledPolicy {
  readonly policy: Policy;
  readonly params: Readonly<Record<string, Json>>;
  readonly severity: number | null;
  readonly level: Level;
  readonly when: Predicate | null;
  readonly assert: Predicate;
  readonly grades: readonly { readonly when: Predicate; readonly severity: number | null; readonly level: Level }[];
}

export interface PolicyOverride {
  readonly severity?: number;
  readonly level?: Level;
  readonly params?: Readonly<Record<string, Json>>;
}

/** Compiles a policy; throws UserError when a schema or a parameter is wrong. */
export function compilePolicy(policy: Policy, override: PolicyOverride = {}): CompiledPolicy {
  const params = paramsOf(policy, override.params ?? {});
  const severity = override.severity ?? policy.severity ?? null;
  try {
    return {
      policy,
      params,
      severity,
      level: severity === null ? (override.level ?? policy.level ?? 'warning') : levelOf(severity),
      when: policy.when === undefined ? null : compileSchema(policy.when, params),
      assert: compileSchema(policy.assert, params),
      grades: (policy.grades ?? []).map((grade) => ({
        when: compileSchema(grade.when, params),
        severity: grade.severity ?? null,
        level: grade.severity === undefined ? (grade.level ?? policy.level ?? 'warning') : levelOf(grade.severity),
      })),
    };
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    throw new UserError('policy.schema', `The policy '${policy.id}' cannot be compiled: ${error.message}`, 'Mend its when, assert or grades.');
  }
}

/** Defaults of `params`, overridden; a name or a value that the policy does not allow is the user's error. */
export function paramsOf(policy: Policy, given: Readonly<Record<string, Json>>): Record<string, Json> {
  const declared = policy.params ?? {};
  const params: Record<string, Json> = {};
  for (const [name, schema] of Object.entries(declared)) {
    params[name] = typeof schema === 'object' ? (schema['default'] ?? null) : null;
  }
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(declared, name)) {
      const known = Object.keys(declared);
      throw new UserError(
        'policy.unknown-parameter',
        `The policy '${policy.id}' has no parameter '${name}'.`,
        known.length === 0 ? 'It has none.' : `It has: ${known.join(', ')}.`,
      );
    }
    if (compileSchema(declared[name])(value) !== 2) {
      throw new UserError(
        'policy.parameter-value',
        `The value '${JSON.stringify(value)}' is not allowed for the parameter '${name}' of '${policy.id}'.`,
        `Its schema is ${JSON.stringify(declared[name])}.`,
      );
    }
    params[name] = value;
  }
  return params;
}
