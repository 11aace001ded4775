import type { FileEdit, Fix, Replacement } from '../../model/finding.ts';
import type { Artifacts } from './artifacts.ts';
import { plainText, sentence } from './text.ts';

/** A fix's proved edits as a SARIF fix, or undefined when it has none that this projection can show. */
export function sarifFix(fix: Fix, artifacts: Artifacts, showable: (file: string) => boolean): object | undefined {
  const edits = fix.edits ?? [];
  if (edits.length === 0 || !edits.every((edit) => edit.replacements.length > 0 && showable(edit.file))) return undefined;
  // Each change must name another file (SARIF §3.55.3), and what overlaps has no meaning (§3.57).
  if (new Set(edits.map((edit) => edit.file)).size !== edits.length || !edits.every(isOrdered)) return undefined;
  return {
    description: { text: descriptionOf(fix) },
    artifactChanges: edits.map((edit) => ({
      artifactLocation: artifacts.locationOf(edit.file),
      replacements: edit.replacements.map(sarifReplacement),
    })),
  };
}

function descriptionOf(fix: Fix): string {
  const needs = fix.needs.length === 0 ? '' : ` Needs: ${fix.needs.join(', ')}.`;
  return plainText(`${sentence(fix.title)} Risk: ${fix.risk}.${needs}`);
}

/** `insertedContent.text` is written even when empty, since some readers do not take its absence as a deletion. */
function sarifReplacement({ region, text }: Replacement): object {
  const { startLine, startColumn, endLine, endColumn } = region;
  return { deletedRegion: { startLine, startColumn, endLine, endColumn }, insertedContent: { text } };
}

function isOrdered(edit: FileEdit): boolean {
  return edit.replacements.every(({ region }, index) => {
    const before = edit.replacements[index - 1]?.region;
    const forward = region.startLine < region.endLine || (region.startLine === region.endLine && region.startColumn <= region.endColumn);
    if (!forward || before === undefined) return forward;
    return before.endLine < region.startLine || (before.endLine === region.startLine && before.endColumn <= region.startColumn);
  });
}
