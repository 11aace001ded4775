import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Cloud, cloudOf } from '../collect/azure/cloud.ts';
import type { AzureCollected, AzureTarget } from '../collect/azure/collect.ts';
import { isProblem, nameOf, readTextFile } from '../collect/files.ts';
import type { Redactor } from '../collect/live/redact.ts';
import { type ParsedOptions, textOf } from '../config/options.ts';
import { DocumentError, openDocument } from '../lib/document.ts';
import { globMatches } from '../lib/glob.ts';
import { checkDocument } from '../lib/schema-check.ts';
import type { CloudSetting, Estate } from '../model/estate.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { type Problem, UserError } from '../model/problem.ts';
import type { Area } from '../model/setting.ts';
import { searchSecrets } from '../normalise/azure/machines/secrets.ts';
import { loadEstate } from '../scan/plan.ts';
import { userFolder, versionOf } from './paths.ts';
import { type Trusted, twinOf } from './trusted.ts';

/** What of Azure is read, and where it is. */
export interface AzurePlan {
  readonly cloud: Cloud;
  readonly subscriptions: readonly string[];
  readonly managementGroups: readonly string[];
  /** Patterns of subscriptions below the management groups, to keep to; none: all. */
  readonly only: readonly string[];
}

export interface AzureContacts {
  /** Null where nothing of Azure is read. */
  readonly plan: AzurePlan | null;
  /** Subscriptions and management groups that are not read, by target id, and why. */
  readonly refused: ReadonlyMap<string, Problem>;
  /** Those that the trusted estate does not have. */
  readonly strangers: readonly string[];
}

const NOBODY: AzureContacts = { plan: null, refused: new Map(), strangers: [] };

/**
 * What of Azure is contacted. Credentials go to the clouds that everybody knows; to another place only when a trusted checkout
 * or the user's own flag says so, since a pull request could name its author's.
 */
export function azureContacts(estate: Estate, estateFile: string, trusted: Trusted | null, areas: readonly Area[], options: ParsedOptions): AzureContacts {
  const { azure } = estate;
  if (azure === null || azure.subscriptions.length + azure.managementGroups.length === 0) return NOBODY;
  const twin = trusted === null ? null : twinOf(estateFile, trusted);
  const theirs = trusted === null || twin === null ? azure : existsSync(twin) ? loadEstate(twin, trusted.folder, areas).estate.azure : null;
  const kept = (mine: readonly string[], other: readonly string[]): string[] => {
    const known = new Set(other.map((name) => name.toLowerCase()));
    return mine.filter((name) => known.has(name.toLowerCase()));
  };
  const subscriptions = kept(azure.subscriptions, theirs?.subscriptions ?? []);
  const managementGroups = kept(azure.managementGroups, theirs?.managementGroups ?? []);
  const reached = new Set([...subscriptions, ...managementGroups]);
  const strangers = [...azure.subscriptions, ...azure.managementGroups].filter((name) => !reached.has(name));
  if (reached.size === 0 || theirs === null) return { ...NOBODY, strangers };
  const file = textOf(options, 'azure-cloud');
  const setting = file === null ? theirs.cloud : cloudFile(file);
  const cloud = file === null && trusted === null && typeof setting !== 'string' ? UNTRUSTED : cloudOf(setting);
  if ('level' in cloud) return { plan: null, refused: new Map([...reached].map((name) => [idOf(name), { ...cloud, target: idOf(name) }])), strangers };
  return { plan: { cloud, subscriptions, managementGroups, only: [] }, refused: new Map(), strangers };
}

function idOf(name: string): string {
  return `azure:${name.toLowerCase()}`;
}

const UNTRUSTED: Problem = {
  level: 'error',
  code: 'azure.untrusted-cloud',
  message: 'The estate names a cloud of its own, and credentials are sent to addresses of a trusted source only.',
  hint: 'Give the addresses by --azure-cloud FILE, or scan with --trusted-config DIR and the estate of a checkout that nobody else can change.',
};

const CLOUD_SCHEMA: JsonObject = {
  type: 'object',
  required: ['resourceManager', 'authority'],
  additionalProperties: false,
  properties: { resourceManager: { type: 'string' }, authority: { type: 'string' }, keyVaultSuffix: { type: 'string' }, audience: { type: 'string' } },
};

