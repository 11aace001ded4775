import type { Declaration, ListNode, Member, Node, ObjectNode, Tree } from './tree.ts';
import { keyOf, memberKey, nestedKey } from './value.ts';

/** The files that a template was compiled from, by the names of reports. */
export interface Files {
  readonly tree: (file: string) => Tree | null;
  /** The file that a file's module reference leads to. */
  readonly used: (file: string, reference: string) => string | null;
  readonly main: string | null;
  readonly parameters: string | null;
  /** Parameters that are given values outside of all this, in JSON. */
  readonly hidden: ReadonlySet<string>;
}

/** Where in the sources a value of a template stands. */
export interface Spot {
  readonly file: string;
  /** Into the file's value, see `valueOfTree`. */
  readonly steps: readonly string[];
  /** What of the asked place is not stated there. */
  readonly rest: readonly string[];
  /** How many steps lead to the resource; null when the value stands elsewhere, in a variable. */
  readonly base: number | null;
  /** The statement of a module whose own source is no Bicep file here: nothing of it can be written. */
  readonly opaque?: true;
}

/** One use of a file: what its parameters are given there. */
interface Frame {
  readonly file: string;
  readonly tree: Tree;
  readonly given: ReadonlyMap<string, Given>;
  readonly hidden: ReadonlySet<string>;
}

interface Given {
  readonly node: Node;
  readonly steps: readonly string[];
  readonly frame: Frame;
  /** Names of the loop around it. */
  readonly locals: ReadonlySet<string>;
}

/** Names that name names: longer chains are nobody's file. */
const MAX_HOPS = 20;
const MAX_MODULES = 20;

/**
 * Walks the steps of a symbolic template beside the syntax trees: a symbol to its statement, a nested template to the module's
 * file, a member to its value. A value that is only a name is followed to the variable or parameter when steps are left.
 */
export function walkTemplate(steps: readonly string[], files: Files): Spot | null {
  const frame = files.main === null ? null : frameOf(files.main, givenBy(files.parameters, files, 0), files, files.hidden);
  return frame === null ? null : walkIn(frame, steps, files, 0);
}

function frameOf(file: string, given: ReadonlyMap<string, Given>, files: Files, hidden: ReadonlySet<string> = NONE): Frame | null {
  const tree = files.tree(file);
  return tree === null ? null : { file, tree, given, hidden };
}

const NONE: ReadonlySet<string> = new Set();

/** What a parameters file gives, before what it extends gives. */
function givenBy(parameters: string | null, files: Files, hops: number): Map<string, Given> {
  const frame = parameters === null || hops > MAX_HOPS ? null : frameOf(parameters, new Map(), files);
  if (frame === null) return new Map();
  const base = frame.tree.declarations.find(({ word }) => word === 'extends')?.target?.value;
  const given = givenBy(base === undefined ? null : files.used(frame.file, base), files, hops + 1);
  for (const { word, name, value } of frame.tree.declarations)
    if (word === 'param' && value !== null) given.set(name, { node: value, steps: [name], frame, locals: NONE });
  return given;
}

function walkIn(frame: Frame, steps: readonly string[], files: Files, modules: number): Spot | null {
  const [section, symbol = '', ...rest] = steps;
  switch (section) {
    case 'resources':
      return walkResource(frame, symbol, rest, files, modules);
    case 'variables':
      return walkNamed(frame, 'var', symbol, rest);
    case 'parameters':
      return rest[0] === 'defaultValue' ? walkNamed(frame, 'param', symbol, rest.slice(1)) : null;
    case 'outputs':
      return rest[0] === 'value' ? walkNamed(frame, 'output', symbol, rest.slice(1)) : null;
    default:
      return null;
  }
}

function walkNamed(frame: Frame, word: string, name: string, rest: readonly string[]): Spot | null {
  const declaration = frame.tree.declarations.find((candidate) => candidate.word === word && candidate.name === name);
  return declaration === undefined ? null : walkNode(declaration.value, { frame, steps: [keyOf(declaration)], base: null, locals: new Set(), hops: 0 }, rest);
}

