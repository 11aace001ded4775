import { uuidV5 } from '../../lib/uuid.ts';

/** The namespace of everything that a log names; never changed, for readers keep ids. */
const NAMESPACE = '9c75a4fa-1403-5cdc-9c48-3a0347807947';

/** Name-based (v5): the same thing has the same id in every log, and the SARIF schema takes no version above 5. */
export function guidOf(...name: readonly string[]): string {
  return uuidV5(NAMESPACE, name.join('/'));
}
