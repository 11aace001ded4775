import { normaliseId } from '../../lib/azure-id.ts';
import { UNRESOLVED } from '../../model/cloud-resource.ts';
import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import { assemble, type CloudDocument } from '../cloud/assemble.ts';
import { type Body, canonicalBody, type Reader } from '../cloud/canonical.ts';
import { type CloudReading, type Identity, identityOf, identityOfId, isOther, newReading } from '../cloud/declared.ts';
import { type Entry, stateEntries } from './entries.ts';
import { type Dependencies, dependenciesOf, withReferences } from './references.ts';
import { isClassic, type NativeType, nativeType, steeringInputs } from './token.ts';
import { isHidden, knownText, stateReader } from './values.ts';

/**
 * Resources of a preview, a stack export or a state file. Inputs count; what they do not state is filled in from the outputs.
 * Secrets and values that are not known yet are unresolved, whatever the file shows of them.
 */
export function readPulumiState(value: Json, file: string): CloudDocument {
  const reading = newReading();
  const { entries, problems } = stateEntries(value, file);
  reading.problems.push(...problems);
  const byUrn = new Map<string, Known>();
  let classic = 0;
  for (const entry of entries) {
    if (isClassic(entry.type)) classic++;
    const token = nativeType(entry.type);
    if (token === undefined || isOther(token.type, reading)) {
      if (token === undefined) reading.others++;
      continue;
    }
    byUrn.set(entry.urn, { entry, token });
  }
  if (classic > 0) {
    const message = `${classic} resources of the classic provider 'azure' in '${file}' were not read.`;
    reading.problems.push({ level: 'warning', code: 'pulumi.classic', message, hint: "Only resources of 'azure-native' are read.", file });
  }
  const identities = new Map<string, Identity | null>();
  const identify = (urn: string): Identity | undefined => identityIn(urn, byUrn, identities);
  const reader = stateReader();
  for (const [urn, { entry, token }] of byUrn) declare(reading, entry, token, identify(urn), identify, reader);
  return assemble(reading, file, 'read-only', false);
}

interface Known {
  readonly entry: Entry;
  readonly token: NativeType;
}

function declare(
  reading: CloudReading,
  entry: Entry,
  token: NativeType,
  identity: Identity | undefined,
  identify: (urn: string) => Identity | undefined,
  reader: Reader,
): void {
  if (identity === undefined) return;
  const { body, whole } = bodyOf(entry, token, dependenciesOf(entry.state, identify), reader);
  const pointer: Pointer = isObject(member(entry.state, 'inputs')) ? `${entry.pointer}/inputs` : `${entry.pointer}/outputs`;
  reading.declared.push({
    ...identity,
    body,
    whole,
    apiVersion:
      knownText(member(member(entry.state, 'inputs'), 'azureApiVersion')) ?? knownText(member(member(entry.state, 'outputs'), 'azureApiVersion')) ?? null,
    pointer,
    displayId: entry.urn,
    context: member(entry.state, 'external') === true,
    condition: null,
  });
}

/** By the provider's own id; else by the inputs that name it and its parents; a parent that is not known yet is known by what the input depends on. */
function identityIn(urn: string, byUrn: ReadonlyMap<string, Known>, identities: Map<string, Identity | null>): Identity | undefined {
  const seen = identities.get(urn);
  if (seen !== undefined) return seen ?? undefined;
  const known = byUrn.get(urn);
  if (known === undefined) return undefined;
  // Null while it is looked for, which ends a circle of dependencies.
  identities.set(urn, null);
  const { entry, token } = known;
  const id = knownText(member(entry.state, 'id'));
  const found =
    (id === undefined || !id.startsWith('/') ? null : identityOfId(id)) ?? identityFromInputs(entry, token, (other) => identityIn(other, byUrn, identities));
  identities.set(urn, found);
  return found;
}

function identityFromInputs(entry: Entry, token: NativeType, identify: (urn: string) => Identity | undefined): Identity {
  const inputs = member(entry.state, 'inputs');
  const own = (knownText(member(inputs, token.names.at(-1) ?? '')) ?? entry.name).replaceAll('/', ':');
  const scope = token.scope === null ? undefined : scopeOf(entry, token.scope, identify);
  const parentInputs = token.names.slice(0, -1);
  if (parentInputs.length === 0) return identityOf(token.type, [own], scope === undefined ? null : normaliseId(scope));
  const parentType = token.type.slice(0, token.type.lastIndexOf('/'));
  const names = parentInputs.map((input) => knownText(member(inputs, input)));
  if (names.every((part) => part !== undefined)) return identityOf(token.type, [...names, own], null);
  const parents = dependenciesOf(entry.state, identify).of(parentInputs.at(-1) ?? '', parentType.toLowerCase());
  const [parent] = parents;
  const last = token.type.slice(token.type.lastIndexOf('/') + 1);
  if (parent !== undefined && parents.length === 1)
    return { id: `${parent}/${last}/${own}`.toLowerCase(), type: token.type.toLowerCase(), name: own, scope: null };
  // Nobody else's parent has this name, so that rules of groups that are not known are not taken for rules of one.
  return identityOf(token.type, [...names.map((part) => part ?? `{parent of ${entry.name.replaceAll('/', ':')}}`), own], null);
}

/** What an extension resource extends, by its id; of something that is not there yet, by what the input depends on. */
function scopeOf({ state }: Entry, input: string, identify: (urn: string) => Identity | undefined): string | undefined {
  const stated = member(member(state, 'inputs'), input);
  return knownText(stated) ?? (isHidden(stated) ? dependenciesOf(state, identify).only(input) : undefined);
}

function bodyOf(entry: Entry, token: NativeType, dependencies: Dependencies, reader: Reader): { body: Body; whole: boolean } {
  const skipped = steeringInputs(token);
  const inputs = member(entry.state, 'inputs');
  const stated = isObject(inputs) ? canonicalBody(withReferences(inputs, dependencies), reader, skipped) : { body: {}, whole: !isHidden(inputs) };
  const outputs = entry.filled ? member(entry.state, 'outputs') : undefined;
  if (!isObject(outputs)) return stated;
  const shown = canonicalBody(outputs, reader, skipped).body;
  return { body: filledIn(stated.body, shown, 0), whole: stated.whole };
}

const MAX_DEPTH = 24;

/** Members that inputs leave out, in objects too; a list is one value. What the inputs hide stays hidden. */
function filledIn(stated: JsonObject, shown: JsonObject, depth: number): Body {
  const body: Body = { ...stated };
  for (const name of Object.keys(shown)) {
    const own = Object.hasOwn(body, name) ? body[name] : undefined;
    const other = shown[name] as Json;
    if (own === undefined) body[name] = other;
    else if (depth < MAX_DEPTH && isObject(own) && isObject(other) && own !== UNRESOLVED && other !== UNRESOLVED) body[name] = filledIn(own, other, depth + 1);
  }
  return body;
}
