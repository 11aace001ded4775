import { isAbsolute } from 'node:path';
import { isProblem, type TextFile } from '../collect/files.ts';
import type { Json } from '../model/json.ts';
import type { ReportFile } from '../model/report.ts';
import type { CompiledBicep } from '../collect/bicep/compiled.ts';
import { viewOf } from '../collect/bicep/view.ts';
import { type ProgramFiles, programFiles } from '../collect/pulumi/project.ts';
import { type PulumiView, pulumiView } from '../collect/pulumi/view.ts';
import type { TextDocument } from '../lib/document.ts';
import type { FileResult } from './file-result.ts';
import type { LocatableFile } from './locate.ts';
import type { PlannedFile, ScanPlan } from './plan.ts';
import { isMade, projectFilesOf, projectOf } from './pulumi-files.ts';
import { type EditedTexts, openText, parseText, readFile, readInput, isInput } from './read-input.ts';
import type { SourceView, SourceViews } from './source-view.ts';

/** Files opened again for what points into them, each once; small files only stay parsed, whatever their number. */
export interface OpenFiles {
  readonly open: (file: string) => LocatableFile | null;
  readonly info: (file: string) => ReportFile | null;
  /** What was judged beside its sources, by the names of what was judged. */
  readonly views: SourceViews;
  /** The programs of what was judged of Pulumi, one for each project. */
  readonly programs: readonly JudgedProgram[];
}

export interface JudgedProgram {
  readonly files: ProgramFiles;
  /** What it was run to, read again when asked for: null for what cannot be. */
  readonly made: readonly { readonly name: string; readonly read: () => Json | null }[];
}

export function openFiles(
  sourceRoot: string,
  plan: ScanPlan,
  files: ReadonlyMap<string, { readonly planned: PlannedFile; readonly result: FileResult }>,
  edited?: EditedTexts,
  compiled: Iterable<CompiledBicep> = [],
): OpenFiles {
  const programs = new Map<string, JudgedProgram>();
  const pulumi = [...files.values()].flatMap((item) => programView(item, { sourceRoot, plan, edited, programs }) ?? []);
  const views = new Map<string, SourceView>([
    ...[...compiled].map((item) => [item.file, viewOf(item)] as const),
    ...pulumi.map((view) => [view.file, view] as const),
  ]);
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
    const document = file === null || isProblem(file) ? null : documentIn(file);
    const result = file === null || isProblem(file) || document === null ? null : { file, document };
    opened.set(name, result);
    return result;
  };
  const info = (name: string): ReportFile | null => {
    if (plan.estate !== null && name === plan.estate.file.name) return infoOf(plan.estate.file, 'application/yaml');
    const source = sourceOf(name);
    if (source !== null) return infoOf(source.file, /\.ya?ml$/i.test(name) ? 'application/yaml' : 'text/plain');
    const result = byName.get(name)?.result;
    return result === undefined ? null : infoOf(result, result.format === 'json' ? 'application/json' : 'application/yaml');
  };
  return { open, info, views, programs: [...programs.values()] };
}

/** Of a log of events too. */
function documentIn(file: TextFile): TextDocument | null {
  const log = openText(file.text, file.name);
  if ('document' in log && log.kind === 'pulumi-events') return log.document;
  const parsed = parseText(file.text, file.name);
  return 'level' in parsed ? null : parsed.document;
}

interface ProgramContext {
  readonly sourceRoot: string;
  readonly plan: ScanPlan;
  readonly edited: EditedTexts | undefined;
  /** By the path of the project file. */
  readonly programs: Map<string, JudgedProgram>;
}

/** What was made by a program, beside that program; null where there is none. */
function programView({ planned, result }: { readonly planned: PlannedFile; readonly result: FileResult }, context: ProgramContext): PulumiView | null {
  if (result.pulumi === undefined || !isMade(result.pulumi)) return null;
  const { sourceRoot, plan, edited, programs } = context;
  const project = projectOf(planned, result.pulumi.project, sourceRoot, projectFilesOf(plan.files));
  if (project === null) return null;
  const { files, made } = programs.get(project.path) ?? { files: programFiles(project, sourceRoot, edited), made: [] };
  const read = (): Json | null => valueOf(planned, result, sourceRoot, edited);
  programs.set(project.path, { files, made: [...made, { name: result.name, read }] });
  // Nothing points into what has no findings.
  const value = result.results.some(({ judged }) => judged.length > 0) ? read() : null;
  return value === null ? null : pulumiView(result.name, value, files);
}

function valueOf({ path, preview }: PlannedFile, { name, opened }: FileResult, sourceRoot: string, edited: EditedTexts | undefined): Json | null {
  if (preview !== undefined) {
    const text = openText(preview, name);
    return 'level' in text ? null : text.document.value;
  }
  if (opened !== undefined) return opened.document.value;
  const input = readInput(path, sourceRoot, edited);
  return isInput(input) ? input.document.value : null;
}

function infoOf(file: Pick<TextFile, 'name' | 'sha256' | 'length'>, mimeType: string): ReportFile {
  return { file: file.name, sha256: file.sha256, length: file.length, mimeType, inSourceRoot: !isAbsolute(file.name) && !/^[A-Za-z]:/.test(file.name) };
}
