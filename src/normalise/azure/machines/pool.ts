import { relativeId, sameResource } from '../../../lib/azure-id.ts';
import type { CloudResource } from '../../../model/cloud-resource.ts';
import { isObject, type Json, member } from '../../../model/json.ts';
import { effectiveRdp } from '../../../lib/rdp-properties.ts';
import { ownerIdOf, plainId } from '../coverage.ts';
import { HOST_POOL_TYPE, SESSION_HOST_TYPE } from '../desktop/types.ts';
import { findResource, ofType, referenceOf, type Resources } from '../resources.ts';
import { DOMAIN_JOIN, type Extensions, seenExtensions, STATE_CONFIGURATION } from './extensions.ts';

/** What the input shows of a machine's place in Azure Virtual Desktop. What it does not show is not a session host's. */
export interface Membership {
  readonly sessionHost: boolean;
  /** Name of its host pool; null when none is known. */
  readonly hostPool: string | null;
  readonly hostPoolType: string;
  /** The machine joins Microsoft Entra ID alone, or its pool signs people in with it and nothing joins it to a domain. */
  readonly entraJoined: boolean;
}

/**
 * A session host is known by the pool's list of them, by the DSC extension that registers it, and by the tag with which the
 * portal ties what belongs to a pool to it.
 */
export function membershipOf(resources: Resources, machine: CloudResource, extensions: Extensions): Membership {
  const registration = registrationOf(extensions);
  const registered = hostOf(resources, machine);
  const tagged = tagOf(machine);
  const id = registered === undefined ? tagged : ownerIdOf(registered);
  const pool = id === null ? poolNamed(resources, registration?.pool ?? null) : findResource(resources, id);
  const type = pool?.body['hostPoolType'];
  const joined = seenExtensions(extensions, DOMAIN_JOIN).length > 0;
  return {
    sessionHost: registration !== null || registered !== undefined || tagged !== null,
    hostPool: pool?.name ?? registration?.pool ?? (id === null ? null : id.slice(id.lastIndexOf('/') + 1)),
    hostPoolType: typeof type === 'string' ? type : 'not-stated',
    entraJoined: !joined && (registration?.entra === true || (pool !== null && signsInWithEntra(pool))),
  };
}

interface Registration {
  readonly pool: string | null;
  readonly entra: boolean;
}

/** `Configuration.ps1\AddSessionHost` with its arguments, in the extension's newer and older form. */
function registrationOf(extensions: Extensions): Registration | null {
  for (const { node } of seenExtensions(extensions, STATE_CONFIGURATION)) {
    const settings = member(node, 'settings');
    const call = [memberAnyCase(settings, 'configurationFunction'), memberAnyCase(memberAnyCase(settings, 'configuration'), 'function')];
    if (!call.some((text) => typeof text === 'string' && /addsessionhost/i.test(text))) continue;
    const given = memberAnyCase(settings, 'properties') ?? memberAnyCase(settings, 'configurationArguments');
    const pool = memberAnyCase(given, 'hostPoolName');
    return { pool: typeof pool === 'string' && pool !== '' ? pool : null, entra: memberAnyCase(given, 'aadJoin') === true };
  }
  return null;
}

function memberAnyCase(value: Json | undefined, name: string): Json | undefined {
  if (!isObject(value)) return undefined;
  const own = Object.keys(value).find((key) => key.toLowerCase() === name.toLowerCase());
  return own === undefined ? undefined : value[own];
}

const hostIndexes = new WeakMap<Resources, ReadonlyMap<string, CloudResource>>();

function hostOf(resources: Resources, machine: CloudResource): CloudResource | undefined {
  let index = hostIndexes.get(resources);
  if (index === undefined) {
    const made = new Map<string, CloudResource>();
    for (const host of ofType(resources, SESSION_HOST_TYPE)) {
      const reference = referenceOf(host.body['resourceId']);
      if (typeof reference === 'string') made.set(relativeId(reference), host);
    }
    hostIndexes.set(resources, (index = made));
  }
  const id = plainId(machine);
  const host = index.get(relativeId(id));
  const reference = referenceOf(host?.body['resourceId']);
  return typeof reference === 'string' && sameResource(reference, id) ? host : undefined;
}

function tagOf(machine: CloudResource): string | null {
  const value = member(machine.body['tags'], 'cm-resource-parent');
  const reference = typeof value === 'string' ? referenceOf(value) : null;
  return typeof reference === 'string' && relativeId(reference).startsWith(`${HOST_POOL_TYPE}/`) ? reference : null;
}

function poolNamed(resources: Resources, name: string | null): CloudResource | null {
  const fitting = name === null ? [] : ofType(resources, HOST_POOL_TYPE).filter((pool) => pool.name.toLowerCase() === name.toLowerCase());
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}

function signsInWithEntra(pool: CloudResource): boolean {
  const declared = pool.body['customRdpProperty'];
  const { values } = effectiveRdp(typeof declared === 'string' ? declared : '');
  return values['enablerdsaadauth'] === 1 || values['targetisaadjoined'] === 1;
}
