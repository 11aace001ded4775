import { type Fact, factId } from '../../model/fact.ts';
import { isObject, type Json, member } from '../../model/json.ts';
import type { NormaliseContext, SnapshotInput } from '../../model/normalise.ts';
import { escapeStep, type Pointer, pointerOf } from '../../model/pointer.ts';
import { SECTIONS } from '../../model/sections/index.ts';
import { stateOf } from './overlay.ts';

/** Declared against actual, one fact a declared setting (EST-001). */
export function declaredFacts(input: SnapshotInput, context: NormaliseContext): Fact[] {
  const declared = input.host?.declared ?? input.deployment?.declared ?? input.gateway?.declared ?? [];
  return declared.map((entry) => {
    const { reading, state } = stateOf(entry, input.snapshot, context.catalogue, input.target);
    const path = entry.path.join('/');
    const unknown: Pointer[] = [];
    const known = (member: string, value: Json, isKnown: boolean): Json => {
      if (!isKnown) unknown.push(pointerOf([member]));
      return isKnown ? value : null;
    };
    return {
      kind: 'estate.declaredSetting',
      id: factId(input.target.id, 'estate.declaredSetting', entry.path.map(escapeStep).join('/')),
      name: `${input.target.name}: ${path}`,
      target: input.target.id,
      data: {
        host: input.target.name,
        setting: path,
        declared: entry.value,
        actual: known('actual', reading?.value ?? null, reading !== null && !reading.unknown),
        source: known('source', reading?.source ?? null, reading !== null && reading.source !== null),
        state: known('state', state, state !== 'unknown'),
      },
      unknown,
      origin: { at: 'setting', members: { '/state': pointerOf(entry.path) } },
      observedAt: input.snapshot.collectedAt,
    };
  });
}

/** How reading each section of a target ended (EST-002). */
export function sectionFacts(input: SnapshotInput): Fact[] {
  return SECTIONS.filter((spec) => spec.of === input.target.kind).map((spec) => {
    const section = Object.hasOwn(input.snapshot.sections, spec.name) ? input.snapshot.sections[spec.name] : undefined;
    const status = section?.status ?? 'not-collected';
    return sectionFact(input, spec.name, spec.shape === 'registry' && status === 'ok' ? worstKey(section?.data) : status);
  });
}

/** The registry is read key by key: it was read when each key was that somebody tried to read. */
function worstKey(data: Json | undefined): string {
  const statuses = isObject(data) ? new Set(Object.values(data).map((key) => member(key, 'status'))) : new Set();
  return statuses.has('denied') ? 'denied' : statuses.has('error') ? 'error' : 'ok';
}

/** A target that has no snapshot at all: nobody looked at any of it. */
export function unreadTargetFact(input: Pick<SnapshotInput, 'target'>): Fact {
  return sectionFact(input, 'snapshot', 'error');
}

function sectionFact(input: Pick<SnapshotInput, 'target'>, section: string, status: string): Fact {
  return {
    kind: 'estate.section',
    id: factId(input.target.id, 'estate.section', section),
    name: `${input.target.name}: ${section}`,
    target: input.target.id,
    data: { host: input.target.name, section, status },
    unknown: [],
    origin: { at: 'setting' },
    observedAt: input.target.collectedAt ?? null,
  };
}