function walkResource(frame: Frame, symbol: string, rest: readonly string[], files: Files, modules: number): Spot | null {
  const found = statementOf(frame.tree, symbol);
  if (found === null) return null;
  const { declaration, steps } = found;
  const locals = new Set(found.locals);
  if (declaration.word === 'module' && rest[0] === 'properties') {
    if (rest[1] === 'template') return modules >= MAX_MODULES ? null : walkModule(frame, declaration, rest.slice(2), files, modules);
    const parameters = rest[1] === 'parameters' ? rest.slice(2) : [];
    const into = parameters.length === 0 ? [] : ['params', ...parameters.filter((step, index) => !(index === 1 && step === 'value'))];
    return walkNode(declaration.value, { frame, steps, base: steps.length, locals, hops: 0 }, into);
  }
  return walkNode(declaration.value, { frame, steps, base: steps.length, locals, hops: 0 }, rest);
}

/** `parent::child` is a resource in a resource. */
function statementOf(tree: Tree, symbol: string): { readonly declaration: Declaration; readonly steps: string[]; readonly locals: string[] } | null {
  const [first, ...inner] = symbol.split('::');
  let declaration = tree.declarations.find(({ word, name }) => (word === 'resource' || word === 'module') && name === first);
  const steps = [first ?? ''];
  const locals: string[] = [];
  for (const name of inner) {
    if (declaration === undefined) return null;
    locals.push(...(declaration.loop?.names ?? []));
    const body: Node | null = declaration.value;
    declaration = body?.is === 'object' ? body.nested.find((nested) => nested.name === name) : undefined;
    if (declaration !== undefined) steps.push(nestedKey(declaration));
  }
  return declaration === undefined ? null : { declaration, steps, locals: [...locals, ...(declaration.loop?.names ?? [])] };
}

function walkModule(frame: Frame, declaration: Declaration, rest: readonly string[], files: Files, modules: number): Spot | null {
  const file = declaration.target === null ? null : files.used(frame.file, declaration.target.value);
  const given = new Map<string, Given>();
  const body = declaration.value;
  const params = body?.is === 'object' ? memberOf(body, 'params') : undefined;
  const locals = new Set(declaration.loop?.names ?? []);
  if (params?.member.value.is === 'object') {
    for (const member of params.member.value.members)
      if (member.name !== null) given.set(member.name, { node: member.value, steps: [declaration.name, 'params', member.name], frame, locals });
  }
  const inner = file === null ? null : frameOf(file, given, files);
  if (inner === null) return { file: frame.file, steps: [keyOf(declaration)], rest, base: null, opaque: true };
  return walkIn(inner, rest, files, modules + 1);
}

interface Walk {
  readonly frame: Frame;
  readonly steps: readonly string[];
  readonly base: number | null;
  /** Names of the loops around, which hide others. */
  readonly locals: ReadonlySet<string>;
  readonly hops: number;
}

function walkNode(node: Node | null, walk: Walk, rest: readonly string[]): Spot {
  const stop: Spot = { file: walk.frame.file, steps: walk.steps, rest, base: walk.base };
  const [step] = rest;
  if (node === null || step === undefined) return stop;
  switch (node.is) {
    case 'object':
      return walkObject(node, walk, rest, step) ?? stop;
    case 'list':
      return walkList(node, walk, rest, step) ?? stop;
    case 'loop': {
      if (!/^\d{1,9}$/.test(step)) return stop;
      const locals = new Set([...walk.locals, ...node.names]);
      return walkNode(node.body, { ...walk, steps: [...walk.steps, '0'], locals }, rest.slice(1));
    }
    case 'name':
      return walkName(node.path, walk, rest) ?? stop;
    default:
      return stop;
  }
}

/** An element, counted through the lists that are spread before it. Behind one of unknown length nobody knows which is which. */
function walkList({ items }: ListNode, walk: Walk, rest: readonly string[], step: string): Spot | undefined {
  if (!/^\d{1,9}$/.test(step)) return undefined;
  let index = Number(step);
  for (const [at, { spread, value }] of items.entries()) {
    const length = spread ? lengthOf(value, walk) : 1;
    if (at < items.length - 1 && length === null) return undefined;
    if (length !== null && index >= length) index -= length;
    else if (spread) return value.is === 'name' ? walkName(value.path, walk, [String(index), ...rest.slice(1)]) : undefined;
    else return walkNode(value, { ...walk, steps: [...walk.steps, String(at)] }, rest.slice(1));
  }
  return undefined;
}

