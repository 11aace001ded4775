import type { Fact } from '../../../model/fact.ts';
import { EXPECTED_ROLES, TERM_SERVICE, UPDATE_LEVEL, UPDATE_REGRESSION, UPDATE_STATE } from '../../../model/facts/windows-updates.ts';
import type { NormaliseContext, SnapshotInput, SnapshotNormaliser } from '../../../model/normalise.ts';
import { updateLevel, updateRegressions } from './level.ts';
import { expectedRoles, termService, updateState } from './state.ts';

/** What the build of a host lacks, how it takes updates, and whether its Remote Desktop service is the genuine one. */
export const normaliseUpdates: SnapshotNormaliser = (input, context) => {
  if (input.snapshot.target.kind !== 'windows-host') return { facts: [], problems: [] };
  const wanted = Object.entries(MAKERS).filter(([kind]) => context.wanted?.has(kind) !== false);
  return { facts: wanted.flatMap(([, make]) => make(input, context)), problems: [] };
};

const MAKERS: Readonly<Record<string, (input: SnapshotInput, context: NormaliseContext) => readonly Fact[]>> = {
  [UPDATE_LEVEL.kind]: (input, { knownUpdates, now }) => (knownUpdates === undefined ? [] : [updateLevel(input, knownUpdates, now)]),
  [UPDATE_REGRESSION.kind]: (input, { knownUpdates }) => (knownUpdates === undefined ? [] : updateRegressions(input, knownUpdates)),
  [UPDATE_STATE.kind]: (input, { knownUpdates, now }) => [updateState(input, knownUpdates, now)],
  [EXPECTED_ROLES.kind]: (input) => [expectedRoles(input) ?? []].flat(),
  [TERM_SERVICE.kind]: (input) => [termService(input)],
};
