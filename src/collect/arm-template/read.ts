import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import { escapeStep, type Pointer } from '../../model/pointer.ts';
import type { Problem } from '../../model/problem.ts';
import { assemble, type CloudDocument } from '../cloud/assemble.ts';
import { newReading } from '../cloud/declared.ts';
import { givenParameters } from './deployment.ts';
import { readResources } from './resources.ts';
import { newScope, newShared, type Shared } from './scope.ts';

/**
 * The resources of an ARM template, as far as its text and a parameters file say. What only a deployment knows is
 * unresolved, never guessed: azure-resource-manager/templates/syntax.
 */
export function readArmTemplate(template: Json, parameters: Json | null, file: string): CloudDocument {
  const reading = newReading();
  const shared = newShared();
  if (!isObject(template)) {
    reading.problems.push({ level: 'error', code: 'template.not-an-object', message: `'${file}' is not a template.`, hint: 'Name an ARM template.', file });
    return assemble(reading, file, 'arm', false);
  }
  if (parameters !== null && !isObject(parameters)) {
    reading.problems.push({
      level: 'warning',
      code: 'template.parameters',
      message: `The parameters for '${file}' are not an object; default values are used.`,
      hint: 'Name a parameters file.',
      file,
    });
  }
  const given = givenParameters(member(parameters ?? undefined, 'parameters') ?? parameters ?? undefined, '', (value) => value);
  const scope = newScope(template, given, '', null, shared);
  readResources(template['resources'], '/resources', { scope, reading, file, group: null, parent: null, condition: null, depth: 0 });
  reading.symbolic = shared.symbolic;
  reading.problems.push(...malformedProblems(template, shared, file));
  if (shared.exhausted) {
    reading.problems.push({
      level: 'warning',
      code: 'template.too-large',
      message: `'${file}' has loops or expressions that grow too large; what was left of them is unresolved.`,
      hint: 'Split the template.',
      file,
    });
  }
  return assemble(reading, file, 'arm', false);
}

const MAX_NAMED = 20;

function malformedProblems(template: JsonObject, shared: Shared, file: string): Problem[] {
  if (shared.malformed.size === 0) return [];
  const places = placesOf(template, shared.malformed);
  const shown = [...places].slice(0, MAX_NAMED);
  const problems = shown.map(([text, pointer]): Problem => {
    const message = `The expression '${text.length > 100 ? `${text.slice(0, 100)}…` : text}' at '${pointer}' in '${file}' could not be read, so its value is unresolved.`;
    return { level: 'warning', code: 'template.expression', message, hint: 'Mend the expression.', file };
  });
  const rest = shared.malformed.size - shown.length;
  if (rest > 0)
    problems.push({
      level: 'warning',
      code: 'template.expression',
      message: `${rest} more expressions in '${file}' could not be read.`,
      hint: 'Mend the expressions.',
      file,
    });
  return problems;
}

/** The first place of each text. Looked for only when there is something to say, so that reading need not track places. */
function placesOf(template: Json, texts: ReadonlySet<string>): Map<string, Pointer> {
  const places = new Map<string, Pointer>();
  const waiting: { readonly value: Json; readonly pointer: Pointer }[] = [{ value: template, pointer: '' }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, pointer } = next;
    if (typeof value === 'string') {
      if (texts.has(value) && !places.has(value)) places.set(value, pointer);
    } else if (typeof value === 'object' && value !== null) {
      const held = Object.entries(value as JsonObject).toReversed();
      for (const [name, item] of held) waiting.push({ value: item, pointer: `${pointer}/${escapeStep(name)}` });
    }
  }
  return places;
}
