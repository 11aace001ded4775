import { isObject, type Json, type JsonObject, type JsonSchema } from './json.ts';

/** `not-collected`: an older or restricted collector did not try; its policies are unknown, and it is no failure. */
export type SectionStatus = 'ok' | 'denied' | 'absent' | 'error' | 'not-collected';

/** One section of a snapshot. `data` is there when the status is `ok`. */
export interface Section {
  readonly status: SectionStatus;
  /**
   * Rows of a table, one object, or (section `registry`) keys by their full path (`HKLM\…`), each with a `status` and, when
   * `ok`, `values`: DWORD as number, REG_BINARY as a list of bytes, REG_MULTI_SZ as a list of texts. A key that is not listed is
   * not-collected.
   */
  readonly data?: Json;
  /** Why, in the collector's words; hostile text. */
  readonly error?: string;
}

export type SnapshotKind = 'windows-host' | 'rds-deployment' | 'endpoint';

/** The raw facts of one target, as a collector wrote them; the file format is versioned by `schemaVersion`. */
export interface Snapshot {
  readonly schemaVersion: 1;
  readonly target: { readonly kind: SnapshotKind; readonly name: string };
  /** ISO 8601 UTC. */
  readonly collectedAt: string;
  readonly collector?: { readonly name: string; readonly version: string };
  readonly sections: Readonly<Record<string, Section>>;
}

/**
 * Stands for a value that is there and could not be read: one of a type that its column does not have, or one whose owner
 * nobody knows when a declared value is laid over it. No text, number or list is made of it, so readers say unknown.
 */
export const UNREADABLE: JsonObject = Object.freeze({ $unreadable: true });

export function isUnreadable(value: Json | undefined): boolean {
  return value === UNREADABLE || (isObject(value) && value['$unreadable'] === true);
}

/** What an account needs to read a section once it has been let in, and how it is given. */
export interface Right {
  /** Follows the word 'needs': `membership of Event Log Readers`. */
  readonly needs: string;
  /** What an administrator does, one sentence. */
  readonly grant: string;
  /** The page that says so. Null: no primary source was found, which is said wherever the right is shown. */
  readonly source: string | null;
}

/**
 * What a section may hold. Values are raw: integers, enum names, `{value: …}` wrappers and lists collapsed to a scalar by
 * PowerShell 5.1 are all unified when the snapshot enters, so a schema states the unified form.
 */
export interface SectionSpec {
  readonly name: string;
  readonly of: SnapshotKind;
  readonly title: string;
  readonly shape: 'rows' | 'object' | 'registry';
  /** Column (or member) name to the schema of its unified value. Names are the ones of the cmdlet or class. */
  readonly columns: Readonly<Record<string, JsonSchema>>;
  /** The page or class that the columns come from. */
  readonly source: string;
  readonly right: Right;
}
