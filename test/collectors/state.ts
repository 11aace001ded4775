import { isObject, type Json, type JsonObject } from '../../src/model/json.ts';

/**
 * The text of a played host that can be changed, in the form in which the host writes itself (standins/State.cs): keys sorted,
 * two spaces, a line feed at the end, and nothing that says nothing. A host that is again what it was has the same bytes.
 */
export function stateText(document: JsonObject): string {
  return `${JSON.stringify(sorted(minimal(document)), null, 2)}\n`;
}

function minimal(document: JsonObject): JsonObject {
  const registry = document['registry'];
  const rights = document['userRights'];
  const tasks = document['scheduledTasks'];
  return {
    ...without(document, tasks !== undefined && isEmpty(tasks) ? 'scheduledTasks' : undefined),
    ...(isObject(registry) && { registry: pruned(registry) }),
    ...(isObject(rights) && { userRights: Object.fromEntries(Object.entries(rights).filter(([, holders]) => !isEmpty(holders))) }),
  };
}

/** A key that has others below it needs no entry of its own while it has no values. */
function pruned(registry: JsonObject): JsonObject {
  const names = Object.keys(registry).map((name) => name.toLowerCase());
  const hasBelow = (name: string): boolean => names.some((other) => other.startsWith(`${name.toLowerCase()}\\`));
  return Object.fromEntries(Object.entries(registry).filter(([name, values]) => !isEmpty(values) || !hasBelow(name)));
}

function without(document: JsonObject, name: string | undefined): JsonObject {
  return Object.fromEntries(Object.entries(document).filter(([own]) => own !== name));
}

function isEmpty(value: Json): boolean {
  return value !== null && typeof value === 'object' && Object.keys(value).length === 0;
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted((a, b) => (a < b ? -1 : 1))
      .map((name) => [name, sorted(value[name] ?? null)]),
  );
}
