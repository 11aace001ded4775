import { stackOf } from '../collect/pulumi/entries.ts';
import { isProjectFile, type Project, programFiles, projectNear, readProject } from '../collect/pulumi/project.ts';
import { pulumiView, type ProgramChange } from '../collect/pulumi/view.ts';
import { nameOf } from '../collect/files.ts';
import type { DocumentKind } from '../collect/recognise.ts';
import { diffJson } from '../lib/json-diff.ts';
import { type Json, member } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import type { PlannedFile, ScanPlan } from './plan.ts';
import type { EditedTexts } from './read-input.ts';

/** What a file says of a Pulumi project. */
export interface PulumiFile {
  readonly is: 'program' | 'project' | 'preview' | 'events' | 'state';
  readonly project: string | null;
  readonly stack: string | null;
}

const IS: Readonly<Partial<Record<DocumentKind, PulumiFile['is']>>> = {
  'pulumi-program': 'program',
  'pulumi-project': 'project',
  'pulumi-preview': 'preview',
  'pulumi-events': 'events',
  'pulumi-state': 'state',
};

/** Undefined for a file that is none of Pulumi's. */
export function pulumiFileOf(kind: DocumentKind, value: Json): PulumiFile | undefined {
  const is = IS[kind];
  if (is === undefined) return undefined;
  if (isMade({ is })) return { is, project: null, stack: null, ...stackOf(value) };
  const name = member(value, 'name');
  return { is, project: typeof name === 'string' ? name : null, stack: null };
}

/** What a program was run to, or made. */
export function isMade({ is }: Pick<PulumiFile, 'is'>): boolean {
  return is === 'preview' || is === 'events' || is === 'state';
}

/** The project that a document was made from: above it, else the only one of its name among the files of the scan. */
export function projectOf(planned: PlannedFile, name: string | null, sourceRoot: string, projectFiles: readonly string[]): Project | null {
  if (planned.preview !== undefined) return readProject(planned.path, sourceRoot);
  if (name === null) return null;
  const above = projectNear(planned.path, name, sourceRoot);
  if (above !== null) return above;
  const named = projectFiles.flatMap((path) => readProject(path, sourceRoot) ?? []).filter((project) => project.name === name);
  return named.length === 1 ? (named[0] ?? null) : null;
}

export function projectFilesOf(files: readonly PlannedFile[]): string[] {
  return files.map(({ path }) => path).filter(isProjectFile);
}

/** Project files that were run are judged by what came of it, whatever else was planned of them. */
export function withPreviews(plan: ScanPlan, previews: ReadonlyMap<string, string> | undefined, sourceRoot: string): ScanPlan {
  if (previews === undefined || previews.size === 0) return plan;
  const known = new Set(plan.files.map(({ path }) => path));
  const files = plan.files.map((planned) => {
    const preview = previews.get(planned.path);
    return preview === undefined ? planned : { ...planned, preview };
  });
  const more = [...previews].filter(([path]) => !known.has(path));
  return { ...plan, files: [...files, ...more.map(([path, preview]): PlannedFile => ({ path, by: 'pulumi', group: nameOf(path, sourceRoot), preview }))] };
}

/**
 * A document as it would be made once its program reads as it is edited: what changes in the literals of the program changes
 * where they come to. The program does not run. A problem where the document cannot tell.
 */
export function carried(
  planned: PlannedFile,
  value: Json,
  name: string,
  sourceRoot: string,
  projectFiles: readonly string[],
  edited: EditedTexts,
): { readonly value: Json } | Problem {
  const project = projectOf(planned, stackOf(value)?.project ?? null, sourceRoot, projectFiles);
  if (project === null) return { value };
  const before = programFiles(project, sourceRoot);
  const after = programFiles(project, sourceRoot, edited);
  const changes: ProgramChange[] = [];
  for (const file of edited.keys()) {
    const own = before.named(file);
    if (own === null) continue;
    const now = after.named(file);
    const list = now === null ? null : diffJson(own.document.value, now.document.value);
    if (list === null) return cannotTell(file, name);
    changes.push(...list.map((change) => ({ file, change })));
  }
  if (changes.length === 0) return { value };
  const made = pulumiView(name, value, before).edited(changes);
  return 'refused' in made ? cannotTell(changes[0]?.file ?? name, name) : { value: made.value };
}

function cannotTell(file: string, document: string): Problem {
  const message = `What '${document}' would be with '${file}' edited cannot be told.`;
  return { level: 'error', code: 'pulumi.not-carried', message, hint: 'Edit the program by hand, and make the preview again.', file };
}

/** One judged file of Pulumi's, as far as it matters which of them counts. */
interface Judged {
  readonly planned: PlannedFile;
  readonly name: string;
  readonly pulumi: PulumiFile;
}

/** What says most of what will be comes first. */
const RANK: Readonly<Record<PulumiFile['is'], number>> = { preview: 3, events: 2, state: 1, program: 0, project: 0 };

/**
 * Of what is said of one project only one is judged: what somebody named or ran, and of that what says most of what will be.
 * A document that was merely met in a folder displaces nothing: whoever may add a file to it could else hide the program.
 */
export function displaced(all: readonly Judged[], sourceRoot: string): { readonly names: ReadonlySet<string>; readonly problems: readonly Problem[] } {
  const names = new Set<string>();
  const problems: Problem[] = [];
  const chosen = all.filter(({ planned, pulumi }) => isMade(pulumi) && pulumi.project !== null && (planned.by !== 'walked' || planned.preview !== undefined));
  for (const { name, planned, pulumi } of all) {
    const winner = chosen.find((other) => other.name !== name && other.pulumi.project === pulumi.project && wins(other, { name, planned, pulumi }));
    if (winner === undefined) continue;
    names.add(name);
    // Of a program in another language nothing is judged in any case.
    if (pulumi.is !== 'project' && (pulumi.is !== 'program' || winner.pulumi.is === 'state'))
      problems.push(notJudged(nameOf(planned.path, sourceRoot), winner));
  }
  return { names, problems };
}

function wins(winner: Judged, { planned, pulumi }: Judged): boolean {
  if (pulumi.is === 'program' || pulumi.is === 'project') return true;
  if (winner.pulumi.stack !== pulumi.stack) return false;
  return RANK[winner.pulumi.is] > RANK[pulumi.is] || (planned.by === 'walked' && planned.preview === undefined);
}

function notJudged(file: string, { name, pulumi }: Judged): Problem {
  const what = pulumi.is === 'state' ? ', which says what is there and not what will be' : '';
  const message = `'${file}' was not judged: '${name}' stands for the project '${pulumi.project ?? ''}'${what}.`;
  return { level: 'warning', code: 'pulumi.not-judged', message, hint: 'Name one of them.', file };
}
