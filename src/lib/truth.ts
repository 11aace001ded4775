import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { UNKNOWN } from './three-valued.ts';

/** What can be said of a value (Kleene's three values), and predicates that say it. */
export type Truth = 0 | 1 | 2;
/** Certainly not, cannot be said, certainly. */
export const NO: Truth = 0;
export const MAYBE: Truth = 1;
export const YES: Truth = 2;

export type Predicate = (value: Json | undefined) => Truth;

export const always: Predicate = () => YES;
export const never: Predicate = () => NO;

export function all(parts: readonly Predicate[]): Predicate {
  const [first, second] = parts;
  if (first === undefined) return always;
  if (second === undefined) return first;
  if (parts.length === 2) {
    return (value) => {
      const a = first(value);
      if (a === NO) return NO;
      const b = second(value);
      return a < b ? a : b;
    };
  }
  return (value) => {
    let result: Truth = YES;
    for (const part of parts) {
      const truth = part(value);
      if (truth === NO) return NO;
      if (truth < result) result = truth;
    }
    return result;
  };
}

export function any(parts: readonly Predicate[]): Predicate {
  return (value) => {
    let result: Truth = NO;
    for (const part of parts) {
      const truth = part(value);
      if (truth === YES) return YES;
      if (truth > result) result = truth;
    }
    return result;
  };
}

export const not = (truth: Truth): Truth => (truth === YES ? NO : truth === NO ? YES : MAYBE);

export function truthOf(holds: boolean): Truth {
  return holds ? YES : NO;
}

/** Judges values of one JSON type; any other type satisfies the keyword, as JSON Schema says. */
export function onNumbers(judge: (value: number) => boolean): Predicate {
  return (value) => (value === UNKNOWN ? MAYBE : typeof value === 'number' ? truthOf(judge(value)) : YES);
}
export function onStrings(judge: (value: string) => boolean): Predicate {
  return (value) => (value === UNKNOWN ? MAYBE : typeof value === 'string' ? truthOf(judge(value)) : YES);
}
export function onLists(judge: (value: readonly Json[]) => Truth): Predicate {
  return (value) => (value === UNKNOWN ? MAYBE : Array.isArray(value) ? judge(value as readonly Json[]) : YES);
}
export function onObjects(judge: (value: JsonObject) => Truth): Predicate {
  return (value) => (value === UNKNOWN ? MAYBE : isObject(value) ? judge(value) : YES);
}
