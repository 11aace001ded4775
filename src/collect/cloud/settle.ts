import { parentId } from '../../lib/azure-id.ts';
import { UNRESOLVED } from '../../model/cloud-resource.ts';
import { isObject, type Json } from '../../model/json.ts';
import type { Body } from './canonical.ts';
import type { Declared } from './declared.ts';

/** What the ids of an input name. */
interface Known {
  readonly ids: ReadonlySet<string>;
  /** Declared more than once: alternatives under conditions, or of groups that the input does not tell apart. */
  readonly repeated: ReadonlySet<string>;
}

/**
 * References by names that are not resolved: one that names something of this input is kept, since the same expression is
 * the same name. Any other could name anything, so it is unresolved; so is one that names several resources.
 */
export function settled(all: readonly Declared[], repeated: ReadonlySet<string>): readonly Declared[] {
  const known: Known = { ids: new Set(all.map((item) => item.id)), repeated };
  return all.map((item) => {
    const body = settledBody(item.body, known);
    return body === item.body ? item : { ...item, body };
  });
}

function settledBody(body: Body, known: Known): Body {
  let changed: Body | undefined;
  for (const name of Object.keys(body)) {
    const before = body[name] as Json;
    // A name is no reference.
    const after = name === 'name' || name === 'tags' ? before : settledValue(before, known);
    if (after !== before) (changed ??= { ...body })[name] = after;
  }
  return changed ?? body;
}

function settledValue(value: Json, known: Known): Json {
  if (typeof value === 'string') return isOpen(value, known) ? UNRESOLVED : value;
  if (value === UNRESOLVED) return value;
  if (Array.isArray(value)) {
    let changed: Json[] | undefined;
    for (const [index, item] of (value as readonly Json[]).entries()) {
      const after = settledValue(item, known);
      if (after !== item) (changed ??= [...(value as readonly Json[])])[index] = after;
    }
    return changed ?? value;
  }
  return isObject(value) ? settledBody(value, known) : value;
}

/** `microsoft.network/…/{parameters('nsg')}`: what `leave` makes of an id. */
function isReference(text: string): boolean {
  return text.startsWith('microsoft.') || text.startsWith('subscriptions/') || text.startsWith('resourcegroups/') || text.startsWith('{');
}

function isOpen(text: string, known: Known): boolean {
  if (text.length > MAX_LENGTH || !isReference(text)) return false;
  return (known.repeated.size > 0 && names(text, known.repeated)) || (text.includes('{') && !names(text, known.ids));
}

/** Longer texts are no ids. */
const MAX_LENGTH = 2000;

/** One of the ids, or a part of what one of them names. */
function names(id: string, ids: ReadonlySet<string>): boolean {
  for (let part = id; part.length > 0; part = parentId(part)) if (ids.has(part)) return true;
  return false;
}
