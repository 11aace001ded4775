import type { EstateDeployment, EstateGateway, EstateHost, Intent } from './estate.ts';
import type { Fact } from './fact.ts';
import type { KnownUpdates } from './known-updates.ts';
import type { Problem } from './problem.ts';
import type { ServiceTags } from './service-tags.ts';
import type { Area } from './setting.ts';
import type { Snapshot } from './snapshot.ts';
import type { Target } from './target.ts';

/** What every normaliser sees: the intent and the scan's time, never policy parameters. */
export interface NormaliseContext {
  readonly intent: Intent;
  /** The scan's time, ISO 8601 UTC. */
  readonly now: string;
  readonly catalogue: readonly Area[];
  /** What is known about updates of Windows. Absent: no facts about them. */
  readonly knownUpdates?: KnownUpdates;
  /** Addresses of Azure's service tags. Absent: what a live snapshot holds of them, else they stand for themselves. */
  readonly serviceTags?: ServiceTags;
  /** Hosts of the estate, by lower-cased name, that `withoutRemoteDesktop` of the intent names, whatever the spelling. */
  readonly withoutRemoteDesktop?: ReadonlyMap<string, 'certainly' | 'perhaps'>;
  /** Kinds that a policy or a join reads; facts of other kinds need not be made. Absent: all. */
  readonly wanted?: ReadonlySet<string>;
}

/** One target's snapshot on its way to facts. Values are unified already, declared values laid over when asked for. */
export interface SnapshotInput {
  readonly target: Target;
  readonly snapshot: Snapshot;
  /** The estate's entry; null for a loose snapshot. */
  readonly host: EstateHost | null;
  readonly deployment: EstateDeployment | null;
  readonly gateway: EstateGateway | null;
}

export interface Normalised {
  readonly facts: readonly Fact[];
  readonly problems: readonly Problem[];
}

/** Turns one target's snapshot into some of its facts. */
export type SnapshotNormaliser = (input: SnapshotInput, context: NormaliseContext) => Normalised;

/**
 * A join across targets: sees the facts of the kinds it names, of all targets, and the estate's entries, and makes facts of
 * its own. Facts of other kinds are dropped with their target, so the kinds are the digest that a target leaves behind.
 */
export interface Join {
  readonly kinds: readonly string[];
  /** Kinds of the facts that it makes: nobody joins what no policy judges. */
  readonly makes: readonly string[];
  readonly join: (facts: readonly Fact[], estate: JoinEstate, context: NormaliseContext) => readonly Fact[];
}

export interface JoinEstate {
  readonly hosts: readonly EstateHost[];
  readonly deployments: readonly EstateDeployment[];
  readonly gateways: readonly EstateGateway[];
}
