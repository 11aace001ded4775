import { describe, expect, it } from 'vitest';
import { applyToHost, type Outcome } from '../../src/apply/host.ts';
import { type Faults, planWith, simulatedHost, TARGET } from './simulated-host.ts';

const OPTIONS = { rollbackSeconds: 600, allowLogoff: false, drain: true };

/** What happens, what becomes of the host, and its value at the end. */
const TABLE: readonly (readonly [string, Faults, Outcome, 'required' | 'not-required'])[] = [
  ['nothing goes wrong', {}, 'changed', 'required'],
  ['the connection ends before the steps', { cut: 'before' }, 'rolled-back', 'not-required'],
  ['the connection ends while the steps run', { cut: 'during' }, 'rolled-back', 'not-required'],
  ['the change locks everybody out', { locksOut: true }, 'rolled-back', 'not-required'],
  ['the connection ends, and the change locks everybody out', { cut: 'during', locksOut: true }, 'rolled-back', 'not-required'],
  ['the host starts again while the steps run', { reboots: true }, 'rolled-back', 'not-required'],
  ['a step fails on the host, which undoes it', { answers: 'failed' }, 'rolled-back', 'not-required'],
  ['a value is not the one that was planned for', { answers: 'changed' }, 'unchanged', 'not-required'],
  ['another change waits on the host', { answers: 'pending' }, 'unchanged', 'not-required'],
  ['another change goes on', { answers: 'busy' }, 'unchanged', 'not-required'],
  ['the host refuses', { answers: 'refused' }, 'unchanged', 'not-required'],
  ['the host has it already', { answers: 'nothing' }, 'compliant', 'not-required'],
  ['a step fails, and so does its undo', { answers: 'undo-failed' }, 'attention', 'not-required'],
  ['the value is not there after the steps', { ineffective: true }, 'rolled-back', 'not-required'],
  ["the host's clock jumps ahead", { clockJumps: true }, 'rolled-back', 'not-required'],
  ['some new connections fail', { misses: 5 }, 'changed', 'required'],
  ['the rollback is gone, and the host answers', { noRollback: true }, 'changed', 'required'],
  ['the rollback is gone, and nobody gets in', { noRollback: true, locksOut: true }, 'attention', 'required'],
  ['the host dies', { dies: true }, 'attention', 'required'],
  ['the value is not there, and cannot be undone', { ineffective: true, undoFails: true }, 'attention', 'not-required'],
];

describe('applying to one host', () => {
  it.each(TABLE)('when %s', async (_what, faults, outcome, value) => {
    const world = simulatedHost(faults);
    const result = await applyToHost(TARGET, planWith(), world, OPTIONS);
    expect({ outcome: result.outcome, value: world.value() }).toEqual({ outcome, value });
    // Whoever needs attention is told why; who is as before is told why too.
    if (!['changed', 'compliant'].includes(outcome)) expect(result.message).not.toBe('');
  });

  it('never leaves a change that waits behind, unless it says so', async () => {
    for (const [, faults, outcome] of TABLE) {
      const world = simulatedHost(faults);
      await applyToHost(TARGET, planWith(), world, OPTIONS);
      if (outcome !== 'attention') expect(world.state()).not.toBe('armed');
    }
  });

  it('ends at once when somebody interrupts it, and says what the host does', async () => {
    const world = simulatedHost({ locksOut: true, interruptedAt: 30 });
    const result = await applyToHost(TARGET, planWith(), world, OPTIONS);
    expect(result).toMatchObject({ outcome: 'attention' });
    expect(result.message).toMatch(/Interrupted/);
    expect(world.elapsed()).toBe(30);
  });

  it('sends nothing where there is nothing to do', async () => {
    const world = simulatedHost({});
    const result = await applyToHost(TARGET, { ...planWith(), steps: [] }, world, OPTIONS);
    expect(result.outcome).toBe('compliant');
    expect(world.phases).toEqual([]);
  });

  it('restarts nothing unless sessions may end', async () => {
    const world = simulatedHost({});
    const result = await applyToHost(TARGET, planWith(['restart:TermService']), world, OPTIONS);
    expect(result).toMatchObject({ outcome: 'changed', restarted: [], pending: ['restart:TermService'] });
    expect(world.phases).toEqual(['apply', 'keep']);
  });

  it('drains before it restarts, and sees that the host is back', async () => {
    const world = simulatedHost({});
    const result = await applyToHost(TARGET, planWith(['reboot', 'restart:Spooler', 'new-sessions']), world, { ...OPTIONS, allowLogoff: true });
    expect(result).toMatchObject({ outcome: 'changed', restarted: ['reboot', 'restart:Spooler'], pending: [] });
    expect(world.phases).toEqual(['apply', 'keep', 'drain', 'restart']);
  });

  it('says so when the host does not come back', async () => {
    const world = simulatedHost({ staysDown: true });
    const result = await applyToHost(TARGET, planWith(['reboot']), world, { ...OPTIONS, allowLogoff: true });
    expect(result).toMatchObject({ outcome: 'attention', restarted: ['reboot'] });
    expect(result.message).toMatch(/not come back/);
  });
});