function cloudFile(given: string): CloudSetting {
  const wrong = (why: string): UserError =>
    new UserError('azure.cloud-file', `--azure-cloud: '${given}' ${why}`, 'Write resourceManager and authority into it, as https://HOST.');
  const path = resolve(userFolder(), given);
  const file = readTextFile(path, userFolder());
  if (isProblem(file)) throw wrong(`cannot be used. ${file.message}`);
  let value: Json;
  try {
    ({ value } = openDocument(file.text, /\.json$/i.test(path) ? 'json' : 'yaml'));
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw wrong(`cannot be read: ${error.message}`);
  }
  const [fault] = checkDocument(CLOUD_SCHEMA, value);
  if (fault !== undefined) throw wrong(`cannot be used: '${fault.pointer === '' ? nameOf(path, userFolder()) : fault.pointer}' ${fault.message}.`);
  const raw = value as unknown as {
    readonly resourceManager: string;
    readonly authority: string;
    readonly keyVaultSuffix?: string;
    readonly audience?: string;
  };
  return { ...raw, keyVaultSuffix: raw.keyVaultSuffix ?? null, audience: raw.audience ?? null };
}

/** What somebody names of it: subscriptions, management groups, `azure` for all, patterns; everything where nothing is named. */
export function selectAzure(contacts: AzureContacts, names: readonly string[]): AzureContacts {
  if (names.length === 0 || names.some((name) => name.toLowerCase() === 'azure')) return contacts;
  const refused = new Map([...contacts.refused].filter(([id]) => names.some((name) => matches(name, id.slice('azure:'.length)))));
  const { plan } = contacts;
  if (plan === null) return { ...contacts, refused };
  const subscriptions = plan.subscriptions.filter((one) => names.some((name) => matches(name, one)));
  const groups = plan.managementGroups.filter((one) => names.some((name) => matches(name, one)));
  // A subscription that the estate does not list is looked for below its management groups.
  const below = names.filter((name) => SUBSCRIPTION.test(name) && !plan.subscriptions.some((one) => matches(name, one)));
  const managementGroups = below.length === 0 ? groups : plan.managementGroups;
  const only = groups.length > 0 ? [] : below;
  return { ...contacts, refused, plan: subscriptions.length + managementGroups.length === 0 ? null : { ...plan, subscriptions, managementGroups, only } };
}

/** Whether a name is one of Azure's: it names no host then. */
export function isAzureName({ azure }: Pick<Estate, 'azure'>, name: string): boolean {
  if (azure === null) return false;
  return name.toLowerCase() === 'azure' || SUBSCRIPTION.test(name) || [...azure.subscriptions, ...azure.managementGroups].some((one) => matches(name, one));
}

const SUBSCRIPTION = /^(?:azure:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function matches(pattern: string, name: string): boolean {
  return globMatches(pattern, name) || globMatches(pattern, `azure:${name.toLowerCase()}`);
}

export interface AzureRun {
  readonly timeoutSeconds: number;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly redact: Redactor | null;
  readonly wants: (target: AzureTarget) => boolean;
  readonly onFound: (ids: readonly string[], count: number) => void;
  readonly onStart: (target: AzureTarget) => void;
  readonly onSource: (target: AzureTarget, source: string) => void;
}

/** More readers wait for one quota. */
const MOST_AT_ONCE = 3;

/** Reads what the plan says. The vendor's libraries are loaded here, and by nobody before. */
export async function* runAzure(plan: AzurePlan, run: AzureRun): AsyncGenerator<AzureCollected> {
  const { collectAzure } = await import('../collect/azure/collect.ts');
  const listed = new Set(plan.subscriptions);
  yield* collectAzure({
    ...run,
    cloud: plan.cloud,
    subscriptions: plan.subscriptions,
    managementGroups: plan.managementGroups,
    wants: (target) => (listed.has(target.name) || plan.only.length === 0 || plan.only.some((pattern) => matches(pattern, target.name))) && run.wants(target),
    version: versionOf(),
    concurrency: Math.min(run.concurrency, MOST_AT_ONCE),
    findSecrets: (value, isCommand) => searchSecrets(value, isCommand).found.map(({ place }) => place),
  });
}
