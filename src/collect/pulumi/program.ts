import { UNRESOLVED } from '../../model/cloud-resource.ts';
import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import { escapeStep, type Pointer } from '../../model/pointer.ts';
import type { Problem } from '../../model/problem.ts';
import { assemble, type CloudDocument } from '../cloud/assemble.ts';
import { canonicalBody, canonicalValue, plainReader, plainText, type Reader } from '../cloud/canonical.ts';
import { type CloudReading, newReading } from '../cloud/declared.ts';
import { isSymbol, leave, textOf } from '../cloud/symbol.ts';
import { classOf, identityIn, isFunction, type Program, programOf, propertiesOf, valueOfText } from './names.ts';
import { steeringInputs } from './token.ts';

/** The Azure resources of a Pulumi YAML program, as far as its text says; what only a deployment knows is unresolved. */
export function readPulumiProgram(value: Json, file: string): CloudDocument {
  const reading = newReading();
  const resources = member(value, 'resources');
  if (resources !== undefined && resources !== null && !isObject(resources)) {
    reading.problems.push({
      level: 'error',
      code: 'pulumi.resources',
      message: `The resources of '${file}' are not an object, so nothing was read.`,
      hint: 'Write each resource under its name.',
      file,
    });
  }
  const program = programOf(value);
  const reader = programReader(program);
  for (const [name, resource] of Object.entries(program.resources)) readResource(name, resource, program, reader, reading, file);
  reading.symbolic = true;
  return assemble(reading, file, 'pulumi-yaml', false);
}

function readResource(name: string, resource: Json, program: Program, reader: Reader, reading: CloudReading, file: string): void {
  const pointer = `/resources/${escapeStep(name)}`;
  const type = member(resource, 'type');
  if (!isObject(resource) || typeof type !== 'string') return void reading.problems.push(strange(pointer, file, 'has no type'));
  if (type.startsWith('pulumi:')) return;
  const native = classOf(name, program);
  if (native === undefined) return void reading.others++;
  const properties = resource['properties'];
  if (properties !== undefined && properties !== null && !isObject(properties) && typeof properties !== 'string') {
    return void reading.problems.push(strange(pointer, file, 'has properties that are not an object'));
  }
  const identity = identityIn(name, program);
  if (identity === undefined) return void reading.problems.push(strange(pointer, file, 'names itself'));
  const stated = propertiesOf(name, program);
  const { body, whole } = canonicalBody(stated, reader, steeringInputs(native));
  const apiVersion = member(stated, 'azureApiVersion');
  reading.declared.push({
    ...identity,
    body,
    // A function, or one text, may stand for all of them.
    whole: whole && !isFunction(stated) && typeof properties !== 'string',
    apiVersion: typeof apiVersion === 'string' ? apiVersion : null,
    pointer,
    displayId: name,
    context: isObject(resource['get']),
    condition: null,
  });
}

function strange(pointer: Pointer, file: string, what: string): Problem {
  return { level: 'warning', code: 'pulumi.resource', message: `'${pointer}' in '${file}' ${what}, so it was not read.`, hint: 'Mend the resource.', file };
}

function programReader(program: Program): Reader {
  const plain = plainReader();
  return {
    quick: false,
    plans: plain.plans,
    text: (value) => {
      if (!value.includes('${')) return plainText(value);
      const found = left(valueOfText(value, program), program, 0);
      return typeof found === 'string' ? plainText(found) : canonicalValue(found, plain, 1);
    },
    name: (value) => textOf(valueOfText(value, program)) ?? UNRESOLVED,
    data: (value) => left(valueOfText(value, program), program, 0),
    object: (value) => (isFunction(value) ? UNRESOLVED : undefined),
    copy: null,
  };
}

const MAX_DEPTH = 60;

/** Symbols become ids where type and names are known, else UNRESOLVED. */
function left(value: Json, program: Program, depth: number): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (isSymbol(value)) return leave(textOf(value) ?? '');
  if (depth > MAX_DEPTH || program.nodes-- <= 0) return UNRESOLVED;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => left(item, program, depth + 1));
  const out: Record<string, Json> = {};
  for (const [name, held] of Object.entries(value as JsonObject)) out[name] = left(held, program, depth + 1);
  return out;
}
