import { afterAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { Area } from '../../src/model/setting.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { planFor, type Wanted } from '../../src/scan/host-plans.ts';
import { type Machine, machine, skipped } from '../collectors/support.ts';
import { changesOf, type FixChange, FIXING, library, otherValue } from './every-fix.ts';
import { collectFrom, runFile, runScript, stateBytes } from './played-host.ts';
import { deploymentToChange, hostToChange, NAMES } from './changeable.ts';

// Every fix of every policy runs for real: in PowerShell's engine, on a host that keeps what is written to it. A new policy's fix
// is one of them without a new test.

const ALL = FIXING.flatMap((policy) => changesOf(policy, NAMES));

/** Changes that can stand in one plan: no two of them write one setting. */
function rounds(target: Area['target']): FixChange[][] {
  const made: FixChange[][] = [];
  for (const change of ALL.filter((each) => each.target === target)) {
    const same = (other: FixChange): boolean => other.path.join('/').toLowerCase() === change.path.join('/').toLowerCase();
    const round = made.find((each) => !each.some((other) => same(other) && JSON.stringify(other.value) !== JSON.stringify(change.value)));
    if (round === undefined) made.push([change]);
    else if (!round.some(same)) round.push(change);
    else round.push(change);
  }
  return made;
}

const OPTIONS = { catalogue: library.areas, version: '0.0.0', now: '2026-11-24T10:00:00.000Z', connection: { port: 22, service: 'sshd', console: 'iLO' } };
const wantedOf = (changes: readonly FixChange[]): Wanted[] => changes.map(({ path, value, policy }) => ({ path, value, policies: [policy] }));

const made: Machine[] = [];
afterAll(() => {
  for (const at of made) at.remove();
});
const played = (fixture: JsonObject): Machine => {
  const at = machine(fixture, { isWritable: true });
  made.push(at);
  return at;
};

/** What ran, by policy. */
const exercised = new Set<string>();

describe.skipIf(skipped)('every fix', () => {
  const kinds: readonly (readonly [Area['target'] & Snapshot['target']['kind'], () => JsonObject])[] = [
    ['windows-host', hostToChange],
    ['rds-deployment', deploymentToChange],
  ];
  for (const [kind, fixture] of kinds) {
    it.each(rounds(kind).map((changes, index) => [index + 1, changes] as const))(
      `of a ${kind} makes it match and can be undone, round %i`,
      (_index, changes) => {
        const at = played(fixture());
        const before = stateBytes(at);
        // What is right already is made wrong first, by the same script.
        const first = collectFrom(at, kind);
        const right = planFor(first, wantedOf(changes), OPTIONS);
        const open = new Set(right.steps.map((step) => step.setting));
        const wrong = changes.flatMap((change) => {
          const other = open.has(change.path.join('/')) ? undefined : otherValue(change);
          return other === undefined ? [] : [{ path: change.path, value: other }];
        });
        const spoil = planFor(first, wrong, OPTIONS);
        expect(spoil.refused).toEqual([]);
        if (spoil.steps.length > 0) {
          const ran = runScript(at, spoil, '-AllowDisconnect');
          expect(`${ran.code} ${ran.stderr}`).toBe('0 ');
          expect(runFile(at, `${at.folder}/plan.ps1`, '-Keep').code).toBe(spoil.steps.some((step) => step.risk === 'can-disconnect') ? 0 : 2);
        }
        const spoilt = stateBytes(at);

        const plan = planFor(collectFrom(at, kind), wantedOf(changes), OPTIONS);
        expect(plan.refused).toEqual([]);
        const settings = new Set(plan.steps.map((step) => step.setting));
        expect(changes.map((change) => change.path.join('/')).filter((setting) => !settings.has(setting))).toEqual([]);
        const ran = runScript(at, plan, '-AllowDisconnect');
        expect(`${ran.code} ${ran.stderr}`).toBe('0 ');
        runFile(at, `${at.folder}/plan.ps1`, '-Keep');
        for (const policy of plan.steps.flatMap((step) => step.policies)) exercised.add(policy);

        // It matches, and a second run does nothing.
        const after = planFor(collectFrom(at, kind), wantedOf(changes), OPTIONS);
        expect({ steps: after.steps.map((step) => step.setting), refused: after.refused }).toEqual({ steps: [], refused: [] });
        const changed = stateBytes(at);
        const again = runFile(at, `${at.folder}/plan.ps1`, '-AllowDisconnect');
        expect(`${again.code} ${again.stdout.trim()}`).toBe('0 There is nothing to do.');
        expect(stateBytes(at)).toBe(changed);

        // Undone, it is what it was, byte for byte.
        const undone = runFile(at, `${at.folder}/plan.ps1`, '-Undo');
        expect(`${undone.code} ${undone.stderr}`).toBe('0 ');
        expect(stateBytes(at)).toBe(spoilt);
        if (spoil.steps.length > 0) expect(runFile(at, `${at.folder}/plan.ps1`, '-Undo').code).toBe(0);
        expect(stateBytes(at)).toBe(before);
      },
    );
  }

  it('was run: of each policy that fixes by a setting', () => {
    expect(FIXING.map(({ id }) => id).filter((id) => !exercised.has(id))).toEqual([]);
  });
});
