import type { Json } from '../../../model/json.ts';
import type { NormaliseContext, SnapshotInput } from '../../../model/normalise.ts';
import { readSetting } from '../../settings/read.ts';

/** What counts of one setting of the catalogue; null when it could not be read, or the catalogue does not have it. */
export function settingOf(input: SnapshotInput, context: NormaliseContext, kind: string, name: string, names: Readonly<Record<string, string>> = {}): Json {
  const area = context.catalogue.find((candidate) => candidate.kind === kind && candidate.target === input.snapshot.target.kind);
  const setting = area !== undefined && Object.hasOwn(area.settings, name) ? area.settings[name] : undefined;
  if (area === undefined || setting === undefined) return null;
  const { name: host } = input.target;
  return readSetting(area, setting, { names: { host, target: host, ...names }, row: null }, input.snapshot).value;
}

/** The same as a list of texts. */
export function listSettingOf(input: SnapshotInput, context: NormaliseContext, kind: string, name: string): readonly string[] | null {
  const value = settingOf(input, context, kind, name);
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : null;
}
