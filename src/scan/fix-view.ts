import type { JudgedFact } from '../evaluate/evaluate.ts';
import type { DocumentChange, TextDocument } from '../lib/document.ts';
import type { JudgeContext, TargetResult } from './context.ts';
import type { FileResult } from './file-result.ts';
import type { LoadedEstate, PlannedFile } from './plan.ts';
import type { SourceViews } from './source-view.ts';

/** A change in one file. */
export interface FileChange {
  readonly file: string;
  readonly change: DocumentChange;
}

/** The view that fixes are proved in: documents as they are, hosts with their declared settings laid over. */
export interface FixWorld {
  readonly context: JudgeContext;
  readonly estate: LoadedEstate | null;
  readonly sourceRoot: string;
  /** Before joins; by target id. */
  readonly results: ReadonlyMap<string, TargetResult>;
  readonly joined: readonly JudgedFact[];
  /** The file that each target came from. */
  readonly files: ReadonlyMap<string, { readonly planned: PlannedFile; readonly result: FileResult }>;
  readonly open: (file: string) => { readonly document: TextDocument } | null;
  /** What was judged beside its sources, by the names of what was judged. */
  readonly views: SourceViews;
  /** sha256 of a file as it was read. */
  readonly hashOf: (file: string) => string | null;
}
