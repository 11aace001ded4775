import type { Outcome } from '../../src/apply/host.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Faults } from './simulated-host.ts';

// Everything that is made to go wrong, in one place: the tests run it, and the documentation's table is made of it.

/** What happens, what becomes of the host, and its value at the end. */
export const CONTROLLER_FAULTS: readonly (readonly [string, Faults, Outcome, 'required' | 'not-required'])[] = [
  ['nothing goes wrong', {}, 'changed', 'required'],
  ['the host lets nobody in', { neverStarted: true }, 'unchanged', 'not-required'],
  ['the connection ends before the steps', { cut: 'before' }, 'rolled-back', 'not-required'],
  ['the connection ends while the steps run', { cut: 'during' }, 'rolled-back', 'not-required'],
  ['the route is lost while the steps run', { cut: 'during', cutBy: 'route' }, 'rolled-back', 'not-required'],
  ['the jump host is lost while the steps run', { cut: 'during', cutBy: 'second-hop' }, 'rolled-back', 'not-required'],
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

/** On the host, in PowerShell's engine: the fixture's fault. The script undoes what it has done, ends with 1 and says so. */
export const STEP_FAULTS: readonly (readonly [string, JsonObject])[] = [
  ['the first step fails', { command: 'Invoke-CimMethod', call: 1, do: 'fail' }],
  ['a step in the middle fails', { command: 'RegistryKey.SetValue', call: 2, do: 'fail' }],
  ['the last step fails after its change', { command: 'secedit', call: 1, do: 'fail', when: 'after' }],
  ['a step is denied', { command: 'Set-NetFirewallRule', call: 1, do: 'fail', kind: 'denied' }],
  ['the task that undoes cannot be registered', { command: 'Register-ScheduledTask', call: 1, do: 'fail' }],
];

/** The host goes down; its rollback undoes it at the next start. */
export const KILLS: readonly (readonly [string, JsonObject])[] = [
  ['while a step that is safe runs', { command: 'Invoke-CimMethod', call: 1, do: 'kill', when: 'after' }],
  ['while a list is half written', { command: 'RegistryKey.SetValue', call: 2, do: 'kill', when: 'before' }],
  ['while a step that can disconnect runs', { command: 'Set-NetFirewallRule', call: 1, do: 'kill', when: 'after' }],
  ['while user rights are written', { command: 'secedit', call: 1, do: 'kill', when: 'after' }],
];

/** Faults with a test of their own in test/remediate/script.test.ts, by its name. */
export const OWN_TESTS: readonly (readonly [string, string])[] = [
  ['changes nothing at all when one value is not the one that the plan was made for', 'refused before anything is changed'],
  ['does nothing for who is no administrator', 'refused before anything is changed'],
  ['says that an undone change cannot be kept, and runs no second one beside one that waits', 'refused before anything is changed'],
  ['keeps what can disconnect only when somebody says so', 'as before: undone when its time is over'],
  ['a step fails and so does its undo: it says what is left, and the task still undoes it', 'said; as before once the task has run'],
  ['the process dies in a run without a rollback: the next one says so, and it can be undone', 'said by the next run; as before once undone'],
  ['a change that was kept stays, though its task could not be taken away and runs', 'as wished'],
  ['the task that undoes is taken away: what was done can be kept, or undone by hand', 'as wished, or as before'],
  ['two run at once: the second waits for nothing and changes nothing', 'the second is refused'],
  ['the disk is full when the log is written: all is as before', 'as before'],
  ['the disk is full before the first step: nothing is done', 'as before'],
];
