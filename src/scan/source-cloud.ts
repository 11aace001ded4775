import { readPulumiState } from '../collect/pulumi/state.ts';
import type { Json } from '../model/json.ts';
import { type ReadCloud, readBicepValue } from './read-cloud.ts';
import { isBicepView, type SourceView } from './source-view.ts';

/** The resources of what is judged, or of an edited value in its place; null when there are none. */
export function cloudOf(view: SourceView, edited?: Json): ReadCloud | null {
  if (isBicepView(view)) return readBicepValue(edited ?? view.compiled.judged, view.compiled);
  return { kind: 'pulumi', ...readPulumiState(edited ?? view.value, view.file) };
}
