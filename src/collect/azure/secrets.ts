import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';

/** Stands where something was that could log somebody on: that it was there is known, what it was is not. */
export const NOT_COLLECTED = '(not collected)';

const MAX_DEPTH = 64;

/** Members that are secrets wherever they stand. Paths and ids of secrets (`secretUrl`, `keyVaultSecretId`) are none. */
const SECRET_MEMBER =
  /^(?:.*password|.*passphrase|.*secret|secret(?:key|value)|.*sharedkey|.*accesskey|accountkey|primarykey|secondarykey|.*connectionstring|token|.*accesstoken|sastoken|.*sasuri|.*privatekey|authorizationkey|customdata|userdata|protectedsettings|webhookproperties)$/i;
/** Member names that end like one and say how it is handled. */
const NO_SECRET = /^(?:disablepassword.*|ispassword|haspassword|.*requirepassword)$/i;

/**
 * Places in a value that hold a secret in plain sight, as names joined by `/`: what policies look for in the same value. It is
 * asked before anything is taken away.
 */
export type SecretFinder = (value: Json, isCommand: boolean) => readonly string[];

/** Stands for a text that held a secret in plain sight, and still says so to whoever looks for one. */
export const SECRET_TEXT = 'Password=not-collected';

/** What a text holds that could log somebody on, and what stands there instead. */
const IN_TEXT: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/([?&;](?:sig|code|token|access_token)=)[^&\s"']+/gi, '$1notcollectednotcollected'],
  [/((?:AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd)=)[^;\s"']+/gi, '$1not-collected'],
  [/eyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]+)?/g, SECRET_TEXT],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, SECRET_TEXT],
];

/**
 * A resource as it may be written into a snapshot. What could log somebody on is taken away when it is collected, so that
 * no snapshot, report or log ever holds it; `NOT_COLLECTED` and `SECRET_TEXT` say that it was there.
 */
export function withoutSecrets(resource: JsonObject, find: SecretFinder): JsonObject {
  const type = member(resource, 'type');
  const special = typeof type === 'string' ? SPECIAL[type.toLowerCase()] : undefined;
  const properties = member(resource, 'properties');
  const tags = member(resource, 'tags');
  const first = {
    ...resource,
    ...(isObject(tags) ? { tags: tagsOf(tags, find) } : {}),
    ...(special !== undefined && isObject(properties) ? { properties: special(properties, find) } : {}),
  };
  return swept(first, 0) as JsonObject;
}

function tagsOf(tags: JsonObject, find: SecretFinder): JsonObject {
  const places = new Set(find(tags, false));
  return Object.fromEntries(Object.entries(tags).map(([name, held]) => [name, places.has(name.slice(0, MAX_NAME)) ? SECRET_TEXT : held]));
}

function swept(value: Json, depth: number): Json {
  if (typeof value === 'string') return sweptText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return null;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => swept(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => [name, isSecret(name) && isHeld(held) && held !== SECRET_TEXT ? NOT_COLLECTED : swept(held, depth + 1)]),
  );
}

function isSecret(name: string): boolean {
  return SECRET_MEMBER.test(name) && !NO_SECRET.test(name);
}

/** `false`, `null` and `''` say that there is none. */
function isHeld(value: Json): boolean {
  return value !== null && value !== '' && typeof value !== 'boolean';
}

function sweptText(text: string): string {
  return IN_TEXT.reduce((shown, [pattern, instead]) => shown.replaceAll(pattern, instead), text);
}

type Change = (properties: JsonObject, find: SecretFinder) => JsonObject;

const SPECIAL: Readonly<Record<string, Change>> = {
  'microsoft.desktopvirtualization/hostpools': hostPool,
  'microsoft.compute/virtualmachines/extensions': extension,
  'microsoft.hybridcompute/machines/extensions': extension,
  'microsoft.compute/virtualmachines': machine,
  'microsoft.compute/virtualmachinescalesets': (properties, find) => withProfile(properties, 'virtualMachineProfile', find, scaleSetProfile),
  'microsoft.network/applicationgateways': applicationGateway,
};

function withProfile(properties: JsonObject, name: string, find: SecretFinder, change: Change): JsonObject {
  const profile = member(properties, name);
  return isObject(profile) ? { ...properties, [name]: change(profile, find) } : properties;
}

