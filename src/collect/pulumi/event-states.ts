import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';

/** Steps after which nothing is there; the second of a replacement states what will be. */
export const GONE: ReadonlySet<string> = new Set(['delete', 'delete-replaced', 'read-discard', 'discard', 'discard-replaced', 'remove-pending-replace']);

/** What a log says of one resource, as `apitype.StepEventMetadata` (sdk/go/common/apitype/events.go) states it. */
export interface EventState {
  readonly urn: string;
  readonly op: string;
  /** Undefined for one that states nothing. */
  readonly state: Json | undefined;
  readonly pointer: Pointer;
  /** Its outputs are of the same inputs. */
  readonly filled: boolean;
}

export interface EventStates {
  /** The last of each resource; what is gone is left out. */
  readonly states: readonly EventState[];
  readonly summary: Json | undefined;
  readonly failed: boolean;
}

export function eventStates(events: readonly Json[]): EventStates {
  const states = new Map<string, EventState>();
  let summary: Json | undefined;
  let failed = false;
  for (const [index, event] of events.entries()) {
    summary = member(event, 'summaryEvent') ?? summary;
    failed ||= isFailure(event);
    const stated = statedBy(event, index);
    if (stated !== undefined) states.set(stated.urn, stated);
    const outputs = outputsOf(event);
    const known = outputs === undefined ? undefined : states.get(outputs.urn);
    if (outputs !== undefined && known !== undefined && isObject(known.state) && (known.filled || !outputs.planning)) {
      states.set(outputs.urn, { ...known, filled: true, state: { ...known.state, ...outputs.state } });
    }
  }
  return { states: [...states.values()], summary, failed };
}

function isFailure(event: Json): boolean {
  const failures = ['resOpFailedEvent', 'errorEvent'];
  return failures.some((name) => member(event, name) !== undefined) || hasError([member(event, 'diagnosticEvent') ?? null]);
}

export function hasError(diagnostics: Json | undefined): boolean {
  return Array.isArray(diagnostics) && (diagnostics as readonly Json[]).some((diagnostic) => member(diagnostic, 'severity') === 'error');
}

function statedBy(event: Json, index: number): EventState | undefined {
  const metadata = member(member(event, 'resourcePreEvent'), 'metadata');
  const op = member(metadata, 'op');
  if (metadata === undefined || (typeof op === 'string' && GONE.has(op))) return undefined;
  const urn = member(metadata, 'urn');
  const made = member(metadata, 'new');
  // What is only read belongs to somebody else.
  const state = isObject(made) && typeof op === 'string' && op.startsWith('read') ? { ...made, external: true } : made;
  return {
    // One that names nothing is kept, so that it is said.
    urn: typeof urn === 'string' ? urn : `?${index}`,
    op: typeof op === 'string' ? op : '',
    state: typeof op === 'string' ? state : undefined,
    pointer: `/events/${index}/resourcePreEvent/metadata/new`,
    filled: op === 'same' || op === 'read' || op === 'refresh',
  };
}

interface Outputs {
  readonly urn: string;
  readonly state: JsonObject;
  /** Before anything is made, outputs are what is not known yet. */
  readonly planning: boolean;
}

function outputsOf(event: Json): Outputs | undefined {
  const done = member(event, 'resOutputsEvent');
  const metadata = member(done, 'metadata');
  const urn = member(metadata, 'urn');
  const outputs = member(member(metadata, 'new'), 'outputs');
  const id = member(member(metadata, 'new'), 'id');
  if (typeof urn !== 'string' || !isObject(outputs)) return undefined;
  return { urn, state: { outputs, ...(typeof id === 'string' ? { id } : {}) }, planning: member(done, 'planning') === true };
}
