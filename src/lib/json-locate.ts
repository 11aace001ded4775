import { stepsOf, type Pointer } from '../model/pointer.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE, skipBlank, stringEnd } from './json-text.ts';

/** Offsets of a value, and of its name where it is a member; ends are exclusive. */
export interface JsonSpan {
  readonly start: number;
  readonly end: number;
  readonly key?: { readonly start: number; readonly end: number };
}

/** An object or list whose children have been found in the text. */
export interface JsonContainer {
  readonly isList: boolean;
  readonly start: number;
  end: number;
  /** Offsets of the children's values, in the order of the text. */
  readonly starts: number[];
  readonly ends: number[];
  /** For objects: offsets of the names in their quotes. */
  readonly keyStarts: number[];
  readonly keyEnds: number[];
  /** For objects: which child a name means; of two equal names the last counts, as for `JSON.parse`. */
  readonly byName: Map<string, number>;
  /** Children that are containers and have been looked into. */
  readonly inner: Map<number, JsonContainer>;
}

export interface JsonLocator {
  /** Looks all pointers up in one pass over the text; pointers that lead nowhere are left out. */
  spans(pointers: Iterable<Pointer>): Map<Pointer, JsonSpan>;
  /** The object or list at a pointer. */
  container(pointer: Pointer): JsonContainer | undefined;
}

/**
 * Finds values in a text that is known to be valid JSON, nested no deeper than the parser allows. It looks only into the
 * containers on the way to what is asked, skips the rest, and remembers the containers it has looked into.
 */
export function jsonLocator(text: string): JsonLocator {
  const start = skipBlank(text, 0);
  let root: JsonContainer | undefined;

  /** Looks into what is wanted and not yet known. */
  function look(wanted: Wanted): void {
    if (!opens(text, start) || wanted.steps.size + (wanted.itself ? 1 : 0) === 0) return;
    if (root === undefined) root = scan(text, start, wanted);
    else deepen(text, root, wanted);
  }

  function find(steps: readonly string[]): { parent: JsonContainer; index: number } | undefined {
    let parent = root;
    for (let depth = 0; parent !== undefined; depth++) {
      const index = childIndex(parent, steps[depth] ?? '');
      if (index === undefined) return undefined;
      if (depth === steps.length - 1) return { parent, index };
      parent = parent.inner.get(index);
    }
    return undefined;
  }

  function spanAt(pointer: Pointer): JsonSpan | undefined {
    if (pointer === '') return { start, end: root?.end ?? skipValue(text, start) };
    const found = find(stepsOf(pointer));
    if (found === undefined) return undefined;
    const { parent, index } = found;
    const span = { start: parent.starts[index] ?? 0, end: parent.ends[index] ?? 0 };
    return parent.isList ? span : { ...span, key: { start: parent.keyStarts[index] ?? 0, end: parent.keyEnds[index] ?? 0 } };
  }

  return {
    spans(pointers) {
      const asked = [...pointers];
      const wanted = newWanted();
      for (const pointer of asked) want(wanted, stepsOf(pointer), false);
      look(wanted);
      const found = new Map<Pointer, JsonSpan>();
      for (const pointer of asked) {
        const span = spanAt(pointer);
        if (span !== undefined) found.set(pointer, span);
      }
      return found;
    },
    container(pointer) {
      const steps = stepsOf(pointer);
      const wanted = newWanted();
      want(wanted, steps, true);
      look(wanted);
      if (steps.length === 0) return root;
      const found = find(steps);
      return found?.parent.inner.get(found.index);
    },
  };
}

/** What is asked for, as a tree of steps. */
interface Wanted {
  readonly steps: Map<string, Wanted>;
  /** Its children are wanted, whether or not one of them is named. */
  itself: boolean;
}

function newWanted(): Wanted {
  return { steps: new Map(), itself: false };
}

function want(tree: Wanted, steps: readonly string[], itself: boolean): void {
  let node = tree;
  for (const step of steps) {
    let next = node.steps.get(step);
    if (next === undefined) node.steps.set(step, (next = newWanted()));
    node = next;
  }
  if (itself) node.itself = true;
}

function opens(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit === OPEN_BRACE || unit === OPEN_BRACKET;
}

function childIndex(container: JsonContainer, step: string): number | undefined {
  if (!container.isList) return container.byName.get(step);
  return /^(?:0|[1-9]\d{0,9})$/.test(step) && Number(step) < container.starts.length ? Number(step) : undefined;
}

function looksInto(wanted: Wanted | undefined): wanted is Wanted {
  return wanted !== undefined && (wanted.itself || wanted.steps.size > 0);
}

/** Looks into children of a known container that were not wanted before. */
function deepen(text: string, container: JsonContainer, wanted: Wanted): void {
  for (const [step, next] of wanted.steps) {
    const index = looksInto(next) ? childIndex(container, step) : undefined;
    const at = index === undefined ? undefined : container.starts[index];
    if (index === undefined || at === undefined || !opens(text, at)) continue;
    const known = container.inner.get(index);
    if (known === undefined) container.inner.set(index, scan(text, at, next));
    else deepen(text, known, next);
  }
}

/** Recursion is bounded by the depth that the parser allows. */
function scan(text: string, start: number, wanted: Wanted): JsonContainer {
  const isList = text.charCodeAt(start) === OPEN_BRACKET;
  const container: JsonContainer = { isList, start, end: start, starts: [], ends: [], keyStarts: [], keyEnds: [], byName: new Map(), inner: new Map() };
  let at = skipBlank(text, start + 1);
  for (let index = 0; at < text.length; index++) {
    const unit = text.charCodeAt(at);
    if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) break;
    let step = '';
    if (isList) step = wanted.steps.size === 0 ? '' : String(index);
    else {
      const keyEnd = stringEnd(text, at);
      step = nameOf(text, at, keyEnd);
      container.byName.set(step, index);
      container.keyStarts.push(at);
      container.keyEnds.push(keyEnd);
      at = skipBlank(text, skipBlank(text, keyEnd) + 1);
    }
    container.starts.push(at);
    const next = wanted.steps.get(step);
    if (looksInto(next) && opens(text, at)) {
      const inner = scan(text, at, next);
      container.inner.set(index, inner);
      at = inner.end;
    } else at = skipValue(text, at);
    container.ends.push(at);
    at = skipBlank(text, at);
    if (text.charCodeAt(at) === COMMA) at = skipBlank(text, at + 1);
  }
  container.end = Math.min(at + 1, text.length);
  return container;
}

function nameOf(text: string, start: number, end: number): string {
  const plain = text.slice(start + 1, end - 1);
  return plain.includes('\\') ? String(JSON.parse(text.slice(start, end))) : plain;
}

/** One past the end of the value at `at`. */
function skipValue(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit === QUOTE) return stringEnd(text, at);
  if (unit === OPEN_BRACE || unit === OPEN_BRACKET) return skipContainer(text, at);
  let end = at;
  for (; end < text.length; end++) {
    const next = text.charCodeAt(end);
    if (next === COMMA || next === CLOSE_BRACE || next === CLOSE_BRACKET || next <= 32) break;
  }
  return end;
}

/** The hot loop: nearly the whole text passes through here. Strings are jumped over with indexOf. */
function skipContainer(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = stringEnd(text, at) - 1;
    else if (unit >= OPEN_BRACKET) {
      // Brackets and braces differ from each other in bit 5 only.
      const bracket = unit | 32;
      if (bracket === OPEN_BRACE) depth++;
      else if (bracket === CLOSE_BRACE && --depth === 0) return at + 1;
    }
  }
  return text.length;
}
