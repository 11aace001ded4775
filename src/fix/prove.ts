/** A fix as an edit, ready to be proved. */
export interface Candidate<Change> {
  readonly id: number;
  /** Candidates of different components cannot influence each other's proof: at most one of each goes into a round. */
  readonly component: string;
  /** What must be gone. */
  readonly fingerprint: string;
  readonly changes: readonly Change[];
}

/** What an edited world looks like. */
export interface Outcome {
  readonly failing: ReadonlySet<string>;
  /** Findings and problems that were not there before, in words. */
  readonly added: readonly string[];
  /** Those of them that one component alone has made, by component; they are not in `added`. */
  readonly addedBy?: ReadonlyMap<string, readonly string[]>;
  /** The changes were found to influence each other: nothing can be said of more than one at a time. */
  readonly entangled?: boolean;
}

export type Proof = { readonly proved: true } | { readonly proved: false; readonly why: string };

/**
 * Proves candidates in rounds, at most one of each component in a round. A round that makes something new is halved until the
 * fix that does it stands alone, unless it is known whose it is; a fix is proved when its finding is gone and nothing new is there. `judge` answers with a
 * reason when the edit cannot be made.
 */
export function prove<Change>(candidates: readonly Candidate<Change>[], judge: (changes: readonly Change[]) => Outcome | string): Map<number, Proof> {
  const proofs = new Map<number, Proof>();
  for (const round of roundsOf(candidates)) proveRound(round, judge, proofs);
  return proofs;
}

function roundsOf<Change>(candidates: readonly Candidate<Change>[]): Candidate<Change>[][] {
  const rounds: Candidate<Change>[][] = [];
  const used = new Map<string, number>();
  for (const candidate of candidates) {
    const index = used.get(candidate.component) ?? 0;
    (rounds[index] ??= []).push(candidate);
    used.set(candidate.component, index + 1);
  }
  return rounds;
}

function proveRound<Change>(round: readonly Candidate<Change>[], judge: (changes: readonly Change[]) => Outcome | string, proofs: Map<number, Proof>): void {
  const outcome = judge(round.flatMap((candidate) => candidate.changes));
  const clean = typeof outcome !== 'string' && outcome.added.length === 0 && (outcome.entangled !== true || round.length === 1);
  if (!clean && round.length > 1) {
    const middle = Math.ceil(round.length / 2);
    proveRound(round.slice(0, middle), judge, proofs);
    proveRound(round.slice(middle), judge, proofs);
    return;
  }
  for (const candidate of round) {
    const added = typeof outcome === 'string' ? [] : [...outcome.added, ...(outcome.addedBy?.get(candidate.component) ?? [])];
    if (typeof outcome === 'string') proofs.set(candidate.id, { proved: false, why: outcome });
    else if (added.length > 0) proofs.set(candidate.id, { proved: false, why: `It would uncover: ${added.slice(0, 3).join(' ')}` });
    else if (outcome.failing.has(candidate.fingerprint)) proofs.set(candidate.id, { proved: false, why: 'The edit alone does not make the finding go away.' });
    else proofs.set(candidate.id, { proved: true });
  }
}
