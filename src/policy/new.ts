import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { compileSchema } from '../lib/schema.ts';
import { YES } from '../lib/truth.ts';
import { nearest } from '../lib/schema-check.ts';
import { factKindOf } from '../lib/settings.ts';
import { FACT_KINDS } from '../model/facts/index.ts';
import { asList, isObject, type Json, type JsonObject, type JsonSchema } from '../model/json.ts';
import { UserError } from '../model/problem.ts';
import type { Area } from '../model/setting.ts';
import type { Library } from './library.ts';

export interface Skeleton {
  readonly policy: string;
  readonly cases: string;
}

/** The texts of a small complete policy for a kind, which lint and its own cases accept as they are. */
export function skeletonOf(id: string, kindName: string, areas: readonly Area[]): Skeleton {
  const area = areas.find((candidate) => candidate.kind === kindName);
  const kinds = [...FACT_KINDS, ...areas.map(factKindOf)];
  const kind = area === undefined ? kinds.find((candidate) => candidate.kind === kindName) : factKindOf(area);
  if (kind === undefined) {
    const near = nearest(
      kindName,
      kinds.map((candidate) => candidate.kind),
    );
    throw new UserError(
      'policy.unknown-kind',
      `There is no fact kind '${kindName}'.`,
      near === undefined ? 'docs/facts.md lists them.' : `Did you mean '${near}'?`,
    );
  }
  const judged = judgedMember(kind.schema, area);
  if (judged === null)
    throw new UserError('policy.no-member', `The fact kind '${kindName}' has no member that a skeleton could judge.`, 'Write the policy by hand.');
  return { policy: policyText(id, kindName, judged, area), cases: casesText(judged) };
}

/** Writes the skeleton; never over anything that is there. Returns the two paths. */
export function writeSkeleton(folder: string, skeleton: Skeleton): readonly [string, string] {
  if (existsSync(folder)) throw new UserError('policy.exists', `'${folder}' exists already.`, 'Nothing was written: take another id, or move the folder.');
  mkdirSync(folder, { recursive: true });
  const files = [join(folder, 'policy.yaml'), join(folder, 'cases.yaml')] as const;
  writeFileSync(files[0], skeleton.policy, { flag: 'wx' });
  writeFileSync(files[1], skeleton.cases, { flag: 'wx' });
  return files;
}

/** Where a new policy goes: beside its family, else in a folder of the family's name. */
export function folderFor(id: string, root: string, library: Library): string {
  const family = id.slice(0, id.indexOf('-'));
  const sister = library.policies
    .map((policy) => library.folders[policy.id] ?? '')
    .find((folder, index) => library.policies[index]?.id.startsWith(`${family}-`) === true && folder.startsWith(root));
  return join(sister === undefined ? join(root, family.toLowerCase()) : join(sister, '..'), id.toLowerCase());
}

interface Judged {
  readonly name: string;
  readonly wanted: Json;
  readonly other: Json;
  /** Members for the message and the cases: the host, the names of the instance. */
  readonly names: readonly string[];
}

/** The first member with two values to tell apart; members of a setting that can be set come first. */
function judgedMember(schema: JsonObject, area: Area | undefined): Judged | null {
  const members = Object.entries(isObject(schema['properties']) ? schema['properties'] : {});
  const naming = members.filter(([name, part]) => isNaming(name, part, area)).map(([name]) => name);
  const settings = area === undefined ? [] : Object.keys(area.settings).filter((name) => (area.settings[name]?.write ?? []).length > 0);
  const ordered = [...members.filter(([name]) => settings.includes(name)), ...members.filter(([name]) => !settings.includes(name))];
  for (const [name, part] of ordered) {
    if (name === 'sources' || naming.includes(name)) continue;
    const [wanted, other] = twoValues(part as JsonSchema);
    if (wanted !== undefined && other !== undefined) return { name, wanted, other, names: naming };
  }
  return null;
}

