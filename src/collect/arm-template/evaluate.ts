import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import { isSymbol, symbol, symbolOf, textOf } from '../cloud/symbol.ts';
import { functionNamed, memberWithoutCase } from './functions.ts';
import { inner, printed } from './print.ts';
import { idFunctionNamed } from './resource-ids.ts';
import { byName, deploymentKey, inLoop, type Loop, outOfLoops, type Scope, spend } from './scope.ts';
import { expressionIn, type Node, parseExpression } from './syntax.ts';

/** Parameters name parameters, variables name variables: deeper chains are nobody's template. */
const MAX_DEPTH = 160;

/** The value of a text of a template: a literal, what its expression gives, or a symbol for what cannot be known. */
export function evaluateText(text: string, scope: Scope, depth: number): Json {
  const found = expressionIn(text);
  if ('literal' in found) return found.literal;
  const { shared } = scope;
  let node = shared.parsed.get(found.expression);
  if (node === undefined) {
    node = parseExpression(found.expression);
    shared.parsed.set(found.expression, node);
  }
  if (node !== null) return evaluate(node, scope, depth + 1);
  shared.malformed.add(text);
  return symbol(found.expression);
}

/** The longest list that a loop in an object makes (azure-resource-manager/templates/copy-properties). */
const MAX_COPIES = 800;

/** A value with every text in it evaluated, loops too; unknown parts stay symbols. */
export function evaluateValue(value: Json, scope: Scope, depth: number): Json {
  if (typeof value === 'string') return evaluateText(value, scope, depth);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH || !spend(scope.shared, 1)) return symbol('…');
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => evaluateValue(item, scope, depth + 1));
  const out: Record<string, Json> = {};
  for (const [name, held] of Object.entries(value as JsonObject)) {
    if (name === '__proto__') continue;
    if (name === 'copy' && Array.isArray(held)) {
      for (const loop of held as readonly Json[]) addLoop(out, loop, scope, depth + 1);
    } else out[name] = evaluateValue(held, scope, depth + 1);
  }
  return out;
}

function addLoop(out: Record<string, Json>, loop: Json, scope: Scope, depth: number): void {
  const name = member(loop, 'name');
  if (typeof name !== 'string' || name === '__proto__') return;
  out[name] = runLoop(loop, scope, depth, (inner) => evaluateValue(member(loop, 'input') ?? null, inner, depth)) ?? symbol(`copy('${name}')`);
}

/** One value for each turn of a loop in an object; undefined when its length is not known. */
export function runLoop(loop: Json, scope: Scope, depth: number, make: (scope: Scope) => Json): Json[] | undefined {
  const name = member(loop, 'name');
  const count = evaluateValue(member(loop, 'count') ?? null, scope, depth);
  if (typeof name !== 'string' || typeof count !== 'number' || !Number.isInteger(count) || count < 0 || count > MAX_COPIES) return undefined;
  const list: Json[] = [];
  for (let index = 0; index < count && spend(scope.shared, 1); index++) list.push(make(inLoop(scope, { name, index, of: 'member' })));
  return list.length === count ? list : undefined;
}

function evaluate(node: Node, scope: Scope, depth: number): Json {
  if (depth > MAX_DEPTH || !spend(scope.shared, 1)) return symbol(printed(node));
  switch (node.is) {
    case 'literal':
      return node.value;
    case 'member':
      return memberValue(node, scope, depth + 1);
    case 'index': {
      const index = evaluate(node.index, scope, depth + 1);
      return typeof index === 'string' || typeof index === 'number' ? accessed(evaluate(node.of, scope, depth + 1), index, node) : symbol(printed(node));
    }
    case 'call':
      return called(node, scope, depth + 1);
  }
}

function memberValue(node: Extract<Node, { readonly is: 'member' }>, scope: Scope, depth: number): Json {
  const output = outputOf(node, scope, depth);
  return output === undefined ? accessed(evaluate(node.of, scope, depth), node.name, node) : output;
}

