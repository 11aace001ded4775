import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Fault } from './frames.ts';
import type { LiveTarget } from './targets.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** Checks that the bytes are a snapshot of the target that was asked: a host must never write over another one's. */
export function readReceived(bytes: Buffer, target: LiveTarget): { readonly snapshot: JsonObject } | Fault {
  let value: Json;
  try {
    value = JSON.parse(UTF8.decode(bytes)) as Json;
  } catch {
    return { cause: 'babble', detail: 'what came is not JSON' };
  }
  if (!isObject(value) || value['schemaVersion'] !== 1 || !isObject(value['sections']))
    return { cause: 'babble', detail: 'what came is not a snapshot of version 1' };
  const named = isObject(value['target']) ? value['target'] : {};
  if (named['kind'] !== target.kind || named['name'] !== target.name) return { cause: 'babble', detail: 'the snapshot is of another target' };
  const time = value['collectedAt'];
  if (typeof time !== 'string' || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/.test(time))
    return { cause: 'babble', detail: 'the snapshot has no time' };
  return { snapshot: value };
}