function isNaming(name: string, part: Json, area: Area | undefined): boolean {
  if (name === 'host' || name === 'name' || name === 'broker' || name === 'collection') return isObject(part) && part['type'] === 'string';
  return area?.path.split('/').includes(`{${name}}`) === true;
}

const CANDIDATES: readonly Json[] = [
  true,
  false,
  1,
  2,
  0,
  60,
  3389,
  'one',
  'two',
  [],
  ['one'],
  { a: 1 },
  'A'.repeat(40),
  'B'.repeat(40),
  ['S-1-5-32-544'],
  ['S-1-5-32-555'],
];

function twoValues(schema: JsonSchema): Json[] {
  const listed = isObject(schema) && Array.isArray(schema['enum']) ? asList(schema['enum']) : [...CANDIDATES, ...sampleLists(schema)];
  const holds = compileSchema(schema);
  return listed
    .filter((value) => value !== null && holds(value) === YES && (isObject(schema) ? Object.keys(schema).some((keyword) => keyword !== 'description') : true))
    .slice(0, 2);
}

/** A list of one element, where elements are objects with members of their own. */
function sampleLists(schema: JsonSchema): Json[] {
  const items = isObject(schema) ? schema['items'] : undefined;
  const members = isObject(items) && isObject(items['properties']) ? Object.entries(items['properties']) : [];
  if (members.length === 0) return [];
  const element = members.flatMap(([name, part]): [string, Json][] => {
    const holds = compileSchema(part as JsonSchema);
    const listed = isObject(part) && Array.isArray(part['enum']) ? asList(part['enum']) : CANDIDATES;
    const value = listed.find((candidate) => candidate !== null && holds(candidate) === YES);
    return value === undefined ? [] : [[name, value]];
  });
  return [[Object.fromEntries(element)]];
}

function policyText(id: string, kind: string, judged: Judged, area: Area | undefined): string {
  const shown = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
  const subject = judged.names.length === 0 ? '' : ` of ${judged.names.map((name) => `'{${name}}'`).join(' ')}`;
  const setting = area !== undefined && (area.settings[judged.name]?.write ?? []).length > 0;
  const policy: JsonObject = {
    id,
    name: `New${id.replaceAll(/[^A-Z0-9]/g, '')}Policy`,
    title: `Require the wanted value of ${judged.name}`,
    kind,
    severity: 3.9,
    verified: false,
    assert: { required: [judged.name], properties: { [judged.name]: { const: judged.wanted } } },
    message: `The value of ${judged.name}${subject} is '{${judged.name}}'; it should be '${shown(judged.wanted)}'.`,
    why: 'Say here in one to three sentences what goes wrong otherwise.',
    ...(setting ? { fix: [{ title: `Set ${judged.name}`, set: { setting: [...area.path.split('/'), judged.name], value: judged.wanted } }] } : {}),
    links: [
      kind.startsWith('azure.')
        ? 'https://learn.microsoft.com/azure/virtual-desktop/'
        : 'https://learn.microsoft.com/windows-server/remote/remote-desktop-services/',
    ],
  };
  return `# A start: say what it judges and why, name the page that states the fact, and take 'verified' away once it does.\n${stringify(policy, { lineWidth: 0 })}`;
}

function casesText(judged: Judged): string {
  const data = (value: Json): JsonObject => ({
    ...Object.fromEntries(judged.names.map((name) => [name, name === 'host' ? 'rdsh01.contoso.com' : 'one'])),
    [judged.name]: value,
  });
  const cases: Json[] = [
    { name: 'as it should be', data: data(judged.wanted), expect: 'pass' },
    { name: 'another value', data: data(judged.other), expect: 'fail' },
    { name: 'the value could not be read', data: data(null), unknown: [`/${judged.name}`], expect: 'unknown' },
  ];
  return stringify(cases, { lineWidth: 0 });
}
