import { UNRESOLVED } from '../../model/cloud-resource.ts';
import { type Json, member } from '../../model/json.ts';
import { type Body, canonicalElement, canonicalValue, plainText, type Reader } from '../cloud/canonical.ts';
import { keyOf } from '../cloud/key.ts';
import { evaluateText, nameIn, runLoop } from './evaluate.ts';
import { finished } from './finish.ts';
import { type Scope, spend } from './scope.ts';

/** Reads the bodies of a template's resources: expressions give values, loops give lists. */
export function templateReader(scope: Scope): Reader {
  const plain = scope.shared.reader;
  return {
    quick: true,
    plans: plain.plans,
    text: (value) => {
      if (value.charCodeAt(0) !== 0x5b) return plainText(value);
      const found = finished(evaluateText(value, scope, 0), scope, 0);
      return typeof found === 'string' ? plainText(found) : canonicalValue(found, plain, 1);
    },
    name: (value) => (value.charCodeAt(0) === 0x5b ? (nameIn(value, scope) ?? UNRESOLVED) : value),
    data: (value) => (value.charCodeAt(0) === 0x5b ? finished(evaluateText(value, scope, 0), scope, 0) : value),
    // What a loop repeats is paid for; what the file states once is bounded by its size.
    object: scope.loops.length === 0 ? null : () => (spend(scope.shared, 1) ? undefined : UNRESOLVED),
    copy: (loops, out, depth) => {
      for (const loop of loops) addLoop(loop, out, depth, scope);
    },
  };
}

function addLoop(loop: Json, out: Body, depth: number, scope: Scope): void {
  const name = member(loop, 'name');
  if (typeof name !== 'string' || name === '__proto__') return;
  const input = member(loop, 'input') ?? null;
  out[keyOf(name).name] = runLoop(loop, scope, 0, (inner) => canonicalElement(input, templateReader(inner), depth + 1)) ?? UNRESOLVED;
}