/** Members are found with case, then without. */
function accessed(value: Json, step: string | number, node: Node): Json {
  if (isSymbol(value)) return symbol(`${inner(textOf(value) ?? '')}${typeof step === 'number' ? `[${step}]` : `.${step}`}`);
  if (Array.isArray(value) && typeof step === 'number') return known((value as readonly Json[])[step], node);
  if (!isObject(value) || typeof step !== 'string') return symbol(printed(node));
  return known(memberWithoutCase(value, step), node);
}

function known(value: Json | undefined, node: Node): Json {
  return value === undefined ? symbol(printed(node)) : value;
}

/** `reference('inner').outputs.id.value` of a template in this file is what that template says. */
function outputOf(node: Node, scope: Scope, depth: number): Json | undefined {
  if (node.is !== 'member' || node.name.toLowerCase() !== 'value' || node.of.is !== 'member') return undefined;
  const output = node.of;
  if (output.of.is !== 'member' || output.of.name.toLowerCase() !== 'outputs' || output.of.of.is !== 'call' || output.of.of.name !== 'reference')
    return undefined;
  const [target] = output.of.of.args;
  const text = target === undefined ? undefined : textOf(evaluate(target, scope, depth));
  const name = text === undefined ? undefined : deploymentName(text);
  const deployment = name === undefined ? undefined : scope.shared.deployments.get(deploymentKey(scope, name));
  const inner = deployment?.scope();
  const stated = byName(deployment?.outputs).get(output.name.toLowerCase());
  const value = member(stated, 'value');
  return inner === undefined || value === undefined || depth > MAX_DEPTH ? undefined : evaluateValue(value, outOfLoops(inner), depth + 1);
}

/** A deployment is referred to by its name, its symbolic name or its id. */
function deploymentName(text: string): string | undefined {
  if (!text.includes('/')) return text;
  const parts = text.split('/');
  return parts.at(-2)?.toLowerCase() === 'deployments' ? parts.at(-1) : undefined;
}

type Call = Extract<Node, { readonly is: 'call' }>;

function called(node: Call, scope: Scope, depth: number): Json {
  switch (node.name) {
    case 'if':
      return branch(node, scope, depth);
    case 'and':
      return logical(node, scope, depth, false);
    case 'or':
      return logical(node, scope, depth, true);
    default: {
      const args = node.args.map((arg) => evaluate(arg, scope, depth));
      const value = named(node, args, scope, depth);
      // Null is a value.
      return value === undefined ? unknownCall(node, args) : value;
    }
  }
}

function named(node: Call, args: readonly Json[], scope: Scope, depth: number): Json | undefined {
  const [first] = args;
  switch (node.name) {
    case 'parameters':
      return typeof first === 'string' ? parameterValue(first, scope, depth) : undefined;
    case 'variables':
      return typeof first === 'string' ? variableValue(first, scope, depth) : undefined;
    case 'copyindex':
      return copyIndex(args, scope);
    case 'resourcegroup':
      return args.length === 0 ? groupValue(scope.group) : undefined;
    default:
      return idFunctionNamed(node.name)?.(args, scope.group) ?? functionNamed(node.name)?.(args);
  }
}

/** Of a group that the template names; of the deployment's own group nothing is known. */
function groupValue(group: string | null): Json | undefined {
  if (group === null) return undefined;
  const name = group.slice(group.lastIndexOf('/') + 1);
  return { id: group.includes('{') ? symbolOf(group) : group, name: name.includes('{') ? symbolOf(name) : name };
}

/** Only the branch that is taken counts; two that are the same text or number count whatever the condition. */
function branch(node: Call, scope: Scope, depth: number): Json {
  const [condition, yes, no] = node.args;
  if (condition === undefined || yes === undefined || no === undefined || node.args.length > 3) return symbol(printed(node));
  const known = evaluate(condition, scope, depth);
  if (typeof known === 'boolean') return evaluate(known ? yes : no, scope, depth);
  const either = [evaluate(yes, scope, depth), evaluate(no, scope, depth)] as const;
  const same = either[0] === either[1] && typeof either[0] !== 'object';
  return same ? either[0] : unknownCall(node, [known, ...either]);
}

