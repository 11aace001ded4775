import { isAbsolute } from 'node:path';
import { isProblem, type TextFile } from '../collect/files.ts';
import type { ReportFile } from '../model/report.ts';
import type { CompiledBicep } from '../collect/bicep/compiled.ts';
import { type BicepView, viewOf } from '../collect/bicep/view.ts';
import type { FileResult } from './judge-file.ts';
import type { LocatableFile } from './locate.ts';
import type { PlannedFile, ScanPlan } from './plan.ts';
import { type EditedTexts, parseText, readFile } from './read-input.ts';

/** Files opened again for what points into them, each once; small files only stay parsed, whatever their number. */
export interface OpenFiles {
  readonly open: (file: string) => LocatableFile | null;
  readonly info: (file: string) => ReportFile | null;
  /** Compiled files beside their sources, by the names of what was judged. */
  readonly views: ReadonlyMap<string, BicepView>;
}

export function openFiles(
  sourceRoot: string,
  plan: ScanPlan,
  files: ReadonlyMap<string, { readonly planned: PlannedFile; readonly result: FileResult }>,
  edited?: EditedTexts,
  compiled: Iterable<CompiledBicep> = [],
): OpenFiles {
  const views = new Map([...compiled].map((item) => [item.file, viewOf(item)]));
  const sourceOf = (name: string) => {
    for (const view of views.values()) {
      const source = view.source(name);
      if (source !== null) return source;
    }
    return null;
  };
  const byName = new Map([...files.values()].map((item) => [item.result.name, item]));
  const opened = new Map<string, LocatableFile | null>();
  const open = (name: string): LocatableFile | null => {
    if (plan.estate !== null && name === plan.estate.file.name) return plan.estate;
    const known = opened.get(name) ?? sourceOf(name) ?? undefined;
    if (known !== undefined) return known;
    const item = byName.get(name);
    if (item?.result.opened !== undefined) return item.result.opened;
    const file = item === undefined ? null : readFile(item.planned.path, sourceRoot, edited);
    const parsed = file === null || isProblem(file) ? null : parseText(file.text, file.name);
    const result = file === null || isProblem(file) || parsed === null || 'level' in parsed ? null : { file, document: parsed.document };
    opened.set(name, result);
    return result;
  };
  const info = (name: string): ReportFile | null => {
    if (plan.estate !== null && name === plan.estate.file.name) return infoOf(plan.estate.file, 'application/yaml');
    const source = sourceOf(name);
    if (source !== null) return infoOf(source.file, 'text/plain');
    const result = byName.get(name)?.result;
    return result === undefined ? null : infoOf(result, result.format === 'json' ? 'application/json' : 'application/yaml');
  };
  return { open, info, views };
}

function infoOf(file: Pick<TextFile, 'name' | 'sha256' | 'length'>, mimeType: string): ReportFile {
  return { file: file.name, sha256: file.sha256, length: file.length, mimeType, inSourceRoot: !isAbsolute(file.name) && !/^[A-Za-z]:/.test(file.name) };
}
