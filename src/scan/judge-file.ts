import { type BicepEntry, type CompiledBicep, entryKey, isBicep } from '../collect/bicep/compiled.ts';
import { isProblem, nameOf, readTextFile } from '../collect/files.ts';
import { readArmTemplate } from '../collect/arm-template/read.ts';
import { readPulumiProgram } from '../collect/pulumi/program.ts';
import { readPulumiState } from '../collect/pulumi/state.ts';
import { ignoreComments } from '../collect/ignores.ts';
import { recognise } from '../collect/recognise.ts';
import { azureInventory } from '../collect/azure/inventory.ts';
import { parseAzureSnapshot } from '../collect/azure/snapshot.ts';
import { readResourceList } from '../collect/resource-list/read.ts';
import type { CloudInventory } from '../model/cloud-resource.ts';
import type { TargetKind } from '../model/fact.ts';
import type { IgnoreComments } from '../model/ignore.ts';
import type { Json } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import { SECTIONS } from '../model/sections/index.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Target } from '../model/target.ts';
import { parseSnapshot, unify } from '../normalise/unify.ts';
import type { JudgeContext, TargetResult } from './context.ts';
import { azureSnapshotOf, judgeAzure } from './judge-azure.ts';
import { entryOf, judgeCloud, judgeSnapshot } from './judge-target.ts';
import { targetId } from './keys.ts';
import type { LocatableFile } from './locate.ts';
import type { PlannedFile } from './plan.ts';
import { carried, isMade, type PulumiFile, pulumiFileOf } from './pulumi-files.ts';
import { type EditedTexts, type InputFile, isInput, openText, parseText, readFile, readInput } from './read-input.ts';
import { sectionProblems } from './snapshot-problems.ts';

/** What one file came to. */
export interface FileResult {
  readonly path: string;
  /** As reports name it. */
  readonly name: string;
  readonly results: readonly TargetResult[];
  readonly problems: readonly Problem[];
  /** A file met while walking that is nothing we know, or a snapshot that the estate does not name. */
  readonly skipped: boolean;
  /** Recognised, with nothing in it to judge of its own (parameters, a saved report). */
  readonly silent: boolean;
  readonly sha256: string;
  readonly length: number;
  readonly format: 'json' | 'yaml' | 'bicep';
  /** What the comments of a program ask to ignore. */
  readonly ignores?: IgnoreComments;
  /** What it says of a Pulumi project. */
  readonly pulumi?: PulumiFile;
  /** Of a document that findings point into: itself, so that it need not be opened again. Never sent between threads. */
  readonly opened?: LocatableFile;
}

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

/** A planned Bicep file as it is compiled. */
export function bicepEntryOf({ path, parameters }: PlannedFile): BicepEntry {
  return { path, parameters: parameters ?? null };
}

function notCompiled({ path }: PlannedFile, sourceRoot: string): FileResult {
  const name = nameOf(path, sourceRoot);
  const message = `'${name}' was not compiled, so it was not judged.`;
  return {
    ...EMPTY,
    path,
    name,
    format: 'bicep',
    problems: [{ level: 'error', code: 'bicep.not-compiled', message, hint: 'Use `rdposture scan`.', file: name }],
  };
}

/** Judges what a Bicep file was compiled to. */
export function judgeBicep(compiled: CompiledBicep, planned: PlannedFile, context: JudgeContext): FileResult {
  const { file: name } = compiled;
  const own = compiled.sources.find(({ file }) => file.name === name)?.file;
  const base = { ...EMPTY, path: planned.path, name, sha256: own?.sha256 ?? '', length: own?.length ?? 0, format: 'bicep' } as const;
  const target = cloudTarget('bicep', name, planned.group);
  const cloud = readBicepValue(compiled.judged, compiled);
  if (cloud === null) return { ...base, problems: withEntry(compiled.problems, name) };
  const problems = [...compiled.problems, ...cloud.problems].map((problem) => ({ file: name, ...problem, target: target.id }));
  const empty = planned.by !== 'walked' && cloud.inventory.resources.length === 0;
  return { ...base, results: [judgeCloud(cloud.inventory, target, problems, context)], problems: empty ? [nothingToJudge(name, 'Bicep')] : [] };
}

/** What is wrong with a module is said of the file that was asked for too: what was open there is not judged. */
function withEntry(problems: readonly Problem[], file: string): readonly Problem[] {
  if (problems.some((problem) => problem.level === 'error' && problem.file === file)) return problems;
  const message = `'${file}' was not judged, since a file that it uses could not be compiled.`;
  return [...problems, { level: 'error', code: 'bicep.not-judged', message, hint: 'Mend that file.', file }];
}