/** `and`: one false decides; `or`: one true does. */
function logical(node: Call, scope: Scope, depth: number, decides: boolean): Json {
  const args = node.args.map((arg) => evaluate(arg, scope, depth));
  if (args.includes(decides)) return decides;
  return args.every((arg) => arg === !decides) ? !decides : unknownCall(node, args);
}

/** The index of a loop: of the one named, else of the resource's, plus an offset. */
function copyIndex(args: readonly Json[], scope: Scope): Json | undefined {
  const name = args.find((arg) => typeof arg === 'string');
  const offset = args.find((arg) => typeof arg === 'number') ?? 0;
  const lower = name?.toLowerCase();
  const loops: Loop[] = scope.loops.filter((loop) => (lower === undefined ? loop.of === 'resource' : loop.name.toLowerCase() === lower));
  const index = (loops.at(-1) ?? (lower === undefined ? scope.loops.at(-1) : undefined))?.index;
  return index === null || index === undefined ? undefined : index + offset;
}

function parameterValue(name: string, scope: Scope, depth: number): Json {
  const lower = name.toLowerCase();
  const unknown = (): Json => symbol(`${scope.label === '' ? '' : `${scope.label} `}parameters('${name}')`);
  return remembered(scope, `p ${lower}`, unknown, () => {
    const declared = scope.parameters.get(lower);
    const type = member(declared, 'type');
    // What is secret is never looked at.
    if (declared === undefined || (typeof type === 'string' && type.toLowerCase().startsWith('secure'))) return unknown();
    const given = scope.given.get(lower);
    if (given !== undefined) return given;
    const byDefault = member(declared, 'defaultValue');
    if (byDefault === undefined) return declared['nullable'] === true ? null : unknown();
    const value = evaluateValue(byDefault, outOfLoops(scope), depth);
    // Each call of these gives another value; a parameter gives one.
    return /newguid\(|utcnow\(/.test(textOf(value) ?? '') ? unknown() : value;
  });
}

function variableValue(name: string, scope: Scope, depth: number): Json {
  const lower = name.toLowerCase();
  const unknown = (): Json => symbol(`${scope.label === '' ? '' : `${scope.label} `}variables('${name}')`);
  return remembered(scope, `v ${lower}`, unknown, () => {
    const value = scope.variables.get(lower);
    if (value !== undefined) return evaluateValue(value, outOfLoops(scope), depth);
    const loop = scope.variableLoops.get(lower);
    return loop === undefined
      ? unknown()
      : (runLoop(loop, outOfLoops(scope), depth, (inner) => evaluateValue(loop['input'] ?? null, inner, depth)) ?? unknown());
  });
}

/** Evaluated once; unknown while it is being evaluated, which ends a cycle. */
function remembered(scope: Scope, key: string, unknown: () => Json, make: () => Json): Json {
  const found = scope.values.get(key);
  if (found !== undefined || scope.values.has(key)) return found === undefined ? unknown() : found;
  scope.values.set(key, undefined);
  const value = make();
  scope.values.set(key, value);
  return value;
}

/** The symbol of a call: its name and what is known of its arguments, so that the same call has the same symbol. */
function unknownCall(node: Call, args: readonly Json[]): Json {
  const texts = args.map((arg, index) => {
    if (isSymbol(arg)) return inner(textOf(arg) ?? '');
    if (typeof arg === 'string') return `'${arg.length > 400 ? printed(node.args[index] ?? node) : arg}'`;
    return typeof arg === 'object' && arg !== null ? printed(node.args[index] ?? node) : String(arg);
  });
  return symbol(`${node.name}(${texts.join(',')})`);
}

/** A name: text, with symbols for what is not known. Null when it is no text. */
export function nameIn(value: Json, scope: Scope): string | null {
  return typeof value === 'string' ? (textOf(evaluateText(value, scope, 0)) ?? null) : null;
}
