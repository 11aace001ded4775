/**
 * Ids of Azure resources in canonical form: lower-cased, without the leading `/`. A full id begins with its subscription (or
 * another scope); a relative one is what a template can know, the provider's namespace, then types and names in turn:
 * `microsoft.network/virtualnetworks/vnet-a/subnets/hosts`, with its resource group in front when a template names one that is
 * not the deployment's own, `resourcegroups/rg-net/providers/…`. A name that is not resolved stands as a symbol in braces, the same
 * wherever the same expression stands, `microsoft.network/networksecuritygroups/{parameters('nsgname')}`; it holds no `/`.
 * Ids are compared without case: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */

const PROVIDERS = 'providers/';

/** Canonical form of an id. One whose subscription is not resolved becomes relative. */
export function normaliseId(id: string): string {
  let lower = id.trim().toLowerCase();
  while (lower.startsWith('/')) lower = lower.slice(1);
  while (lower.endsWith('/')) lower = lower.slice(0, -1);
  const at = scopeEnd(lower);
  if (at > 0 && lower.slice(0, at).includes('{')) return scopeKnown(lower.slice(0, at)) + lower.slice(at);
  return lower.startsWith(PROVIDERS) ? lower.slice(PROVIDERS.length) : lower;
}

/** Symbols of the deployment's own subscription and group, which say nothing. */
const OWN: ReadonlySet<string> = new Set(['{subscription().subscriptionid}', '{subscription().id}', '{resourcegroup().name}']);

/** What a scope with unresolved parts says all the same: `''`, or the group, below its subscription when that has a symbol of its own. */
function scopeKnown(scope: string): string {
  const [first = '', second = '', ...rest] = scope.split('/');
  const [subscription, word, group] =
    first === 'subscriptions' ? [second, rest[0], rest[1]] : first === 'resourcegroups' ? ['', first, second] : [first, second, rest[0]];
  if (word !== 'resourcegroups' || group === undefined || OWN.has(group)) return '';
  const named = `resourcegroups/${group}/${PROVIDERS}`;
  if (subscription === '' || OWN.has(subscription)) return named;
  return subscription.startsWith('{') ? `${subscription}/${named}` : `subscriptions/${subscription}/${named}`;
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

/**
 * Two canonical ids name the same resource: two full ones are compared whole, a relative one by provider, types and names. A
 * template names a group beside its own for what is not in its own, so such an id is no relative one's.
 */
export function sameResource(a: string, b: string): boolean {
  if (a === b) return true;
  if ((isFullId(a) && isFullId(b)) || relativeId(a) !== relativeId(b)) return false;
  const [groupA, groupB] = [namedGroup(a), namedGroup(b)];
  return groupA === groupB || (groupA === null ? isFullId(b) : groupB === null && isFullId(a));
}

/** The resource group that an id names. */
function namedGroup(id: string): string | null {
  const at = id.startsWith('resourcegroups/') ? 0 : id.indexOf('/resourcegroups/') + 1;
  if (at === 0 && !id.startsWith('resourcegroups/')) return null;
  return at < scopeEnd(id) ? id.slice(at + 15, id.indexOf('/', at + 15)) : null;
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
  let at = startsAt(id, 0, 'subscriptions/') ? after(id, 0, 2) : id.startsWith('{') ? after(id, 0, 1) : 0;
  if (startsAt(id, at, 'resourcegroups/')) at = after(id, at, 2);
  return startsAt(id, at, PROVIDERS) ? at + PROVIDERS.length : 0;
}

function startsAt(id: string, at: number, word: string): boolean {
  return id.slice(at, at + word.length).toLowerCase() === word;
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
