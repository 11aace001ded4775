import type { JudgedFact } from '../evaluate/evaluate.ts';
import type { TargetKind } from '../model/fact.ts';

/** What tells a bad verdict from others. */
export function keyOf(judged: Pick<JudgedFact, 'policy' | 'fact'>): string {
  return `${judged.policy.policy.id}\0${judged.fact.id}`;
}

export function targetId(kind: TargetKind, name: string): string {
  return `${kind}:${name.toLowerCase()}`;
}
