import { relativeId, sameResource } from '../../../lib/azure-id.ts';
import { type CloudResource, isUnresolved } from '../../../model/cloud-resource.ts';
import { isObject, type Json, type JsonObject, member } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import { effectiveRdp } from '../../../lib/rdp-properties.ts';
import { ownerIdOf, plainId } from '../coverage.ts';
import { HOST_POOL_TYPE, SESSION_HOST_TYPE } from '../desktop/types.ts';
import { findResource, ofType, referenceOf, type Resources } from '../resources.ts';
import { allOf, anyOf, flagAt, known, wordAt } from '../values.ts';
import { DOMAIN_JOIN, type Extensions, seenExtensions, STATE_CONFIGURATION } from './extensions.ts';

/**
 * What the input shows of a machine's place in Azure Virtual Desktop. What it does not show is not a session host's.
 * A session host is known by the pool's list of them, by the DSC extension that registers it, and by the tag with which the
 * portal ties what belongs to a pool to it.
 */
export function membershipOf(resources: Resources, machine: CloudResource, extensions: Extensions, unknown: Pointer[]): JsonObject {
  const registration = registrationOf(extensions);
  const registered = hostOf(resources, machine);
  const tagged = tagOf(machine);
  const id = registered === undefined ? tagged : ownerIdOf(registered);
  const pool = id === null ? poolNamed(resources, registration?.pool ?? null) : findResource(resources, id);
  const type = pool?.body['hostPoolType'];
  // Alone, or its pool signs people in with it and nothing joins the machine to a domain.
  const entra = anyOf([registration === null ? false : registration.entra, pool === null ? false : signsInWithEntra(pool)]);
  return {
    sessionHost: registration !== null || registered !== undefined || tagged !== null,
    hostPool: pool?.name ?? registration?.pool ?? (id === null ? null : id.slice(id.lastIndexOf('/') + 1)),
    hostPoolType: wordAt(type, POOL_TYPES, 'not-stated', '/hostPoolType', unknown),
    entraJoined: known(allOf([entra, isWithoutDomain(extensions)]), '/entraJoined', unknown),
  };
}

const POOL_TYPES = ['Pooled', 'Personal', 'BYODesktop'];

/** A join that may not be there, or failed, leaves it open. */
function isWithoutDomain(extensions: Extensions): boolean | null {
  const shown = seenExtensions(extensions, DOMAIN_JOIN);
  return shown.some(({ certain }) => certain) ? false : shown.length > 0 ? null : true;
}

interface Registration {
  readonly pool: string | null;
  /** Null when it is unresolved. */
  readonly entra: boolean | null;
}

/** `Configuration.ps1\AddSessionHost` with its arguments, in the extension's newer and older form. */
function registrationOf(extensions: Extensions): Registration | null {
  for (const { node } of seenExtensions(extensions, STATE_CONFIGURATION)) {
    const settings = member(node, 'settings');
    const call = [memberAnyCase(settings, 'configurationFunction'), memberAnyCase(memberAnyCase(settings, 'configuration'), 'function')];
    if (!call.some((text) => typeof text === 'string' && /addsessionhost/i.test(text))) continue;
    const given = memberAnyCase(settings, 'properties') ?? memberAnyCase(settings, 'configurationArguments');
    const pool = memberAnyCase(given, 'hostPoolName');
    return { pool: typeof pool === 'string' && pool !== '' ? pool : null, entra: flagAt(memberAnyCase(given, 'aadJoin'), false, '', []) };
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

function signsInWithEntra(pool: CloudResource): boolean | null {
  const declared = pool.body['customRdpProperty'];
  if (isUnresolved(declared)) return null;
  const { values } = effectiveRdp(typeof declared === 'string' ? declared : '');
  return values['enablerdsaadauth'] === 1 || values['targetisaadjoined'] === 1;
}
