import { pointersRead } from '../lib/schema-pointers.ts';
import { expand, factKindOf, settingAt } from '../lib/settings.ts';
import { FACT_KINDS } from '../model/facts/index.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { stepsOf } from '../model/pointer.ts';
import type { Policy, PolicyFix, SetChange } from '../model/policy.ts';
import type { Area } from '../model/setting.ts';
import type { Library } from '../policy/library.ts';
import { controlsByFramework, packsOf, severityOf } from './policy-words.ts';
import { bullets, labelled, paragraph, section, verbatim } from './text-page.ts';

/** A policy for somebody who reads about it in a terminal. */
export function policyPage(policy: Policy, library: Library): string {
  return [
    paragraph(`${policy.id}  ${policy.title}`, 0, policy.id.length + 2),
    '\n',
    labelled(facts(policy, library)),
    section('Why', paragraph(policy.why, 2)),
    section('What is judged', judged(policy, library.areas)),
    section('Parameters', labelled(parameters(policy))),
    section('Fix', (policy.fix ?? []).map(fixText).join('')),
    section('Settings that it sets', settingsText(policy, library.areas)),
    section('By hand', policy.run === undefined ? '' : verbatim(policy.run)),
    section('Controls', labelled(controlsByFramework(policy))),
    section('Links', policy.links.map((link) => verbatim(link)).join('')),
  ].join('');
}

function facts(policy: Policy, library: Library): (readonly [string, string])[] {
  const packs = packsOf(library.packs, policy.id);
  return [
    ['severity', severityOf(policy) + (policy.grades === undefined ? '' : ', lower where less is at stake')],
    ...(policy.verified === false ? [['verified', 'no: a fact that it rests on is not confirmed by a primary source'] as const] : []),
    ['name', policy.name],
    ['judges', policy.kind],
    ['packs', packs.length === 0 ? 'none: name it with --only' : packs.join(', ')],
    ...(policy.tags === undefined || policy.tags.length === 0 ? [] : [['tags', policy.tags.join(', ')] as const]),
  ];
}

function judged(policy: Policy, areas: readonly Area[]): string {
  const kind = [...FACT_KINDS, ...areas.map(factKindOf)].find((candidate) => candidate.kind === policy.kind);
  const rows = [...new Set([...pointersRead(policy.when), ...pointersRead(policy.assert)])].map(
    (pointer) => [stepsOf(pointer).join('.'), memberText(kind?.schema, pointer)] as const,
  );
  return (kind === undefined ? '' : paragraph(`${kind.title}:`, 2)) + labelled(rows, 4) + paragraph(`It says: ${policy.message}`, 2);
}

function memberText(schema: JsonObject | undefined, pointer: string): string {
  let here: JsonObject | undefined = schema;
  for (const step of stepsOf(pointer)) {
    const members: JsonObject | undefined = isObject(here?.['properties']) ? here['properties'] : undefined;
    const next = members !== undefined && Object.hasOwn(members, step) ? members[step] : undefined;
    here = isObject(next) ? next : undefined;
  }
  return typeof here?.['description'] === 'string' ? here['description'] : '';
}

function parameters(policy: Policy): (readonly [string, string])[] {
  return Object.entries(policy.params ?? {}).map(([name, schema]) => {
    const { default: preset, description, ...rest } = isObject(schema) ? schema : {};
    const words = typeof description === 'string' ? `${description} ` : '';
    return [
      name,
      `${words}Default ${JSON.stringify(preset ?? null)}; allowed: ${JSON.stringify(rest)}. Set it with --var ${policy.id}.${name}=VALUE.`,
    ] as const;
  });
}

function changesOf(fix: PolicyFix): SetChange[] {
  return many(fix.set).flatMap((change) => [change, ...(change.whenEmpty === undefined ? [] : [change.whenEmpty])]);
}

function fixText(fix: PolicyFix): string {
  const settings = changesOf(fix).map(setText);
  const edits = many(fix.edit).map((edit) => `resource member '${edit.at === '' ? '(itself)' : edit.at}'${edit.remove === true ? ' is removed' : ''}`);
  const commands = (fix.az ?? []).map(
    (command) => `az ${command.map((argument) => (typeof argument === 'string' ? argument : `{intent.${argument.$intent}}`)).join(' ')}`,
  );
  return paragraph(`- ${fix.title}`, 2, 4) + bullets([...settings, ...edits], 4) + commands.map((command) => verbatim(command, 6)).join('');
}

function setText(change: SetChange): string {
  const to =
    change.value !== undefined
      ? ` to ${valueText(change.value)}`
      : change.with !== undefined
        ? ` gains ${valueText(change.with)}`
        : ` loses ${valueText(change.without ?? [])}`;
  return `${change.setting.join('/')}${to}`;
}

function valueText(value: Json): string {
  if (isObject(value) && typeof value['$param'] === 'string') return `the parameter ${value['$param']}`;
  if (isObject(value) && typeof value['$intent'] === 'string') return `what the estate says in intent.${value['$intent']}`;
  return JSON.stringify(value);
}

/** The settings that the fixes set, once each: what they may cut, what they need, who may own them. */
function settingsText(policy: Policy, areas: readonly Area[]): string {
  const paths = new Map((policy.fix ?? []).flatMap(changesOf).map((change) => [change.setting.join('/'), change.setting]));
  return [...paths]
    .map(([path, steps]) => {
      const found = settingAt(steps, areas);
      if (found === null) return paragraph(`- ${path}`, 2, 4);
      const needs = found.setting.needs.length === 0 ? '' : `, needs ${found.setting.needs.join(', ')}`;
      const gpo = found.setting.gpo === undefined ? '' : paragraph(`Group Policy: ${expand(found.setting.gpo.path, found.names)}`, 4);
      return paragraph(`- ${path}: risk ${found.setting.risk}${needs}`, 2, 4) + gpo;
    })
    .join('');
}

function many<Item>(value: Item | readonly Item[] | undefined): readonly Item[] {
  return value === undefined ? [] : Array.isArray(value) ? (value as readonly Item[]) : [value as Item];
}
