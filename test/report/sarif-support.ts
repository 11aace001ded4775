import { isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import type { ScanReport } from '../../src/model/report.ts';
import type { Reporter } from '../../src/report/options.ts';

/** Reads a log as the generic JSON that it is. */
export function logOf(report: Reporter, scan: ScanReport): JsonObject {
  const log: Json = JSON.parse([...report(scan)].join('')) as Json;
  if (!isObject(log)) throw new Error('not an object');
  return log;
}

export function objects(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isObject) : [];
}

export function object(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

export function runsOf(log: JsonObject): readonly JsonObject[] {
  return objects(log['runs']);
}

export function resultsOf(log: JsonObject): readonly JsonObject[] {
  return runsOf(log).flatMap((run) => objects(run['results']));
}

export function rulesOf(run: JsonObject): readonly JsonObject[] {
  return objects(object(object(run['tool'])['driver'])['rules']);
}

/** Every object of a document that has a member. */
export function* withMember(value: Json | undefined, name: string): Generator<JsonObject> {
  if (Array.isArray(value)) for (const element of value as readonly Json[]) yield* withMember(element, name);
  if (!isObject(value)) return;
  if (Object.hasOwn(value, name)) yield value;
  for (const member of Object.values(value)) yield* withMember(member, name);
}
