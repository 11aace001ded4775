import { expand, settingAt, toRaw, valuePredicate } from '../lib/settings.ts';
import { YES } from '../lib/truth.ts';
import type { Json } from '../model/json.ts';
import type { Area } from '../model/setting.ts';
import { namesOf } from './fill.ts';
import { comment } from './literal.ts';
import { linesOf } from './write-lines.ts';

/** A setting of a target that is to have a value, or none. */
export interface SettingChange {
  /** Target id. */
  readonly target: string;
  readonly path: readonly string[];
  readonly value: Json;
  /** The value is taken away: undo, where there was none before. Only what is written to the registry can be. */
  readonly remove?: boolean;
}

/** One change of a script. */
export interface ScriptStep {
  readonly title: string;
  readonly risk: 'safe' | 'review' | 'can-disconnect';
  readonly needs: readonly string[];
  readonly lines: readonly string[];
}

/** The command of each change, generated from the settings catalogue; a change that has no writer for its value is left out. */
export function stepsFor(changes: readonly SettingChange[], catalogue: readonly Area[], nameOf: (target: string) => string): ScriptStep[] {
  return changes.flatMap((change): ScriptStep[] => {
    const found = settingAt(
      change.path,
      catalogue,
      TARGETS.find((kind) => change.target.startsWith(`${kind}:`)),
    );
    const own = found === null ? null : namesOf(found);
    if (found === null || own === null) return [];
    const names = { ...own, target: nameOf(change.target), host: nameOf(change.target) };
    const values = change.remove === true ? null : valuesOf(found.setting, change.value);
    if (values === undefined) return [];
    const lines = (found.setting.write ?? []).map((write) => linesOf(write, names, values));
    if (lines.length === 0 || !lines.every((group) => group !== null)) return [];
    const what = change.remove === true ? 'take it away' : JSON.stringify(change.value);
    return [{ title: `${expand(found.setting.title, names)}: ${what}`, risk: found.setting.risk, needs: found.setting.needs, lines: lines.flat() }];
  });
}

const TARGETS: readonly Area['target'][] = ['windows-host', 'rds-deployment', 'endpoint'];

/** The named and the raw value; undefined for one that the catalogue does not allow, whoever asks for it. */
function valuesOf(setting: Parameters<typeof toRaw>[0], value: Json): { readonly value: Json; readonly raw: Json } | undefined {
  const raw = valuePredicate(setting)(value) === YES ? toRaw(setting, value) : undefined;
  return raw === undefined ? undefined : { value, raw };
}

/**
 * The commands of one fix as text, to read and to paste: one block, so that the first error ends it and nothing of it stays in
 * the session.
 */
export function powershellFor(
  changes: readonly SettingChange[],
  catalogue: readonly Area[],
  results: ReadonlyMap<string, { readonly target: { readonly name: string } }>,
): string {
  const steps = stepsFor(changes, catalogue, (target) => results.get(target)?.target.name ?? target);
  if (steps.length === 0) return '';
  const lines = steps.flatMap((step) => [comment(step.title), ...step.lines]);
  return ['& {', ...["$ErrorActionPreference = 'Stop'", ...lines].map((line) => `  ${line}`), '}'].join('\n');
}
