import type { SourceDeclaration } from '../../model/ignore.ts';
import { isObject, type Json, member } from '../../model/json.ts';
import { escapeStep, type Pointer, stepsOf } from '../../model/pointer.ts';
import type { CompiledBicep } from './compiled.ts';
import type { BicepDocument } from './document.ts';
import type { Declaration, Span } from './tree.ts';
import { findIn } from './value.ts';
import { type Files, walkTemplate } from './walk.ts';

type Source = (file: string) => { readonly document: BicepDocument } | null;

/** The resources and modules of all sources; `existing` ones are never judged, so they are none. */
export function declarationsOf(compiled: CompiledBicep, files: Files, source: Source): SourceDeclaration[] {
  const judged = judgedNames(compiled, files, source);
  return compiled.sources.flatMap(({ file: { name: file } }) => {
    const document = source(file)?.document;
    const lineOf = (offset: number): number => document?.lines.position(offset).line ?? 0;
    return madeIn(document?.tree.declarations ?? []).map(({ start, end, key }) => ({
      file,
      first: lineOf(start),
      last: lineOf(Math.max(start, end - 1)),
      judged: judged.has(key),
    }));
  });
}

function madeIn(declarations: readonly Declaration[]): Declaration[] {
  const made: Declaration[] = [];
  const waiting = [...declarations];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.word === 'module' || (next.word === 'resource' && !next.existing)) made.push(next);
    if (next.value?.is === 'object') waiting.push(...next.value.nested);
  }
  return made;
}

/** A nested template is `properties/template` of its module: so many steps lead from one resource to one in it. */
const STEPS_OF_MODULE = 4;

/** The names of declarations that something judged comes from, modules on the way to it too. */
function judgedNames(compiled: CompiledBicep, files: Files, source: Source): Set<Span> {
  const names = new Set<Span>();
  const seen = new Set<string>();
  for (const pointer of judgedPointers(compiled)) {
    const steps = stepsOf(pointer);
    for (let length = 2; length <= steps.length; length += STEPS_OF_MODULE) {
      const way = steps.slice(0, length);
      const key = way.join('\0');
      if (seen.has(key)) continue;
      seen.add(key);
      const spot = walkTemplate(way, files);
      const found = spot === null || spot.rest.length > 0 ? undefined : findIn(source(spot.file)?.document.tree ?? NO_TREE, spot.steps);
      if (found !== undefined && found.key !== null) names.add(found.key);
    }
  }
  return names;
}

const NO_TREE = { declarations: [], comments: [], loads: [] };

/** Where in the template what is judged is declared. */
function judgedPointers({ judged, origins }: CompiledBicep): Pointer[] {
  const evaluated = Object.values(origins);
  return evaluated.length > 0 ? evaluated : statedIn(judged ?? undefined, '');
}

/** Of a template that was not evaluated: whether what has a condition is there, nobody knows. */
function statedIn(template: Json | undefined, at: Pointer): Pointer[] {
  const resources = member(template, 'resources');
  return Object.entries(isObject(resources) ? resources : {}).flatMap(([name, resource]) => {
    if (member(resource, 'condition') !== undefined) return [];
    const pointer = `${at}/resources/${escapeStep(name)}`;
    return [pointer, ...statedIn(member(member(resource, 'properties'), 'template'), `${pointer}/properties/template`)];
  });
}
