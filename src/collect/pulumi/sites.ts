import { resolve } from 'node:path';
import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import { pointerOf, type Pointer, valueAt } from '../../model/pointer.ts';
import type { Call } from '../typescript/tree.ts';
import { isExpression, unquoted } from '../typescript/value.ts';
import type { Entry } from './entries.ts';
import type { ProgramFiles, ProgramSource } from './project.ts';
import { nativeType } from './token.ts';
import { isHidden } from './values.ts';

/** Where a program makes a resource. */
export interface Site {
  readonly source: ProgramSource;
  /** Of the resource in the program's value: `/resources/nsg`, or of its call `/calls/3`. */
  readonly base: Pointer;
  /** `call`: what is there makes a component, and the resource in it is made elsewhere. */
  readonly is: 'resource' | 'call';
  /** The literals that are given there are what the resource has: it is this one, and the program is as it was when it ran. */
  readonly sure: boolean;
}

/** Finds where entries are made: by the position that the engine noted where it holds, else by class and name. */
export function siteOf(entry: Entry, files: ProgramFiles): Site | null {
  return files.project.language === 'yaml' ? yamlSite(entry, files) : files.project.language === 'typescript' ? typescriptSite(entry, files) : null;
}

/** The logical name is the last part of the URN, unless the resource is given a name of its own. */
function yamlSite(entry: Entry, files: ProgramFiles): Site | null {
  const [source] = files.all();
  const resources = member(source?.document.value, 'resources');
  if (source === undefined || !isObject(resources)) return null;
  const named = Object.keys(resources).find((name) => member(resources[name], 'name') === entry.name);
  const name = named ?? (Object.hasOwn(resources, entry.name) ? entry.name : undefined);
  const resource = name === undefined ? undefined : resources[name];
  const type = member(resource, 'type');
  if (name === undefined || typeof type !== 'string' || !isSameType(type, entry.type)) return null;
  return { source, base: pointerOf(['resources', name]), is: 'resource', sure: agrees(member(resource, 'properties') ?? {}, inputsOf(entry)) };
}

function isSameType(one: string, other: string): boolean {
  return one === other || (nativeType(one) !== undefined && nativeType(one)?.type === nativeType(other)?.type);
}

function inputsOf(entry: Entry): Json | undefined {
  return member(entry.state, 'inputs');
}

/** Nobody's trace is longer. */
const MAX_FRAMES = 50;

function typescriptSite(entry: Entry, files: ProgramFiles): Site | null {
  const positions = positionsOf(entry.state, files);
  for (const position of positions) {
    const call = callAt(position, files);
    if (call !== null && makes(call.call, entry)) return siteAt(call, entry);
  }
  const found = searched(entry, files);
  if (found !== null) return siteAt(found, entry);
  // A component of a package: where the program asks for it is all that there is to show.
  const [outer] = positions.flatMap((position) => callAt(position, files) ?? []);
  return outer === undefined ? null : { source: outer.source, base: pointerOf(['calls', outer.index]), is: 'call', sure: false };
}

interface FoundCall {
  readonly source: ProgramSource;
  readonly index: number;
  readonly call: Call;
}

