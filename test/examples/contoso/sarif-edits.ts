/** A fix of SARIF 2.1.0 §3.55, as far as it is used. */
export interface SarifFix {
  readonly description: { readonly text: string };
  readonly artifactChanges: readonly { readonly artifactLocation: { readonly uri: string }; readonly replacements: readonly SarifReplacement[] }[];
}

interface SarifReplacement {
  readonly deletedRegion: { readonly startLine: number; readonly startColumn: number; readonly endLine: number; readonly endColumn: number };
  readonly insertedContent?: { readonly text: string };
}

/**
 * Applies replacements as a reader of SARIF would, by lines and columns alone (1-based, in UTF-16 code units, the end
 * exclusive), and by nothing of the program under test. The last replacement comes first, so that regions stay true.
 */
export function applyReplacements(text: string, replacements: readonly SarifReplacement[]): string {
  const lines = text.split(/(?<=\n)/);
  const offset = (line: number, column: number): number => {
    const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length, 0);
    const own = lines[line - 1] ?? '';
    if (line > lines.length + 1 || column > own.length + 1) throw new Error(`There is no line ${line}, column ${column}.`);
    return before + column - 1;
  };
  const spans = replacements
    .map(({ deletedRegion: at, insertedContent }) => ({
      start: offset(at.startLine, at.startColumn),
      end: offset(at.endLine, at.endColumn),
      inserted: insertedContent?.text ?? '',
    }))
    .toSorted((a, b) => b.start - a.start || b.end - a.end);
  let edited = text;
  let last = Number.POSITIVE_INFINITY;
  for (const { start, end, inserted } of spans) {
    if (end < start || end > last) throw new Error('Two replacements overlap.');
    edited = edited.slice(0, start) + inserted + edited.slice(end);
    last = start;
  }
  return edited;
}
