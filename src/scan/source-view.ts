import type { BicepView } from '../collect/bicep/view.ts';
import type { PulumiView } from '../collect/pulumi/view.ts';
import type { Problem } from '../model/problem.ts';

/** What is judged beside the sources that it was made from. */
export type SourceView = BicepView | PulumiView;

/** By the names of what is judged. */
export type SourceViews = ReadonlyMap<string, SourceView>;

export function isBicepView(view: SourceView): view is BicepView {
  return 'compiled' in view;
}

/** What was wrong before anything was read. */
export function problemsOf(view: SourceView): readonly Problem[] {
  return isBicepView(view) ? view.compiled.problems : [];
}

/** A file that something was compiled from: an edit of it is proved by compiling it again. */
export function isCompiledSource(file: string, views: SourceViews): boolean {
  return [...views.values()].some((view) => isBicepView(view) && view.source(file) !== null);
}
