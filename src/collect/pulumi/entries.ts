import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import type { Problem } from '../../model/problem.ts';
import { eventStates, GONE, hasError } from './event-states.ts';

/** One resource that will be there, as the engine states it. */
export interface Entry {
  readonly urn: string;
  /** The token, `azure-native:network:Subnet`. */
  readonly type: string;
  /** The logical name: the URN's last part. */
  readonly name: string;
  readonly state: JsonObject;
  readonly pointer: Pointer;
  /** Its outputs are of the same inputs, and fill in what those do not state. */
  readonly filled: boolean;
}

export interface Entries {
  readonly entries: readonly Entry[];
  readonly problems: readonly Problem[];
}

/** Of a preview, a log of events, a stack export or a state file. */
export function stateEntries(value: Json, file: string): Entries {
  const events = member(value, 'events');
  if (Array.isArray(events)) return ofEvents(value, events as readonly Json[], file);
  const steps = member(value, 'steps');
  if (Array.isArray(steps)) return ofPreview(value, steps as readonly Json[], file);
  const deployment = member(value, 'deployment');
  const latest = member(member(value, 'checkpoint'), 'latest');
  if (isObject(deployment)) return ofDeployment(deployment, '/deployment', file);
  return isObject(latest) ? ofDeployment(latest, '/checkpoint/latest', file) : { entries: [], problems: [] };
}

function ofPreview(value: Json, steps: readonly Json[], file: string): Entries {
  const found = new Map<string, Entry>();
  const problems = new Malformed(file);
  let sames = 0;
  for (const [index, step] of steps.entries()) {
    const op = member(step, 'op');
    if (op === 'same') sames++;
    if (typeof op !== 'string' || GONE.has(op)) {
      if (typeof op !== 'string') problems.count++;
      continue;
    }
    const state = member(step, 'newState');
    const urn = member(step, 'urn');
    const entry = entryOf(state, typeof urn === 'string' ? urn : undefined, `/steps/${index}/newState`, op === 'same' || op === 'read' || op === 'refresh');
    if (entry === undefined) problems.count++;
    else found.set(entry.urn, op === 'same' ? withOldOutputs(entry, step) : entry);
  }
  const failed = hasError(member(value, 'diagnostics')) ? [failedProblem(file)] : [];
  return { entries: judged(found.values()), problems: [...problems.problems(), ...missingSames(member(value, 'changeSummary'), sames, file), ...failed] };
}

function missingSames(summary: Json | undefined, sames: number, file: string): Problem[] {
  const unchanged = member(summary, 'same');
  const missing = typeof unchanged === 'number' ? unchanged - sames : 0;
  return missing > 0 ? [unchangedProblem(missing, file)] : [];
}

/** A program that ends early has not said all that it would make. */
function failedProblem(file: string): Problem {
  const message = `The run that '${file}' tells of failed, so what it would have made after that was not judged.`;
  return { level: 'error', code: 'pulumi.failed', message, hint: 'Mend what it failed of, and make it again.', file };
}

/** What each resource was last said to become. A log of a preview and of the update after it tells of all of them twice. */
function ofEvents(value: Json, events: readonly Json[], file: string): Entries {
  const found = new Map<string, Entry>();
  const problems = new Malformed(file);
  problems.count = Number(member(value, 'strange') ?? 0);
  const { states, summary, failed } = eventStates(events);
  for (const { urn, state, pointer, filled } of states) {
    const entry = entryOf(state, urn, pointer, filled);
    if (entry === undefined) problems.count++;
    else found.set(entry.urn, entry);
  }
  const sames = states.filter(({ op }) => op === 'same').length;
  const more = [
    ...missingSames(member(summary, 'resourceChanges'), sames, file),
    ...(failed ? [failedProblem(file)] : []),
    ...(summary === undefined ? [cutProblem(file)] : []),
  ];
  return { entries: judged(found.values()), problems: [...problems.problems(), ...more] };
}

