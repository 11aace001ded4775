import { type CompiledBicep, entryKey, isBicep } from '../collect/bicep/compiled.ts';
import { isProblem, nameOf } from '../collect/files.ts';
import { ignoreComments } from '../collect/ignores.ts';
import { readPulumiState } from '../collect/pulumi/state.ts';
import type { Json } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import type { JudgeContext } from './context.ts';
import { EMPTY, type FileResult, KIND_WORDS, nothingToJudge } from './file-result.ts';
import { azureSnapshotOf, judgeAzure } from './judge-azure.ts';
import { bicepEntryOf, judgeBicep, notCompiled } from './judge-bicep.ts';
import { judgeCloud, judgeSnapshot } from './judge-target.ts';
import type { PlannedFile } from './plan.ts';
import { carried, isMade, pulumiFileOf } from './pulumi-files.ts';
import { cloudTarget, readCloudValue } from './read-cloud.ts';
import { type EditedTexts, type InputFile, isInput, openText, readFile, readInput } from './read-input.ts';
import { snapshotOf } from './snapshot-file.ts';
import { sectionProblems } from './snapshot-problems.ts';

/** What stands for files, or was made of them. */
export interface JudgeInput {
  readonly edited?: EditedTexts;
  readonly compiled?: ReadonlyMap<string, CompiledBicep>;
  /** Project files of Pulumi among the files of the scan. */
  readonly projectFiles?: readonly string[];
}

/** Reads, recognises, normalises and judges one file, and drops it. */
export function judgeFile(planned: PlannedFile, sourceRoot: string, context: JudgeContext, input: JudgeInput = {}): FileResult {
  const { edited, compiled } = input;
  if (isBicep(planned.path)) {
    const found = compiled?.get(entryKey(bicepEntryOf(planned)));
    return found === undefined ? notCompiled(planned, sourceRoot) : judgeBicep(found, planned, context);
  }
  if (planned.preview !== undefined) return judgeRun(planned, planned.preview, sourceRoot, context, input);
  // Findings of an estate's snapshots stand in the estate: nothing points into these files.
  const read = readInput(planned.path, sourceRoot, edited, planned.by === 'snapshots');
  if (!isInput(read)) {
    const skipped = !read.ours && (planned.by === 'walked' || (planned.by === 'snapshots' && read.problem.code === 'file.not-recognised'));
    return { ...EMPTY, path: planned.path, name: read.problem.file ?? planned.path, problems: skipped ? [] : [read.problem], skipped };
  }
  return judgeInput(read, planned, sourceRoot, context, input);
}

function judgeInput(input: InputFile, planned: PlannedFile, sourceRoot: string, context: JudgeContext, more: JudgeInput): FileResult {
  const pulumi = input.recognised.kind === 'none' ? undefined : pulumiFileOf(input.recognised.kind, input.document.value);
  const base = {
    ...EMPTY,
    path: planned.path,
    name: input.file.name,
    sha256: input.file.sha256,
    length: input.file.length,
    format: input.format,
    ...(pulumi && { pulumi }),
    ...(pulumi?.is === 'program' && { ignores: ignoreComments(input.file.name, input.file.text) }),
  };
  if (input.recognised.kind === 'snapshot') return { ...base, ...judgeSnapshotFile(input, planned, context) };
  if (input.recognised.kind === 'azure-snapshot') return { ...base, ...judgeAzureFile(input, planned, context) };
  const made = pulumi !== undefined && isMade(pulumi) ? asEdited(input.document.value, input.file.name, planned, sourceRoot, more) : input.document;
  if ('level' in made) return { ...base, problems: [made] };
  const cloud = readCloudValue(made.value, input.file.name, planned, sourceRoot);
  if (cloud === null) return silentFile(base, input, planned);
  const target = cloudTarget(cloud.kind, input.file.name, planned.group);
  const result = judgeCloud(
    cloud.inventory,
    target,
    cloud.problems.map((problem) => ({ ...problem, target: target.id, file: input.file.name })),
    context,
  );
  const empty = planned.by !== 'walked' && cloud.inventory.resources.length === 0;
  return {
    ...base,
    results: [result],
    ...(result.judged.length === 0 ? {} : { opened: input }),
    problems: empty ? [nothingToJudge(input.file.name, KIND_WORDS[input.recognised.kind] ?? 'file')] : [],
  };
}

