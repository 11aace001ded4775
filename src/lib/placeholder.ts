import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { truncate } from './escape.ts';

/** Where placeholders look: the first scope that has the name wins. */
export type Scopes = readonly JsonObject[];

const PLACEHOLDER = /\{([A-Za-z_$][\w$-]*(?:\.[\w$-]+)*)\}/g;

/** Names of the placeholders of a template, in order. */
export function placeholdersOf(template: string): string[] {
  return [...template.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');
}

/** The value of a dotted path in the first scope that has its first step. Undefined when there is none. */
export function lookUp(path: string, scopes: Scopes): Json | undefined {
  const steps = path.split('.');
  for (const scope of scopes) {
    if (!Object.hasOwn(scope, steps[0] ?? '')) continue;
    let value: Json | undefined = scope;
    for (const step of steps) value = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    return value;
  }
  return undefined;
}

/** A template of one lone placeholder keeps the value's type; else placeholders are written as text. */
export function fill(template: Json, scopes: Scopes): Json | undefined {
  if (typeof template !== 'string') return template;
  const lone = /^\{([A-Za-z_$][\w$-]*(?:\.[\w$-]+)*)\}$/.exec(template);
  if (lone !== null) return lookUp(lone[1] ?? '', scopes);
  let missing = false;
  const text = template.replaceAll(PLACEHOLDER, (_whole, path: string) => {
    const value = lookUp(path, scopes);
    if (value === undefined || value === null || typeof value === 'object') missing = true;
    return String(value);
  });
  return missing ? undefined : text;
}

const MAX_SHOWN = 5;
const MAX_LENGTH = 200;

/** A value in a sentence: lists by their elements' names, at most five of them and 200 characters. */
export function inWords(value: Json | undefined): string {
  return truncate(wordsOf(value), MAX_LENGTH);
}

/** As many whole elements as there is room for, and how many more there are; the first one at least, cut if it must be. */
function listInWords(items: readonly string[]): string {
  let shown = items[0] ?? '';
  for (let count = 1; count <= items.length; count++) {
    const left = items.length - count;
    const more = left > 0 ? ` and ${left} more` : '';
    const text = items.slice(0, count).join(', ') + more;
    if (count === 1) shown = truncate(items[0] ?? '', MAX_LENGTH - more.length) + more;
    else if (count <= MAX_SHOWN && text.length <= MAX_LENGTH) shown = text;
    else if (count > MAX_SHOWN) break;
  }
  return shown;
}

function wordsOf(value: Json | undefined): string {
  if (value === undefined || value === null) return 'unknown';
  if (Array.isArray(value)) {
    const items = [...new Set((value as readonly Json[]).map((item) => wordsOf(item)))];
    if (items.length === 0) return 'none';
    return listInWords(items);
  }
  if (isObject(value)) {
    for (const name of ['rule', 'name', 'label', 'who']) {
      const text = Object.hasOwn(value, name) ? value[name] : undefined;
      if (typeof text === 'string') return text;
    }
    return JSON.stringify(value);
  }
  return String(value);
}

/** What `{ $param: name }` of a fix stands for; with `join`, the items of a list as one text. Undefined for a list without items. */
export function paramValue(value: Json | undefined, join: Json | undefined): Json | undefined {
  if (typeof join !== 'string') return value;
  return Array.isArray(value) && value.length > 0 ? (value as readonly Json[]).map(String).join(join) : undefined;
}
