import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateDeclared } from '../../../src/lib/settings.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import type { ReadPlace } from '../../../src/model/setting.ts';
import type { Section, Snapshot } from '../../../src/model/snapshot.ts';
import { layDeclared, stateOf } from '../../../src/normalise/settings/index.ts';
import { CATALOGUE, declaredOf, deepFreeze, emptyTarget, instanceNames, targetOf, valuesOf, WRITABLE } from './support.ts';

describe('every writable setting of the catalogue', () => {
  it.each(WRITABLE.flatMap((entry) => (['absent', 'denied', 'unlisted'] as const).map((key) => [entry[0], key, entry] as const)))(
    '%s gives a declared value back once it is laid over a target whose keys are %s',
    (_path, key, [, area, name, setting]) => {
      const path = [...instanceNames(area), name];
      const snapshot = deepFreeze(emptyTarget(area, key));
      const target = targetOf(snapshot);
      const before = JSON.stringify(snapshot);
      let laidOnce = false;
      fc.assert(
        fc.property(valuesOf(setting.value), (given) => {
          const value = setting.scale !== undefined && typeof given === 'number' ? Math.max(1, Math.floor(given / setting.scale)) * setting.scale : given;
          if (!validateDeclared(path, value, CATALOGUE, area.target).ok) return;
          const laid = layDeclared(snapshot, [declaredOf(path, value)], CATALOGUE, { target, pushed: [] });
          expect(laid.problems).toEqual([]);
          expect(stateOf({ path, value }, laid.snapshot, CATALOGUE, target)).toMatchObject({ state: 'equal', reading: { unknown: false } });
          laidOnce = true;
        }),
        { seed: 7, numRuns: key === 'absent' ? 15 : 4 },
      );
      expect(laidOnce).toBe(true);
      expect(JSON.stringify(snapshot)).toBe(before);
    },
  );
});

const IN_ROWS = CATALOGUE.flatMap((area) =>
  Object.entries(area.settings).flatMap(([name, setting]) =>
    setting.read.some((place) => place.rows !== undefined && place.rows !== 'userRights') ? [[`${area.path}/${name}`, area, name] as const] : [],
  ),
);

/** A column may be there because another setting's counts only beside it. */
function withoutColumns(snapshot: Snapshot, places: readonly ReadPlace[]): Snapshot {
  const sections = { ...snapshot.sections };
  for (const { rows, field } of places) {
    const section = rows === undefined ? undefined : sections[rows];
    if (rows === undefined || !Array.isArray(section?.data)) continue;
    const data = (section.data as readonly JsonObject[]).map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => column !== field)));
    sections[rows] = { ...section, data };
  }
  return { ...snapshot, sections };
}

describe('every setting that a table shows', () => {
  it.each(IN_ROWS)('%s is unknown where its row lacks the column', (_path, area, name) => {
    const snapshot = withoutColumns(emptyTarget(area, 'absent'), area.settings[name]?.read ?? []);
    const { reading } = stateOf({ path: [...instanceNames(area), name], value: null }, snapshot, CATALOGUE, targetOf(snapshot));
    expect(reading).toMatchObject({ unknown: true });
  });
});

describe('what an absent value means on a release', () => {
  const absent = (path: string, os: JsonObject): Json => {
    const [name = '', setting = ''] = path.split('/');
    const area = CATALOGUE.find((candidate) => candidate.path === name);
    if (area === undefined) throw new Error(`no area '${name}'`);
    const empty = emptyTarget(area, 'absent');
    const snapshot = { ...empty, sections: { ...empty.sections, os: { status: 'ok', data: os } as Section } };
    return stateOf({ path: [name, setting], value: null }, snapshot, CATALOGUE, targetOf(snapshot)).reading?.value ?? null;
  };

  it.each<readonly [string, JsonObject, Json]>([
    ['authentication/encryptionOracle', { build: 14393, ubr: 2189 }, 'vulnerable'],
    ['authentication/encryptionOracle', { build: 14393, ubr: 2248 }, 'mitigated'],
    ['authentication/encryptionOracle', { build: 14393 }, null],
    ['authentication/encryptionOracle', { build: 16299, ubr: 371 }, 'vulnerable'],
    ['authentication/encryptionOracle', { build: 17134, ubr: 48 }, 'mitigated'],
    ['authentication/encryptionOracle', { build: 17763 }, 'mitigated'],
    ['authentication/encryptionOracle', { build: 26100, ubr: 1 }, 'mitigated'],
    ['authentication/encryptionOracle', { build: 9600, ubr: 19000 }, null],
    ['authentication/encryptionOracle', {}, null],
  ])('%s on %j is %j', (path, os, value) => {
    expect(absent(path, os)).toEqual(value);
  });
});
