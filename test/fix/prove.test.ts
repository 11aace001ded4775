import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Candidate, type Outcome, prove } from '../../src/fix/prove.ts';

interface Fake {
  /** What the change makes go away. */
  readonly removes: string;
  /** What it uncovers. */
  readonly adds?: string;
}

const candidate = (id: number, component: string, change: Fake, fingerprint = change.removes): Candidate<Fake> => ({
  id,
  component,
  fingerprint,
  changes: [change],
});

/** A world of findings, changed by what is tried; counts how often it is judged. */
function world(findings: readonly string[]): { judge: (changes: readonly Fake[]) => Outcome; calls: () => number } {
  let calls = 0;
  return {
    judge(changes) {
      calls++;
      const gone = new Set(changes.map((change) => change.removes));
      return { failing: new Set(findings.filter((finding) => !gone.has(finding))), added: changes.flatMap((change) => change.adds ?? []) };
    },
    calls: () => calls,
  };
}

test('one round proves one fix of every component', () => {
  const candidates = Array.from({ length: 100 }, (_, id) => candidate(id, `host-${id}`, { removes: `f${id}` }));
  const { judge, calls } = world(candidates.map(({ fingerprint }) => fingerprint));
  expect([...prove(candidates, judge).values()].every((proof) => proof.proved)).toBe(true);
  expect(calls()).toBe(1);
});

test('fixes of one component are proved in rounds of their own', () => {
  const seen: string[][] = [];
  const candidates = ['a', 'b', 'c'].map((removes, id) => candidate(id, 'host', { removes }));
  prove(candidates, (changes) => {
    seen.push(changes.map((change) => change.removes));
    return { failing: new Set(), added: [] };
  });
  expect(seen).toEqual([['a'], ['b'], ['c']]);
});

test('a wrong fix beside a right one of its component is not proved by it', () => {
  // The second changes what the first finding needs, and not its own.
  const candidates = [candidate(0, 'host', { removes: 'a' }), candidate(1, 'host', { removes: 'a' }, 'b')];
  const proofs = prove(candidates, world(['a', 'b']).judge);
  expect(proofs.get(0)).toEqual({ proved: true });
  expect(proofs.get(1)).toEqual({ proved: false, why: 'The edit alone does not make the finding go away.' });
});

test('one that uncovers something is found by halving, and named', () => {
  const candidates = Array.from({ length: 250 }, (_, id) =>
    candidate(id, `host-${id}`, { removes: `f${id}`, ...(id === 77 ? { adds: 'FW-004 on rdsh77.' } : {}) }),
  );
  const { judge, calls } = world(candidates.map(({ fingerprint }) => fingerprint));
  const proofs = prove(candidates, judge);
  expect([...proofs].filter(([, proof]) => !proof.proved).map(([id]) => id)).toEqual([77]);
  expect(proofs.get(77)).toEqual({ proved: false, why: 'It would uncover: FW-004 on rdsh77.' });
  expect(calls()).toBeLessThanOrEqual(1 + 2 * Math.ceil(Math.log2(250)));
});

test('an edit that cannot be made takes no other with it', () => {
  const candidates = [0, 1, 2, 3].map((id) => candidate(id, `host-${id}`, { removes: `f${id}` }));
  const proofs = prove(candidates, (changes) => (changes.some((change) => change.removes === 'f2') ? 'The value is an alias.' : world([]).judge(changes)));
  expect([...proofs.values()].map((proof) => proof.proved)).toEqual([true, true, false, true]);
  expect(proofs.get(2)).toEqual({ proved: false, why: 'The value is an alias.' });
});

test('nothing to prove asks nobody', () => {
  expect(prove([], () => 'never').size).toBe(0);
});

test('whatever goes wrong, exactly the right fixes are proved', () => {
  const spec = fc.array(fc.record({ component: fc.integer({ min: 0, max: 5 }), kind: fc.constantFrom('right', 'right', 'right', 'idle', 'adds', 'refused') }), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(spec, (specs) => {
      const candidates = specs.map(({ component, kind }, id) =>
        candidate(id, `c${component}`, { removes: kind === 'idle' ? 'nothing' : `f${id}`, ...(kind === 'adds' ? { adds: 'x' } : {}) }, `f${id}`),
      );
      const { judge } = world(candidates.map(({ fingerprint }) => fingerprint));
      const proofs = prove(candidates, (changes) =>
        changes.some((change) => specs[Number(change.removes.slice(1))]?.kind === 'refused') ? 'no' : judge(changes),
      );
      return specs.every(({ kind }, id) => proofs.get(id)?.proved === (kind === 'right'));
    }),
    { seed: 7, numRuns: 300 },
  );
});
