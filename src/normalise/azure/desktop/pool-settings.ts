import { type CloudResource, isUnresolved } from '../../../model/cloud-resource.ts';
import { isObject, type Json, type JsonObject, member } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import { marketplaceRelease, phaseAt } from '../machines/image.ts';
import { listOf, memberOf } from '../resources.ts';
import { anyOf, flagAt, HOUR, isAbsent, known, numberAt, timeOf, wordAt } from '../values.ts';

/** The service's own default: no limit at all. */
const NO_SESSION_LIMIT = 999_999;

const BALANCING = ['BreadthFirst', 'DepthFirst', 'Persistent', 'MultiplePersistent'];

/** What a host pool says beside its RDP properties. */
export function poolSettings(pool: CloudResource, now: string, unknown: Pointer[]): JsonObject {
  const { body } = pool;
  return {
    loadBalancerType: wordAt(body['loadBalancerType'], BALANCING, 'not-stated', '/loadBalancerType', unknown),
    maxSessionLimit: numberAt(body['maxSessionLimit'], NO_SESSION_LIMIT, '/maxSessionLimit', unknown),
    validationEnvironment: flagAt(body['validationEnvironment'], false, '/validationEnvironment', unknown),
    agentUpdate: agentUpdate(body['agentUpdate'], unknown),
    registration: registration(body['registrationInfo'], Date.parse(now), unknown),
    newHosts: newHosts(body['vmTemplate'], now, unknown),
    federationSecret: known(federationSecret(body), '/federationSecret', unknown),
    udp: Object.fromEntries(UDP.map(([name, from]) => [name, wordAt(body[from], SWITCH, 'Default', `/udp/${name}`, unknown)])),
  };
}

const SWITCH = ['Default', 'Enabled', 'Disabled'];
const UDP = [
  ['managedPrivate', 'managedPrivateUDP'],
  ['direct', 'directUDP'],
  ['public', 'publicUDP'],
  ['relay', 'relayUDP'],
] as const;

function agentUpdate(value: Json | undefined, unknown: Pointer[]): JsonObject {
  const windows = memberOf(value, 'maintenanceWindows');
  const type = wordAt(memberOf(value, 'type'), ['Default', 'Scheduled'], 'Default', '/agentUpdate/type', unknown);
  if (isUnresolved(windows)) unknown.push('/agentUpdate/windows');
  return { type, windows: isUnresolved(windows) ? null : listOf(windows).length };
}

/** A token in the clear is one whatever its time; one that a state keeps as a secret is not shown. */
function registration(value: Json | undefined, now: number, unknown: Pointer[]): JsonObject {
  const token = memberOf(value, 'token');
  const expires = memberOf(value, 'expirationTime');
  const operation = memberOf(value, 'registrationTokenOperation');
  const isGone = typeof operation === 'string' && operation.toLowerCase() === 'delete';
  const time = timeOf(expires);
  const hours = isAbsent(expires) || isGone ? 0 : time === null ? null : Math.max(0, Math.ceil((time - now) / HOUR));
  if (hours === null) unknown.push('/registration/hoursLeft');
  return { tokenShown: typeof token === 'string' && token !== '', hoursLeft: hours };
}

const SECURITY_TYPES = ['TrustedLaunch', 'ConfidentialVM', 'Standard'];

/** `vmTemplate` is JSON in a text, as the portal writes it; new hosts are made by it. */
function newHosts(value: Json | undefined, now: string, unknown: Pointer[]): JsonObject {
  const template = typeof value === 'string' && value !== '' ? parsed(value) : (value ?? null);
  const stated = isObject(template) && !isUnresolved(template) ? true : isAbsent(value) ? false : null;
  if (stated !== true) {
    if (stated === null) unknown.push('/newHosts');
    const none = stated === null ? null : 'none';
    return { stated, securityType: none, secureBoot: stated, vTpm: stated, image: none, phase: stated === null ? null : 'not-known' };
  }
  const [publisher, sku] = [member(template, 'galleryImagePublisher'), member(template, 'galleryImageSKU')];
  const release = typeof publisher === 'string' && typeof sku === 'string' ? marketplaceRelease(publisher, sku) : null;
  return {
    stated,
    securityType: wordAt(member(template, 'securityType'), SECURITY_TYPES, 'Standard', '/newHosts/securityType', unknown),
    secureBoot: flagAt(member(template, 'secureBoot'), false, '/newHosts/secureBoot', unknown),
    vTpm: flagAt(member(template, 'vTPM'), false, '/newHosts/vTpm', unknown),
    image: typeof sku === 'string' ? sku.slice(0, 100) : 'not-stated',
    phase: release === null ? 'not-known' : phaseAt(release, now),
  };
}

function parsed(text: string): Json {
  try {
    return text.length > 65_536 ? null : (JSON.parse(text) as Json);
  } catch {
    return null;
  }
}

/** The older sign-on with AD FS keeps a secret that lasts. */
function federationSecret(body: JsonObject): boolean | null {
  const { ssoClientSecretKeyVaultPath: path, ssoSecretType: shared } = body;
  return anyOf([isUnresolved(path) ? null : !isAbsent(path), isUnresolved(shared) ? null : typeof shared === 'string' && /^sharedkey/i.test(shared)]);
}

/** Where in the pool's own text a finding stands. */
export const POOL_PLACES: Readonly<Record<Pointer, Pointer>> = {
  '/agentUpdate': '/agentUpdate',
  '/registration': '/registrationInfo',
  '/maxSessionLimit': '/maxSessionLimit',
  '/validationEnvironment': '/validationEnvironment',
  '/newHosts': '/vmTemplate',
  '/federationSecret': '/ssoClientSecretKeyVaultPath',
  '/udp/public': '/publicUDP',
  '/udp/relay': '/relayUDP',
};