/** Commands that run when a machine is made, in Base64. */
function machine(properties: JsonObject, find: SecretFinder): JsonObject {
  return withCommand(withProfile(properties, 'osProfile', find, machineProfile), 'userData', find);
}

function withCommand(part: JsonObject, name: string, find: SecretFinder): JsonObject {
  const held = member(part, name);
  if (typeof held !== 'string' || held === '') return part;
  return { ...part, [name]: find(held, true).length > 0 ? SECRET_TEXT : NOT_COLLECTED };
}

/** What a template of machines says of their security; names, accounts and domains are nobody's business. */
const TEMPLATE_MEMBERS = new Set(
  'securitytype secureboot vtpm imagetype galleryimageoffer galleryimagepublisher galleryimagesku imageuri osdisktype usemanageddisks vmsize encryptionathost diskencryptiontype hibernate'.split(
    ' ',
  ),
);

function hostPool(properties: JsonObject): JsonObject {
  const template = member(properties, 'vmTemplate');
  return typeof template === 'string' && template !== '' ? { ...properties, vmTemplate: templateText(template) } : properties;
}

function templateText(text: string): string {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return NOT_COLLECTED;
  }
  if (!isObject(value)) return NOT_COLLECTED;
  return JSON.stringify(
    Object.fromEntries(Object.entries(value).map(([name, held]) => [name, TEMPLATE_MEMBERS.has(name.toLowerCase()) ? held : NOT_COLLECTED])),
  );
}

/**
 * Settings of an extension are readable for whoever reads the machine, and hold what somebody put there: command lines, tokens.
 * Numbers, switches and single words stay; any other text goes.
 */
function extension(properties: JsonObject, find: SecretFinder): JsonObject {
  const settings = member(properties, 'settings');
  if (settings === undefined || settings === null) return properties;
  const places = find(settings, false);
  return { ...properties, settings: settingsOf(settings, '', new Set(places), 0) };
}

const PLAIN_WORD = /^[A-Za-z0-9][\w.-]{0,31}$/;
/** As much of a name counts in a place. */
const MAX_NAME = 80;

function settingsOf(value: Json, place: string, places: ReadonlySet<string>, depth: number): Json {
  if (typeof value === 'string') {
    if (places.has(place === '' ? 'its text' : place)) return SECRET_TEXT;
    return value === '' || PLAIN_WORD.test(value) ? value : NOT_COLLECTED;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return null;
  const below = (name: string): string => `${place}${place === '' ? '' : '/'}${name.slice(0, MAX_NAME)}`;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item, index) => settingsOf(item, below(String(index)), places, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, settingsOf(held, below(key), places, depth + 1)]));
}

/** Answers to the setup program hold the passwords of accounts that it logs on. */
function machineProfile(given: JsonObject, find: SecretFinder): JsonObject {
  const profile = withCommand(given, 'customData', find);
  const windows = member(profile, 'windowsConfiguration');
  const answers = member(windows, 'additionalUnattendContent');
  if (!isObject(windows) || !Array.isArray(answers)) return profile;
  const kept = (answers as readonly Json[]).map((answer) =>
    isObject(answer) && Object.hasOwn(answer, 'content') ? { ...answer, content: NOT_COLLECTED } : answer,
  );
  return { ...profile, windowsConfiguration: { ...windows, additionalUnattendContent: kept } };
}

function scaleSetProfile(profile: JsonObject, find: SecretFinder): JsonObject {
  const made = withCommand(withProfile(profile, 'osProfile', find, machineProfile), 'userData', find);
  const list = member(member(profile, 'extensionProfile'), 'extensions');
  if (!Array.isArray(list)) return made;
  const kept = (list as readonly Json[]).map((item) => {
    const properties = member(item, 'properties');
    return isObject(item) && isObject(properties) ? { ...item, properties: extension(properties, find) } : item;
  });
  return { ...made, extensionProfile: { ...(member(profile, 'extensionProfile') as JsonObject), extensions: kept } };
}

/** A certificate that was uploaded with its key. The public part stays. */
function applicationGateway(properties: JsonObject): JsonObject {
  const list = member(properties, 'sslCertificates');
  if (!Array.isArray(list)) return properties;
  const kept = (list as readonly Json[]).map((item) => {
    const inner = member(item, 'properties');
    return isObject(item) && isObject(inner) && isHeld(member(inner, 'data') ?? null) ? { ...item, properties: { ...inner, data: NOT_COLLECTED } } : item;
  });
  return { ...properties, sslCertificates: kept };
}
