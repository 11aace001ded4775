import type { Json } from '../../model/json.ts';
import { symbolOf, textOf } from '../cloud/symbol.ts';

/**
 * The functions that build ids. What they leave to the deployment (its subscription and resource group) stays a symbol, so
 * an id is known by its type and names: azure-resource-manager/templates/template-functions-resource#resourceid.
 */
export type IdFunction = (args: readonly Json[], group: string | null) => Json | undefined;

const IDS: Readonly<Record<string, IdFunction>> = {
  resourceid: (args, group) => idIn(args, 2, (scopes) => groupScope(scopes.length === 2 ? scopes : [null, scopes[0] ?? null], group)),
  subscriptionresourceid: (args) => idIn(args, 1, ([subscription]) => `/subscriptions/${subscription ?? SUBSCRIPTION}`),
  tenantresourceid: (args) => idIn(args, 0, () => ''),
  extensionresourceid: ([base, ...args]) => {
    const of = textOf(base);
    return of === undefined ? undefined : idIn(args, 0, () => of);
  },
};

export function idFunctionNamed(name: string): IdFunction | undefined {
  return Object.hasOwn(IDS, name) ? IDS[name] : undefined;
}

const SUBSCRIPTION = '{subscription().subscriptionid}';
const GROUP = '{resourcegroup().id}';

/** The scope of a subscription and a group; what is not named is that of the group around it, or the deployment's own. */
export function groupScope([subscription = null, group = null]: readonly (string | null)[], around: string | null): string {
  if (group === null) return around ?? GROUP;
  return `/subscriptions/${subscription ?? subscriptionOf(around)}/resourceGroups/${group}`;
}

function subscriptionOf(around: string | null): string {
  return around?.split('/')[2] ?? SUBSCRIPTION;
}

/** Arguments are scopes, the type, then a name for each part of the type; the type is the first that leaves names enough. */
function idIn(args: readonly Json[], scopes: number, prefix: (scopes: readonly string[]) => string): Json | undefined {
  const texts: string[] = [];
  for (const arg of args) {
    const text = textOf(arg);
    if (text === undefined) return undefined;
    texts.push(text);
  }
  for (let at = 0; at <= scopes && at < texts.length; at++) {
    const [namespace, ...types] = (texts[at] ?? '').split('/');
    const names = texts.slice(at + 1);
    if (typeof args[at] !== 'string' || namespace === undefined || types.length === 0 || types.length !== names.length) continue;
    const path = [namespace, ...types.flatMap((type, index) => [type, names[index] ?? ''])].join('/');
    return symbolOrText(`${prefix(texts.slice(0, at))}/providers/${path}`);
  }
  return undefined;
}

function symbolOrText(text: string): Json {
  return text.includes('{') ? symbolOf(text) : text;
}
