import type { Pointer } from '../../model/pointer.ts';

/** Lower case, no leading `/`: the form in which ids are compared. */
export function canonicalId(id: string): string {
  const lower = id.trim().toLowerCase();
  return lower.startsWith('/') ? lower.slice(1) : lower;
}

const PROVIDERS = 'providers/';

/** Type and names, without subscription and resource group. */
export function tailOf(id: string): string {
  const at = id.lastIndexOf(`/${PROVIDERS}`);
  return at >= 0 ? id.slice(at + PROVIDERS.length + 1) : id.startsWith(PROVIDERS) ? id.slice(PROVIDERS.length) : id;
}

/** `a/b/c` and `x/y` to `a/b/x/c/y`; undefined when there are not as many names as types. */
export function interleave(type: string, names: readonly string[]): string | undefined {
  const [namespace, ...types] = type.split('/');
  if (namespace === undefined || types.length === 0 || types.length !== names.length) return undefined;
  return [namespace, ...types.flatMap((step, index) => [step, names[index] ?? ''])].join('/');
}

/** The type that an id names, or undefined when it is none of a resource: `…/providers/a/b/x/c/y` is `a/b/c`. */
export function typeOfId(id: string): string | undefined {
  const [namespace, ...rest] = tailOf(canonicalId(id)).split('/');
  if (namespace === undefined || !namespace.includes('.') || rest.length < 2 || rest.length % 2 !== 0) return undefined;
  return [namespace, ...rest.filter((_, index) => index % 2 === 0)].join('/');
}

/** The id of the resource that a child's id stands below; undefined for a resource that is no child. */
export function parentId(id: string): string | undefined {
  if (tailOf(id).split('/').length < 5) return undefined;
  const end = id.lastIndexOf('/', id.lastIndexOf('/') - 1);
  return id.slice(0, end);
}

export function lastSegment(text: string): string {
  return text.slice(text.lastIndexOf('/') + 1);
}

/** An id that does not know its subscription; it is compared by its tail with one that does. */
export function isPartial(id: string): boolean {
  return !id.startsWith('subscriptions/');
}

/** A pointer to an element or member of what another pointer names; `step` needs no escaping. */
export function below(pointer: Pointer, step: string | number): Pointer {
  return `${pointer}/${step}`;
}