/** Of a list that is written out under a name, element by element. */
function lengthOf(node: Node, walk: Walk): number | null {
  if (node.is === 'list') return node.items.some(({ spread }) => spread) ? null : node.items.length;
  const target = node.is === 'name' && node.path.length === 1 ? targetOf(node.path[0] ?? '', walk) : undefined;
  return target === undefined ? null : lengthOf(target.node, target.walk);
}

function walkObject(node: ObjectNode, walk: Walk, rest: readonly string[], step: string): Spot | undefined {
  const found = lookIn(node, walk, rest, step);
  if (typeof found === 'object') return found;
  // What the bag states itself, or takes from elsewhere.
  const bag = memberOf(node, 'properties');
  if (bag === undefined) return undefined;
  const spot = walkNode(bag.member.value, { ...walk, steps: [...walk.steps, bag.key] }, rest);
  return spot.rest.length < rest.length ? spot : undefined;
}

/** The member that counts: a later one, or one of a later spread, hides it. Behind a spread of which nothing is known nobody knows. */
function lookIn(node: Node, walk: Walk, rest: readonly string[], step: string): Spot | 'absent' | 'unsure' {
  if (node.is === 'name') {
    const target = node.path.length === 1 ? targetOf(node.path[0] ?? '', walk) : undefined;
    if (target !== undefined) return lookIn(target.node, target.walk, rest, step);
    const spot = walkName(node.path, walk, rest);
    return spot ?? 'unsure';
  }
  if (node.is !== 'object') return 'unsure';
  const lower = step.toLowerCase();
  for (const [index, member] of [...node.members.entries()].toReversed()) {
    const into = { ...walk, steps: [...walk.steps, memberKey(member, index)] };
    if (member.name === null) {
      const found = lookIn(member.value, into, rest, step);
      if (found !== 'absent') return found;
    } else if (member.name.toLowerCase() === lower) return walkNode(member.value, into, rest.slice(1));
    // A name with holes may be any name.
    else if (member.name.startsWith("'")) return 'unsure';
  }
  return 'absent';
}

/** The last of that name, with its case, then without. */
function memberOf({ members }: ObjectNode, name: string): { readonly member: Member; readonly key: string } | undefined {
  const lower = name.toLowerCase();
  const member = members.findLast((candidate) => candidate.name === name) ?? members.findLast((candidate) => candidate.name?.toLowerCase() === lower);
  return member === undefined ? undefined : { member, key: member.name ?? '' };
}

/** The value of the variable that is named, or what the parameter is given, else its default. */
function targetOf(name: string, { locals, hops, frame }: Walk): { readonly node: Node; readonly walk: Walk } | undefined {
  if (locals.has(name) || hops >= MAX_HOPS || frame.hidden.has(name)) return undefined;
  const declaration = frame.tree.declarations.find((candidate) => candidate.name === name && (candidate.word === 'var' || candidate.word === 'param'));
  const given = declaration?.word === 'param' ? frame.given.get(name) : undefined;
  if (given !== undefined) return { node: given.node, walk: { frame: given.frame, steps: given.steps, base: null, locals: given.locals, hops: hops + 1 } };
  if (declaration === undefined || declaration.value === null) return undefined;
  return { node: declaration.value, walk: { frame, steps: [keyOf(declaration)], base: null, locals: NONE, hops: hops + 1 } };
}

function walkName([first = '', ...path]: readonly string[], walk: Walk, rest: readonly string[]): Spot | undefined {
  const target = targetOf(first, walk);
  const spot = target === undefined ? undefined : walkNode(target.node, target.walk, [...path, ...rest]);
  // Of what the name holds nothing of the asked place is stated.
  return spot !== undefined && spot.rest.length < rest.length ? spot : undefined;
}
