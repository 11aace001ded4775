import type { JsonObject } from '../../model/json.ts';
import { failed, type Failure, type Outcome } from './failure.ts';
import { idOf, type Unread } from './snapshot.ts';

/** What came of one source, or of one question of it. */
export interface Parts {
  readonly resources: readonly JsonObject[];
  readonly unread: readonly Unread[];
}

/** Where a provider was never registered, nothing of it can be. */
const NOT_REGISTERED = new Set(['MissingSubscriptionRegistration', 'SubscriptionNotRegistered']);

/** `scope`: the resource that was asked; `''` for the subscription. */
export function partsOf(scope: string, read: Outcome<readonly JsonObject[]>): Parts {
  if ('value' in read) {
    if (read.value.every((item) => idOf(item) !== '')) return { resources: read.value, unread: [] };
    return partsOf(scope, failed('malformed', 'A list holds something without an id.'));
  }
  // What was deleted since it was listed is no more.
  const isGone = (scope !== '' && read.failure.kind === 'absent') || NOT_REGISTERED.has(read.failure.code ?? '');
  // A list that there is not: this cloud does not have it.
  const failure: Failure = scope === '' && read.failure.kind === 'absent' ? { ...read.failure, kind: 'refused' } : read.failure;
  return { resources: [], unread: isGone ? [] : [unreadOf(scope, failure)] };
}

export function unreadOf(scope: string, failure: Failure): Unread {
  return { scope, reason: failure.kind, code: failure.code, message: failure.message };
}