/** What a program was run to, as it would be when the program reads as it is edited. */
function asEdited(
  value: Json,
  name: string,
  planned: PlannedFile,
  sourceRoot: string,
  { edited, projectFiles = [] }: JudgeInput,
): { readonly value: Json } | Problem {
  return edited === undefined || edited.size === 0 ? { value } : carried(planned, value, name, sourceRoot, projectFiles, edited);
}

/** Judges what `pulumi preview` printed, under the name of the project file. */
function judgeRun(planned: PlannedFile, preview: string, sourceRoot: string, context: JudgeContext, input: JudgeInput): FileResult {
  const file = readFile(planned.path, sourceRoot);
  const base = { ...EMPTY, path: planned.path, name: nameOf(planned.path, sourceRoot), format: 'yaml' } as const;
  if (isProblem(file)) return { ...base, problems: [file] };
  const { name, sha256, length } = file;
  const opened = openText(preview, name);
  if ('level' in opened) return { ...base, sha256, length, problems: [opened] };
  const made = asEdited(opened.document.value, name, planned, sourceRoot, input);
  const pulumi = pulumiFileOf(opened.kind, opened.document.value);
  if ('level' in made) return { ...base, sha256, length, ...(pulumi && { pulumi }), problems: [made] };
  const target = cloudTarget('pulumi', name, planned.group);
  const cloud = readPulumiState(made.value, name);
  const problems = cloud.problems.map((problem) => ({ ...problem, target: target.id, file: name }));
  const empty = cloud.inventory.resources.length === 0 ? [nothingToJudge(name, 'Pulumi preview')] : [];
  return { ...base, sha256, length, ...(pulumi && { pulumi }), results: [judgeCloud(cloud.inventory, target, problems, context)], problems: empty };
}

/** Files that are known and hold nothing to judge of their own; that is said of those that somebody named. */
function silentFile(base: FileResult, input: InputFile, planned: PlannedFile): FileResult {
  const { name } = input.file;
  const { kind } = input.recognised;
  if (planned.by === 'snapshots') return { ...base, skipped: true };
  if (planned.by !== 'walked') return { ...base, silent: true, problems: [nothingToJudge(name, KIND_WORDS[kind] ?? 'file')] };
  if (kind !== 'estate') return { ...base, skipped: true };
  return {
    ...base,
    skipped: true,
    problems: [
      {
        level: 'warning',
        code: 'estate.not-used',
        message: `'${name}' is an estate, and what it says is not used when a folder above it is scanned.`,
        hint: 'Name its folder to scan the estate.',
        file: name,
      },
    ],
  };
}

function judgeSnapshotFile(input: InputFile, planned: PlannedFile, context: JudgeContext): Partial<FileResult> {
  const loaded = snapshotOf(input.document.value, input.file.name, planned.group, context);
  if ('level' in loaded) return { problems: [loaded] };
  if (planned.by === 'snapshots' && !loaded.known) return { skipped: true };
  return {
    results: [judgeSnapshot(loaded.snapshot, loaded.target, [...loaded.problems, ...sectionProblems(loaded.snapshot, loaded.target, context)], context)],
  };
}

function judgeAzureFile(input: InputFile, planned: PlannedFile, context: JudgeContext): Partial<FileResult> {
  const loaded = azureSnapshotOf(input.document.value, input.file.name, planned.group, context);
  if ('level' in loaded) return { problems: [loaded] };
  if (planned.by === 'snapshots' && !loaded.known) return { skipped: true };
  return { results: [judgeAzure(loaded, input.file.name, context)] };
}