/** The resources of a compiled template, or of an edited one in its place; null when there is none. */
export function readBicepValue(value: Json | null, compiled: CompiledBicep): ReadCloud | null {
  if (value === null) return null;
  const read = readArmTemplate(value, compiled.given, compiled.file);
  return { kind: 'bicep', inventory: read.inventory, problems: read.problems };
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

function nothingToJudge(name: string, what: string): Problem {
  return {
    level: 'warning',
    code: 'file.nothing-to-judge',
    message: `'${name}' was recognised (${what}), and there is nothing in it to judge.`,
    hint: what === KIND_WORDS['pulumi-project'] ? 'Its program is not run: name a preview of it, or give --run-pulumi.' : 'Name what is to be judged.',
    file: name,
  };
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  estate: 'estate',
  'arm-template': 'ARM template',
  'arm-parameters': 'ARM parameters',
  'resource-list': 'list of Azure resources',
  'pulumi-program': 'Pulumi program',
  'pulumi-preview': 'Pulumi preview',
  'pulumi-events': 'log of Pulumi events',
  'pulumi-state': 'Pulumi state',
  'pulumi-project': 'Pulumi project',
  report: 'saved report',
  sarif: 'SARIF',
};

const EMPTY = { results: [], problems: [], skipped: false, silent: false, sha256: '', length: 0, format: 'json' } as const;

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

export interface LoadedSnapshot {
  readonly snapshot: Snapshot;
  readonly target: Target;
  readonly problems: readonly Problem[];
  /** The estate names its target. */
  readonly known: boolean;
}

/** A parsed snapshot file as a unified snapshot and its target. */
export function snapshotOf(value: Json, file: string, groupOfFile: string, context: JudgeContext): LoadedSnapshot | Problem {
  const parsed = parseSnapshot(value);
  if ('error' in parsed)
    return { level: 'error', code: 'snapshot.malformed', message: `The snapshot '${file}' cannot be used: ${parsed.error}`, hint: 'Collect it again.', file };
  const { kind, name } = parsed.snapshot.target;
  const entry = entryOf(kind, name, context);
  const known = entry.host !== null || entry.deployment !== null || entry.gateway !== null;
  const group =
    entry.host?.groups[0] ?? (entry.host !== null ? 'hosts' : entry.deployment !== null ? 'deployments' : entry.gateway !== null ? 'gateways' : groupOfFile);
  const target: Target = { id: targetId(kind, name), kind, name, group, status: 'complete', collectedAt: parsed.snapshot.collectedAt };
  const unified = unify(parsed.snapshot, SECTIONS);
  return { snapshot: unified.snapshot, target, problems: unified.problems.map((problem) => ({ ...problem, target: target.id, file })), known };
}

function cloudTarget(kind: TargetKind, file: string, group: string): Target {
  return { id: `${kind}:${file}`, kind, name: file, group, status: 'complete' };
}

export interface ReadCloud {
  readonly kind: TargetKind;
  readonly inventory: CloudInventory;
  readonly problems: readonly Problem[];
}

/** The resources of a document; null for a file that is known and holds none of its own. */
export function readCloudValue(value: Json, name: string, planned: Pick<PlannedFile, 'parameters'>, sourceRoot: string): ReadCloud | null {
  switch (recognise(value).kind) {
    case 'arm-template': {
      const parameters = readParameters(planned.parameters, sourceRoot);
      const read = readArmTemplate(value, parameters.value, name);
      return { kind: 'arm-template', inventory: read.inventory, problems: [...parameters.problems, ...read.problems] };
    }
    case 'resource-list':
      return { kind: 'azure', ...readResourceList(value, name) };
    case 'azure-snapshot': {
      const snapshot = parseAzureSnapshot(value);
      return 'error' in snapshot ? null : { kind: 'azure', inventory: azureInventory(snapshot, name), problems: [] };
    }
    case 'pulumi-program':
      return { kind: 'pulumi', ...readPulumiProgram(value, name) };
    case 'pulumi-preview':
    case 'pulumi-events':
    case 'pulumi-state':
      return { kind: 'pulumi', ...readPulumiState(value, name) };
    default:
      return null;
  }
}

function readParameters(path: string | undefined, sourceRoot: string): { value: Json | null; problems: readonly Problem[] } {
  if (path === undefined) return { value: null, problems: [] };
  const file = readTextFile(path, sourceRoot);
  if (isProblem(file)) return { value: null, problems: [file] };
  const parsed = parseText(file.text, file.name);
  return 'level' in parsed ? { value: null, problems: [parsed] } : { value: parsed.document.value, problems: [] };
}
