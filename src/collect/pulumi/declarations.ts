import type { SourceDeclaration } from '../../model/ignore.ts';
import { isObject, type Json, member } from '../../model/json.ts';
import { pointerOf, type Pointer } from '../../model/pointer.ts';
import type { Call } from '../typescript/tree.ts';
import { stateEntries } from './entries.ts';
import type { ProgramFiles, ProgramSource } from './project.ts';
import { siteOf } from './sites.ts';

/** What a program declares; `made`: what it was run to, for one stack or several, by the names of reports. */
export function declarationsOf(files: ProgramFiles, made: readonly { readonly name: string; readonly value: Json }[]): SourceDeclaration[] {
  const judged = new Set<string>();
  for (const { name, value } of made) {
    for (const entry of stateEntries(value, name).entries) {
      const site = siteOf(entry, files);
      if (site !== null) judged.add(`${site.source.path}\0${site.base}`);
    }
  }
  return files.all().flatMap((source) =>
    pointersIn(source).flatMap((pointer) => {
      const region = source.document.regionOf(pointer);
      if (region === undefined) return [];
      const first = (region.key ?? region.value).startLine;
      return [{ file: source.file.name, first, last: region.value.endLine, judged: judged.has(`${source.path}\0${pointer}`) }];
    }),
  );
}

function pointersIn({ document, typescript }: ProgramSource): Pointer[] {
  if (typescript !== null) return typescript.tree.calls.flatMap((call, index) => (mayMake(call) ? [pointerOf(['calls', index])] : []));
  const resources = member(document.value, 'resources');
  return isObject(resources) ? Object.keys(resources).map((name) => pointerOf(['resources', name])) : [];
}

/** The engine's own package, whose configuration, assets and outputs are nothing that is judged; and the platform. */
const OTHERS = /^(?:node:|@pulumi\/pulumi(?:\/|$))/;

/** Whether a call may make a resource or a component: a provider is neither, and what needs no import is the language's own or ours. */
function mayMake({ path, imported }: Call): boolean {
  if (path.at(-1) === 'Provider') return false;
  return imported === null ? !Object.hasOwn(globalThis, path[0] ?? '') : !OTHERS.test(imported.from);
}
