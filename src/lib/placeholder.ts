import { isObject, type Json, type JsonObject } from '../model/json.ts';

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
  const text = wordsOf(value);
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

function wordsOf(value: Json | undefined): string {
  if (value === undefined || value === null) return 'unknown';
  if (Array.isArray(value)) {
    const items = [...new Set((value as readonly Json[]).map((item) => wordsOf(item)))];
    if (items.length === 0) return 'none';
    const shown = items.slice(0, MAX_SHOWN).join(', ');
    return items.length > MAX_SHOWN ? `${shown} and ${items.length - MAX_SHOWN} more` : shown;
  }
  if (isObject(value)) {
    for (const name of ['rule', 'name', 'label']) {
      const text = Object.hasOwn(value, name) ? value[name] : undefined;
      if (typeof text === 'string') return text;
    }
    return JSON.stringify(value);
  }
  return String(value);
}
