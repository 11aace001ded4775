import type { Cause } from './causes.ts';
import type { Packed } from './frames.ts';
import type { LiveTarget } from './targets.ts';

/** An account to log on with, where it is not who runs this. It is handed on in the environment of PowerShell alone. */
export interface Credential {
  /** Null: the user that the estate names. */
  readonly user: string | null;
  readonly password: string;
}

/** What every way to a host needs. */
export interface LiveJob {
  /** The request that a target's collector gets, as JSON. */
  readonly requestOf: (target: LiveTarget, nonce: string) => string;
  /** The text of the collector. */
  readonly scriptOf: (kind: LiveTarget['kind']) => string;
  /** For one host, from the first packet to the last. */
  readonly timeoutSeconds: number;
  /** How many hosts at once. */
  readonly concurrency: number;
  /** Ends everything that was started, here and there. */
  readonly signal: AbortSignal;
  /** Absolute path of the system's `ssh`; null when there is none. */
  readonly ssh: string | null;
  /** Text of a script of `remoting/`, for `winrm` and `local`. */
  readonly remotingOf?: (name: string) => string;
  /** For `winrm`; null or missing: who runs this. */
  readonly credential?: Credential | null;
  readonly onStart?: (target: LiveTarget) => void;
  readonly onSection?: (target: LiveTarget, section: string, status: string) => void;
}

/** What came of one target. */
export type Arrival =
  | { readonly target: LiveTarget; readonly packed: Packed }
  | { readonly target: LiveTarget; readonly cause: Cause; readonly detail: string; readonly hint?: string };

/** A way to hosts: all its targets at once, since remoting fans out by itself. An arrival waits until it is taken. */
export type Transport = (targets: readonly LiveTarget[], job: LiveJob) => AsyncIterable<Arrival>;
