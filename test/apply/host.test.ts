import { describe, expect, it } from 'vitest';
import { applyToHost } from '../../src/apply/host.ts';
import { CONTROLLER_FAULTS } from './faults.ts';
import { planWith, simulatedHost, TARGET } from './simulated-host.ts';

const OPTIONS = { rollbackSeconds: 600, allowLogoff: false, drain: true };

describe('applying to one host', () => {
  it.each(CONTROLLER_FAULTS)('when %s', async (_what, faults, outcome, value) => {
    const world = simulatedHost(faults);
    const result = await applyToHost(TARGET, planWith(), world, OPTIONS);
    expect({ outcome: result.outcome, value: world.value() }).toEqual({ outcome, value });
    // Whoever needs attention is told why; who is as before is told why too.
    if (!['changed', 'compliant'].includes(outcome)) expect(result.message).not.toBe('');
  });

  it('never leaves a change that waits behind, unless it says so', async () => {
    for (const [, faults, outcome] of CONTROLLER_FAULTS) {
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
