/**
 * Ids of Azure resources in canonical form: lower-cased, without the leading `/`. A full id begins with its subscription (or
 * another scope); a relative one is what a template can know, the provider's namespace, then types and names in turn:
 * `microsoft.network/virtualnetworks/vnet-a/subnets/hosts`. A name that is not resolved stands as a symbol in braces, the same
 * wherever the same expression stands, `microsoft.network/networksecuritygroups/{parameters('nsgname')}`; it holds no `/`.
 * Ids are compared without case: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */

const PROVIDERS = 'providers/';

/** Canonical form of an id. One whose subscription or resource group is not resolved becomes relative. */
export function normaliseId(id: string): string {
  let lower = id.trim().toLowerCase();
  while (lower.startsWith('/')) lower = lower.slice(1);
  while (lower.endsWith('/')) lower = lower.slice(0, -1);
  const at = scopeEnd(lower);
  return at > 0 && lower.slice(0, at).includes('{') ? lower.slice(at) : lower.startsWith(PROVIDERS) ? lower.slice(PROVIDERS.length) : lower;
}

/** Type and names without subscription and resource group. */
export function relativeId(id: string): string {
  const at = scopeEnd(id);
  return at > 0 ? id.slice(at) : id;
}

/** Whether an id says which subscription it is in. */
export function isFullId(id: string): boolean {
  return id.startsWith('subscriptions/');
}

/** Two canonical ids name the same resource: two full ones are compared whole, a relative one by provider, types and names. */
export function sameResource(a: string, b: string): boolean {
  if (a === b) return true;
  return isFullId(a) && isFullId(b) ? false : relativeId(a) === relativeId(b);
}

/** The id of what holds a child resource: the id without its last type and name. */
export function parentId(id: string): string {
  return id.slice(0, Math.max(id.lastIndexOf('/', id.lastIndexOf('/') - 1), 0));
}

/** Namespace and types of an id in its own spelling, `Microsoft.Network/virtualNetworks/subnets`; null when it has none. */
export function typeOfId(id: string): string | null {
  const parts = partsOf(id);
  if (parts.length < 3) return null;
  return parts.filter((_, index) => index === 0 || index % 2 === 1).join('/');
}

/** Names of an id in its own spelling, outermost first. */
export function namesOfId(id: string): string[] {
  return partsOf(id).filter((_, index) => index > 0 && index % 2 === 0);
}

/** What an extension resource extends; null for any other resource. */
export function extendedId(id: string): string | null {
  const at = id.toLowerCase().lastIndexOf(`/${PROVIDERS}`);
  const end = scopeEnd(id.startsWith('/') ? id.slice(1) : id) + (id.startsWith('/') ? 1 : 0);
  return at > 0 && at + PROVIDERS.length + 1 > end ? id.slice(0, at) : null;
}

/** A text that is the id of a resource. */
export function isId(text: string): boolean {
  if (text.charCodeAt(0) !== 0x2f || text.length < 12) return false;
  const head = text.slice(0, 16).toLowerCase();
  return head.startsWith('/subscriptions/') || head.startsWith('/providers/');
}

function partsOf(id: string): string[] {
  const at = id.toLowerCase().lastIndexOf(PROVIDERS);
  const tail = at < 0 || (at > 0 && id[at - 1] !== '/') ? id : id.slice(at + PROVIDERS.length);
  return tail.split('/').filter((part) => part !== '');
}

/** Where the provider's namespace begins, in an id without leading `/`; 0 for a relative id. A group may be called `providers`. */
function scopeEnd(id: string): number {
  let at = 0;
  const lower = id.slice(0, 15).toLowerCase();
  if (lower.startsWith('subscriptions/')) {
    at = after(id, at, 2);
    if (id.slice(at, at + 15).toLowerCase() === 'resourcegroups/') at = after(id, at, 2);
  } else if (id.startsWith('{')) at = after(id, at, 1);
  else return lower.startsWith(PROVIDERS) ? PROVIDERS.length : 0;
  return id.slice(at, at + PROVIDERS.length).toLowerCase() === PROVIDERS ? at + PROVIDERS.length : 0;
}

/** The place behind so many segments. */
function after(id: string, from: number, segments: number): number {
  let at = from;
  for (let count = 0; count < segments; count++) {
    const next = id.indexOf('/', at);
    if (next < 0) return id.length;
    at = next + 1;
  }
  return at;
}
