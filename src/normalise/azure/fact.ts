import { type CloudResource, placeOf } from '../../model/cloud-resource.ts';
import { type Fact, factId } from '../../model/fact.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Place } from '../../model/location.ts';
import type { Pointer } from '../../model/pointer.ts';
import type { Target } from '../../model/target.ts';

/** What a fact is made of; the rest is the same for all facts of a resource. */
interface FactParts {
  readonly kind: string;
  readonly name: string;
  /** What tells it from others of its kind, after the resource's id. */
  readonly instance?: readonly string[];
  readonly resource: CloudResource;
  /** Where in the resource it stands. */
  readonly pointer?: Pointer;
  readonly data: JsonObject;
  readonly unknown?: readonly Pointer[];
  /** What the input does not hold of what `unknown` may hang on. */
  readonly because?: readonly string[];
  /** Pointers in `data` to where they were read. Members of another file than the fact's are left out. */
  readonly members?: readonly Member[];
}

export interface Member {
  readonly at: Pointer;
  readonly resource: CloudResource;
  readonly pointer: Pointer;
}

/** More reasons than these help nobody. */
const MOST_REASONS = 3;
const MAX_REASON = 200;

export function makeFact(target: Target, parts: FactParts): Fact {
  const { resource, unknown = [], because = [] } = parts;
  const members: Record<Pointer, Place> = {};
  for (const member of parts.members ?? []) {
    if (member.resource.file === resource.file) members[member.at] = placeOf(member.resource, member.pointer);
  }
  return {
    kind: parts.kind,
    id: factId(target.id, parts.kind, resource.id, ...(parts.instance ?? [])),
    name: parts.name,
    target: target.id,
    data: parts.data,
    unknown,
    ...(unknown.length === 0 || because.length === 0 ? {} : { because: because.slice(0, MOST_REASONS).map((reason) => reason.slice(0, MAX_REASON)) }),
    origin: {
      at: 'document',
      file: resource.file,
      dialect: resource.dialect,
      place: placeOf(resource, parts.pointer ?? ''),
      ...(Object.keys(members).length === 0 ? {} : { members }),
      resourceId: resource.displayId,
    },
    observedAt: target.collectedAt ?? null,
  };
}