function cutProblem(file: string): Problem {
  const message = `The log '${file}' has no summary: it was cut off, or its run is not over, so what is missing in it was not judged.`;
  return { level: 'error', code: 'pulumi.cut-off', message, hint: 'Name the log of a whole run.', file };
}

/** The stack and the project that a document is of, by its first resource; null for one that names none. */
export function stackOf(value: Json): { readonly stack: string; readonly project: string } | null {
  for (const state of statesIn(value)) {
    const urn = member(state, 'urn');
    const [start = '', project] = typeof urn === 'string' && urn.startsWith('urn:pulumi:') ? urn.split('::', 3) : [];
    if (project !== undefined) return { stack: start.slice('urn:pulumi:'.length), project };
  }
  return null;
}

/** Whatever has a URN of its own, in any of the shapes. */
function statesIn(value: Json): readonly Json[] {
  const listOf = (held: Json | undefined): readonly Json[] => (Array.isArray(held) ? (held as readonly Json[]) : []);
  const deployment = member(value, 'deployment') ?? member(member(value, 'checkpoint'), 'latest');
  const events = listOf(member(value, 'events')).map((event) => member(member(event, 'resourcePreEvent'), 'metadata') ?? null);
  return [...listOf(member(value, 'steps')), ...listOf(member(deployment, 'resources')), ...events];
}

function unchangedProblem(missing: number, file: string): Problem {
  const message = `The preview '${file}' leaves out ${missing} resources that do not change, so they were not judged.`;
  return { level: 'warning', code: 'pulumi.unchanged-left-out', message, hint: "Run 'pulumi preview --json --show-sames'.", file };
}

/** A preview states outputs only of what is there already. */
function withOldOutputs(entry: Entry, step: Json): Entry {
  const outputs = member(member(step, 'oldState'), 'outputs');
  return isObject(outputs) && !isObject(member(entry.state, 'outputs')) ? { ...entry, state: { ...entry.state, outputs } } : entry;
}

function ofDeployment(deployment: JsonObject, pointer: Pointer, file: string): Entries {
  const resources = member(deployment, 'resources');
  const found = new Map<string, Entry>();
  const problems = new Malformed(file);
  for (const [index, state] of (Array.isArray(resources) ? (resources as readonly Json[]) : []).entries()) {
    if (member(state, 'delete') === true) continue;
    const entry = entryOf(state, undefined, `${pointer}/resources/${index}`, true);
    if (entry === undefined) problems.count++;
    else found.set(entry.urn, entry);
  }
  return { entries: judged(found.values()), problems: problems.problems() };
}

function entryOf(state: Json | undefined, stepUrn: string | undefined, pointer: Pointer, filled: boolean): Entry | undefined {
  const own = member(state, 'urn');
  const urn = typeof own === 'string' ? own : stepUrn;
  if (!isObject(state) || urn === undefined) return undefined;
  const parts = urnParts(urn);
  const type = member(state, 'type');
  return parts === undefined ? undefined : { urn, type: typeof type === 'string' ? type : parts.type, name: parts.name, state, pointer, filled };
}

/** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`; a name may hold `::` itself. */
export function urnParts(urn: string): { readonly type: string; readonly name: string } | undefined {
  if (!urn.startsWith('urn:pulumi:')) return undefined;
  const [, , types, ...name] = urn.split('::');
  return types === undefined || name.length === 0 ? undefined : { type: types.slice(types.lastIndexOf('$') + 1), name: name.join('::') };
}

/** Without providers, and what belongs to the engine itself. */
function judged(entries: Iterable<Entry>): Entry[] {
  return [...entries].filter(({ type }) => !type.startsWith('pulumi:'));
}

class Malformed {
  count = 0;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  problems(): Problem[] {
    if (this.count === 0) return [];
    const what = this.count === 1 ? 'One entry' : `${this.count} entries`;
    return [
      {
        level: 'warning',
        code: 'pulumi.resource',
        message: `${what} of '${this.#file}' could not be read as resources of a stack.`,
        hint: 'Export it again.',
        file: this.#file,
      },
    ];
  }
}