interface Position {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** Of the resource itself, then of who asked for it. */
function positionsOf(state: JsonObject, { project }: ProgramFiles): Position[] {
  const trace = member(state, 'stackTrace');
  const frames = Array.isArray(trace) ? (trace as readonly Json[]).slice(0, MAX_FRAMES).map((frame) => member(frame, 'sourcePosition')) : [];
  return [member(state, 'sourcePosition'), ...frames].flatMap((text) => positionOf(text, project.folder) ?? []);
}

/**
 * `project:///infra/network.ts#12,7`, relative to the project. Programs in ES modules are noted as
 * `project:///file:/home/me/infra/network.ts#12,7` (pulumi/pulumi, sdk/nodejs/resource.ts takes the path out of a stack trace).
 */
function positionOf(text: Json | undefined, folder: string): Position | null {
  const match = typeof text === 'string' && text.length < 5000 ? /^project:\/\/\/(?:file:(?:\/\/)?(?=\/))?(.+)#(\d{1,7}),(\d{1,7})$/.exec(text) : null;
  if (match === null) return null;
  try {
    return { path: resolve(folder, decodeURIComponent(match[1] ?? '')), line: Number(match[2]), column: Number(match[3]) };
  } catch {
    return null;
  }
}

/** The call that begins at a position, else the only one that begins on its line. */
function callAt({ path, line, column }: Position, files: ProgramFiles): FoundCall | null {
  const source = files.open(path);
  const { typescript } = source ?? {};
  if (source === null || typescript === null || typescript === undefined) return null;
  const start = typescript.lines.startOf(line);
  const end = typescript.lines.endOf(line);
  if (start === undefined || end === undefined) return null;
  const onLine = typescript.tree.calls.flatMap((call, index) => (call.start >= start && call.start <= end ? [{ source, index, call }] : []));
  return onLine.find(({ call }) => call.start === start + column - 1) ?? (onLine.length === 1 ? (onLine[0] ?? null) : null);
}

/** The call of the program that makes a resource of this class and name, where there is one and no other. */
function searched(entry: Entry, files: ProgramFiles): FoundCall | null {
  const candidates = files
    .all()
    .flatMap((source) => (source.typescript?.tree.calls ?? []).flatMap((call, index) => (makes(call, entry) ? [{ source, index, call }] : [])));
  for (const is of ['text', 'pattern', 'any'] as const) {
    const named = candidates.filter(({ call }) => call.name.is === is);
    const [only] = named;
    if (named.length === 1 && only !== undefined) return only;
    const agreeing = named.filter((found) => siteAt(found, entry).sure);
    const [best] = agreeing;
    if (named.length > 0) return agreeing.length === 1 ? (best ?? null) : null;
  }
  return null;
}

function siteAt({ source, index }: FoundCall, entry: Entry): Site {
  const base = pointerOf(['calls', index]);
  return { source, base, is: 'resource', sure: agrees(valueAt(source.document.value, `${base}/properties`) ?? {}, inputsOf(entry)) };
}

/** Whether a call may make a resource: its class, and its name as far as it is written out. */
function makes({ path, imported, name }: Call, entry: Entry): boolean {
  const token = /^([\w-]+):([\w/.-]+):(\w+)$/.exec(entry.type);
  if (token === null || !isNamed(name, entry.name)) return false;
  const [, provider = '', module = '', type = ''] = token;
  const names = imported === null ? path : [...(imported.name === null ? [] : [imported.name]), ...path.slice(1)];
  const own = imported === null || imported.from.startsWith('.') ? undefined : imported.from;
  // A class that is the module's only export.
  const last = names.at(-1) ?? path.at(-1);
  if (last !== type) return false;
  if (own === undefined) return true;
  const bare = provider.replace(/_.*$/, '');
  if (!own.toLowerCase().includes(bare.toLowerCase())) return false;
  const among = [...own.split('/'), ...names.slice(0, -1)].map((part) => part.toLowerCase());
  const wanted = module.split('/')[0]?.toLowerCase() ?? '';
  const modules = among.filter((part) => MODULES.has(part));
  return modules.length === 0 || modules.includes(wanted);
}

/** Modules of azure-native that share names of classes: `network.X` is no `compute.X`. */
const MODULES: ReadonlySet<string> = new Set(
  'network compute desktopvirtualization keyvault insights monitor hybridcompute hybridconnectivity security authorization storage resources web sql'.split(
    ' ',
  ),
);

function isNamed(name: Call['name'], wanted: string): boolean {
  if (name.is === 'any') return true;
  if (name.is === 'text') return name.value === wanted;
  const [first = '', ...rest] = name.parts;
  const last = rest.at(-1) ?? '';
  if (!wanted.startsWith(first) || !wanted.endsWith(last) || wanted.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of rest.slice(0, -1)) {
    const found = wanted.indexOf(part, at);
    if (found < 0 || found + part.length > wanted.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}

/** Whether what a program writes can be what the engine was given: every literal is the same, whatever the expressions come to. */
export function agrees(written: Json, given: Json | undefined): boolean {
  if (typeof written === 'string' && isExpression(written)) return true;
  if (isHidden(given) || (isObject(given) && Object.hasOwn(given, SIGNATURE))) return true;
  // What is null is not given at all.
  if (written === null) return given === null || given === undefined;
  if (typeof written === 'string') return typeof given === 'string' ? unquoted(written) === given : false;
  if (typeof written !== 'object') return written === given;
  if (Array.isArray(written)) {
    return Array.isArray(given) && written.length === given.length && written.every((item: Json, index) => agrees(item, (given as readonly Json[])[index]));
  }
  const members = Object.entries(written as JsonObject);
  if (Array.isArray(given)) return members.every(([name, item]) => name.startsWith('...') || agrees(item, (given as readonly Json[])[Number(name)]));
  // What stands before a spread may be overridden by it.
  const spread = members.findLastIndex(([name]) => name.startsWith('...'));
  return isObject(given) && members.every(([name, item], index) => index <= spread || agrees(item, member(given, name)));
}

const SIGNATURE = '4dabf18193072939515e22adb298388d';
