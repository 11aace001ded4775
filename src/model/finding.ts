import type { Json } from './json.ts';
import type { Location, Region } from './location.ts';
import type { Band, Level, Outcome, Risk } from './policy.ts';
import type { Pointer } from './pointer.ts';

/** One policy judged on one fact. */
export interface Verdict {
  readonly policy: string;
  readonly kind: string;
  /** The fact's id. */
  readonly id: string;
  readonly name: string;
  readonly target: string;
  readonly outcome: Exclude<Outcome, 'not-applicable'>;
}

export type FindingStatus = 'open' | 'waived' | 'baselined' | 'stale';

export interface Finding {
  readonly policy: string;
  readonly outcome: 'fail' | 'unknown';
  readonly status: FindingStatus;
  /** 0.1 to 10; null for a function finding. */
  readonly severity: number | null;
  readonly level: Level;
  readonly band: Band;
  /** sha256(policy id NUL fact id), 64 hex digits. */
  readonly fingerprint: string;
  readonly target: string;
  readonly kind: string;
  readonly factId: string;
  readonly name: string;
  /** A full sentence. */
  readonly message: string;
  /** The values of the message's placeholders, in order; the policy's `message` is the template. */
  readonly arguments: readonly string[];
  /** What the verdict rests on. */
  readonly evidence: readonly Evidence[];
  /** The first is where the finding is shown. */
  readonly locations: readonly Location[];
  /** ARM id, URN or `host/setting/path`. */
  readonly resource: string;
  readonly fixes: readonly Fix[];
  readonly waiver?: WaiverRef;
  /** For `unknown`: the pointers that decided it. */
  readonly unknown?: readonly Pointer[];
  /** For `stale`: when it was last judged. */
  readonly lastJudged?: string;
}

export interface Evidence {
  readonly pointer: Pointer;
  readonly value: Json;
  readonly source?: string;
}

export interface WaiverRef {
  /** `in-source`: a comment beside what it is about; absent for a waiver of the waivers file. */
  readonly kind?: 'file' | 'in-source';
  readonly id: string;
  readonly reason: string;
  readonly owner: string;
  readonly until: string;
  readonly ticket?: string;
  readonly approver?: string;
  readonly location?: Location;
}

/** One way to make a finding go away. */
export interface Fix {
  readonly title: string;
  readonly changes: readonly ValueChange[];
  readonly risk: Risk;
  readonly needs: readonly string[];
  /** Proved text edits, by file; absent when none is offered, and `note` says why. */
  readonly edits?: readonly FileEdit[];
  /** PowerShell for a host, generated from the settings catalogue. */
  readonly powershell?: string;
  /** Azure CLI commands, quoted for a POSIX shell. */
  readonly az?: readonly string[];
  /** Commands or steps of the policy's `run:`; shown, never executed. */
  readonly run?: string;
  readonly note?: string;
}

export interface ValueChange {
  /** Target id for a setting; file for a resource. */
  readonly on: string;
  /** Setting path or place, for people: `rdp/RDP-Tcp/userAuthentication`. */
  readonly path: string;
  readonly before: Json;
  /** Null with `remove`. */
  readonly after: Json;
  readonly remove?: boolean;
  /** The change in the file that makes it real: what `fix` merges with others and renders anew. */
  readonly edit?: {
    readonly file: string;
    readonly pointer: Pointer;
    readonly set?: Json;
    readonly remove?: true;
    readonly rdp?: Readonly<Record<string, string>>;
  };
}

export interface FileEdit {
  readonly file: string;
  /** sha256 of the file's bytes that the edit was made for. */
  readonly sha256: string;
  readonly replacements: readonly Replacement[];
}

/** Regions refer to the unmodified file, ascending, never overlapping. */
export interface Replacement {
  readonly region: Region;
  readonly text: string;
}
