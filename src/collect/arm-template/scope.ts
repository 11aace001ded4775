import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { plainReader, type Reader } from '../cloud/canonical.ts';
import type { Node } from './syntax.ts';

/** What reading one file may cost, and what it has met, whatever the depth. */
export interface Shared {
  steps: number;
  /** Resource instances that loops may still make. */
  instances: number;
  readonly parsed: Map<string, Node | null>;
  /** Expressions that could not be read. */
  readonly malformed: Set<string>;
  /** Templates in templates, by the label of the scope around them and their name. */
  readonly deployments: Map<string, Deployment>;
  exhausted: boolean;
  /** An id with names that are not resolved has left the template. */
  symbolic: boolean;
  /** Reads values in which nothing is left to evaluate. */
  readonly reader: Reader;
}

/** A template in a template, for those that use its outputs. */
export interface Deployment {
  readonly outputs: Json | undefined;
  /** Undefined while it is being made, which ends a cycle. */
  readonly scope: () => Scope | undefined;
}

/** A loop that is being run; its index is null when its length is not known. */
export interface Loop {
  readonly name: string;
  readonly index: number | null;
  readonly of: 'resource' | 'member';
}

/** One template's names. Nested templates that are evaluated on their own have one each. */
export interface Scope {
  readonly shared: Shared;
  /** Tells its parameters from those of other templates in one file; `''` for the file itself. */
  readonly label: string;
  /** The resource group that its functions speak of, `/subscriptions/…/resourceGroups/…`; null for that of the deployment. */
  readonly group: string | null;
  /** Declarations, by lower-cased name. */
  readonly parameters: ReadonlyMap<string, JsonObject>;
  /** Values given from outside, by lower-cased name. */
  readonly given: ReadonlyMap<string, Json>;
  readonly variables: ReadonlyMap<string, Json>;
  /** Loops of the variables section: `copy` elements by lower-cased name. */
  readonly variableLoops: ReadonlyMap<string, JsonObject>;
  /** What has been evaluated; `undefined` while it is, which is how a cycle is seen. */
  readonly values: Map<string, Json | undefined>;
  readonly loops: readonly Loop[];
}

/** About a hundred times what a large real template takes. */
const MAX_STEPS = 1_000_000;
const MAX_INSTANCES = 20_000;

export function newShared(): Shared {
  return {
    steps: MAX_STEPS,
    instances: MAX_INSTANCES,
    parsed: new Map(),
    malformed: new Set(),
    deployments: new Map(),
    exhausted: false,
    symbolic: false,
    reader: plainReader(),
  };
}

/** False when the file has cost too much: what is left of it stays unresolved. */
export function spend(shared: Shared, steps: number): boolean {
  shared.steps -= steps;
  if (shared.steps < 0) shared.exhausted = true;
  return shared.steps >= 0;
}

export function newScope(template: JsonObject, given: ReadonlyMap<string, Json>, label: string, group: string | null, shared: Shared): Scope {
  const variables = byName(template['variables']);
  const loops = new Map<string, JsonObject>();
  const copy = variables.get('copy');
  if (Array.isArray(copy)) {
    variables.delete('copy');
    for (const loop of copy as readonly Json[]) if (isObject(loop) && typeof loop['name'] === 'string') loops.set(loop['name'].toLowerCase(), loop);
  }
  const parameters = new Map([...byName(template['parameters'])].map(([name, value]) => [name, isObject(value) ? value : {}] as const));
  return { shared, label, group, parameters, given, variables, variableLoops: loops, values: new Map(), loops: [] };
}

/** Own members by lower-cased name. */
export function byName(value: Json | undefined): Map<string, Json> {
  return new Map(isObject(value) ? Object.entries(value).map(([name, held]) => [name.toLowerCase(), held] as const) : []);
}

export function inLoop(scope: Scope, loop: Loop): Scope {
  return { ...scope, loops: [...scope.loops, loop] };
}

export function outOfLoops(scope: Scope): Scope {
  return scope.loops.length === 0 ? scope : { ...scope, loops: [] };
}

export function deploymentKey(scope: Scope, name: string): string {
  return `${scope.label}\n${name.toLowerCase()}`;
}
