import type { Pointer } from '../../model/pointer.ts';
import type { Problem } from '../../model/problem.ts';
import type { CloudReading } from '../cloud/declared.ts';
import type { Scope } from './scope.ts';

/** Where in a file a resource stands, and what holds it. */
export interface Place {
  readonly scope: Scope;
  readonly reading: CloudReading;
  readonly file: string;
  /** The resource group it is deployed to; null for that of the deployment. */
  readonly group: string | null;
  /** The resource whose `resources` hold it. */
  readonly parent: { readonly type: string; readonly names: readonly string[] } | null;
  /** What decides whether it is there; null when it certainly is. */
  readonly condition: string | null;
  readonly depth: number;
}

export function problemAt(place: Place, pointer: Pointer, level: Problem['level'], code: string, what: string, hint: string): Problem {
  return { level, code, message: `'${pointer}' in '${place.file}' ${what}.`, hint, file: place.file };
}
