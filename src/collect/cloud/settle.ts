import { parentId } from '../../lib/azure-id.ts';
import { UNRESOLVED } from '../../model/cloud-resource.ts';
import { isObject, type Json } from '../../model/json.ts';
import type { Body } from './canonical.ts';
import type { Declared } from './declared.ts';

/**
 * References by names that are not resolved: one that names something of this input is kept, since the same expression is
 * the same name. Any other could name anything, so it is unresolved.
 */
export function settled(all: readonly Declared[]): readonly Declared[] {
  const known = new Set(all.map((item) => item.id));
  return all.map((item) => {
    const body = settledBody(item.body, known);
    return body === item.body ? item : { ...item, body };
  });
}

function settledBody(body: Body, known: ReadonlySet<string>): Body {
  let changed: Body | undefined;
  for (const name of Object.keys(body)) {
    const before = body[name] as Json;
    // A name is no reference.
    const after = name === 'name' || name === 'tags' ? before : settledValue(before, known);
    if (after !== before) (changed ??= { ...body })[name] = after;
  }
  return changed ?? body;
}

function settledValue(value: Json, known: ReadonlySet<string>): Json {
  if (typeof value === 'string') return value.includes('{') && isReference(value) && !names(value, known) ? UNRESOLVED : value;
  if (value === UNRESOLVED) return value;
  if (Array.isArray(value)) {
    let changed: Json[] | undefined;
    for (const [index, item] of (value as readonly Json[]).entries()) {
      const after = settledValue(item, known);
      if (after !== item) (changed ??= [...(value as readonly Json[])])[index] = after;
    }
    return changed ?? value;
  }
  return isObject(value) ? settledBody(value as Body, known) : value;
}

/** `microsoft.network/…/{parameters('nsg')}`: what `leave` makes of an id. */
function isReference(text: string): boolean {
  return text.startsWith('microsoft.') || text.startsWith('subscriptions/') || text.startsWith('resourcegroups/') || text.startsWith('{');
}

/** The input declares it, or what it is a part of. */
function names(id: string, known: ReadonlySet<string>): boolean {
  for (let part = id; part.length > 0; part = parentId(part)) if (known.has(part)) return true;
  return false;
}
