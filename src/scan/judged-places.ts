import { declarationsOf } from '../collect/pulumi/declarations.ts';
import type { SourceDeclaration, SourceIgnore } from '../model/ignore.ts';
import type { OpenFiles } from './documents.ts';
import type { FileResult } from './file-result.ts';
import { isBicepView } from './source-view.ts';

/**
 * Tells whether what ignores stand at was judged: every resource that one covers, else the one that it lies in. A resource that
 * the stack or the parameters at hand do not have says nothing of its ignores.
 */
export function judgedPlaces(ignores: readonly SourceIgnore[], results: Iterable<FileResult>, documents: OpenFiles): (ignore: SourceIgnore) => boolean {
  const asked = new Set(ignores.map(({ file }) => file));
  const declared = new Map<string, SourceDeclaration>();
  const add = (declarations: readonly SourceDeclaration[]): void => {
    for (const item of declarations) {
      const key = keyOf(item);
      declared.set(key, { ...item, judged: item.judged || declared.get(key)?.judged === true });
    }
  };
  for (const { files, made } of documents.programs) {
    if (!files.all().some(({ file }) => asked.has(file.name))) continue;
    const values = made.flatMap(({ name, read }) => {
      const value = read();
      return value === null ? [] : [{ name, value }];
    });
    add(declarationsOf(files, values));
  }
  const compiled = [...documents.views.values()].filter(isBicepView).filter(({ compiled: { sources } }) => sources.some(({ file }) => asked.has(file.name)));
  for (const view of compiled) add(view.declarations());
  const byFile = Map.groupBy(declared.values(), ({ file }) => file);
  // Variables and parameters are shown where they are written, and whatever was not judged may use them.
  const partly = new Set(
    compiled.flatMap(({ compiled: { sources } }) => {
      const names = sources.map(({ file }) => file.name);
      return names.some((name) => byFile.get(name)?.some(({ judged }) => !judged)) ? names : [];
    }),
  );
  // A program that is judged as it is written is judged whole.
  const whole = new Set([...results].flatMap((result) => (result.ignores === undefined ? [] : [result.name])));
  return (ignore) => {
    // At the end of a file it stands at nothing.
    if (whole.has(ignore.file) || ignore.anchor.length === 0) return true;
    const covered = coveredBy(ignore, byFile.get(ignore.file) ?? []);
    return covered.length > 0 ? covered.every(({ judged }) => judged) : !partly.has(ignore.file);
  };
}

function keyOf({ file, first, last }: SourceDeclaration): string {
  return `${file}\0${first}\0${last}`;
}

/** Those that begin in what it covers, else the innermost around it. */
function coveredBy({ from, to }: SourceIgnore, declarations: readonly SourceDeclaration[]): readonly SourceDeclaration[] {
  const begun = declarations.filter(({ first }) => first >= from && first <= to);
  if (begun.length > 0) return begun;
  return declarations
    .filter(({ first, last }) => first <= from && from <= last)
    .toSorted((a, b) => b.first - a.first || a.last - b.last)
    .slice(0, 1);
}
