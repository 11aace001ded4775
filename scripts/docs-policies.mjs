// One page a policy, and their index.
import { relative } from 'node:path';
import { stringify } from 'yaml';
import { controlName, controlsByFramework, FAMILY_TITLES, familyOf, packsOf, severityOf } from '../src/cli/policy-words.ts';
import { expand, settingAt } from '../src/lib/settings.ts';
import { pointersRead } from '../src/lib/schema-pointers.ts';
import { stepsOf } from '../src/model/pointer.ts';
import { code, fenced, page, plain, table } from './docs-markdown.mjs';

/** `[path, text]` for every policy and the index. */
export function policyDocuments(library, kinds, root) {
  const pages = library.policies.map((policy) => [`docs/policies/${policy.id}.md`, policyDocument(policy, library, kinds, root)]);
  return [...pages, ['docs/policies/README.md', indexDocument(library)]];
}

function policyDocument(policy, library, kinds, root) {
  const folder = relative(root, library.folders[policy.id] ?? '').replaceAll('\\', '/');
  const packs = packsOf(library.packs, policy.id);
  const facts = [
    ['Severity', plain(severityOf(policy))],
    ...(policy.verified === false ? [['Verified', 'no: a fact that it rests on is not confirmed by a primary source']] : []),
    ['Name', code(policy.name)],
    ['Judges', `[${plain(policy.kind)}](../facts.md#${anchor(policy.kind)})`],
    ['Packs', packs.length === 0 ? 'none' : packs.map(code).join(', ')],
    ...((policy.tags ?? []).length === 0 ? [] : [['Tags', policy.tags.map(code).join(', ')]]),
    ['Source', `[${plain(folder)}](../../${folder}/policy.yaml), with its [cases](../../${folder}/cases.yaml)`],
  ];
  return page(
    `# ${plain(policy.id)}: ${plain(policy.title)}`,
    table(['', ''], facts),
    plain(policy.why),
    '## What is judged',
    members(policy, kinds),
    fenced(
      stringify(
        {
          ...(policy.when === undefined ? {} : { when: policy.when }),
          assert: policy.assert,
          ...(policy.grades === undefined ? {} : { grades: policy.grades }),
        },
        { lineWidth: 0 },
      ),
      'yaml',
    ),
    `It says: ${plain(policy.message)}`,
    ...parameters(policy),
    ...fixes(policy, library.areas),
    ...(policy.run === undefined ? [] : ['## By hand', fenced(policy.run, 'text')]),
    ...((policy.controls ?? []).length === 0
      ? []
      : [
          '## Controls',
          table(
            ['Framework', 'Controls'],
            controlsByFramework(policy).map((row) => row.map(plain)),
          ),
        ]),
    '## Links',
    policy.links.map((link) => `- <${link}>`).join('\n'),
  );
}

/** The heading of a fact kind, as GitHub makes an anchor of it. */
const anchor = (kind) => kind.toLowerCase().replaceAll(/[^a-z0-9-]/g, '');

function members(policy, kinds) {
  const schema = kinds.find((kind) => kind.kind === policy.kind)?.schema;
  const rows = [...new Set([...pointersRead(policy.when), ...pointersRead(policy.assert)])].map((pointer) => {
    const steps = stepsOf(pointer);
    const member = steps.reduce((here, step) => here?.properties?.[step], schema);
    return [code(steps.join('.')), plain(member?.description ?? '')];
  });
  return table(['Member', 'What it is'], rows);
}

function parameters(policy) {
  const rows = Object.entries(policy.params ?? {}).map(([name, { default: preset, description, ...rest }]) => [
    code(name),
    plain(description ?? ''),
    code(JSON.stringify(preset)),
    code(JSON.stringify(rest)),
  ]);
  return rows.length === 0 ? [] : ['## Parameters', table(['Name', 'What it is', 'Default', 'Allowed'], rows)];
}

function fixes(policy, areas) {
  if (policy.fix === undefined) return [];
  const settings = new Map(
    policy.fix
      .flatMap((fix) => [fix.set ?? []].flat())
      .flatMap((change) => [change, ...(change.whenEmpty === undefined ? [] : [change.whenEmpty])])
      .map((change) => [change.setting.join('/'), change.setting]),
  );
  const rows = [...settings].map(([path, steps]) => {
    const found = settingAt(steps, areas);
    if (found === null) return [code(path), '', '', ''];
    return [
      code(path),
      plain(found.setting.risk),
      plain(found.setting.needs.join(', ')),
      found.setting.gpo === undefined ? '' : plain(expand(found.setting.gpo.path, found.names)),
    ];
  });
  return ['## Fix', policy.fix.map((fix) => `- ${plain(fix.title)}`).join('\n'), table(['Setting', 'Risk', 'Needs', 'Group Policy'], rows)];
}

function indexDocument(library) {
  const families = [...new Set(library.policies.map((policy) => familyOf(policy.id)))];
  const parts = families.flatMap((family) => {
    const rows = library.policies
      .filter((policy) => familyOf(policy.id) === family)
      .map((policy) => [
        `[${plain(policy.id)}](${policy.id}.md)`,
        plain(severityOf(policy)),
        plain(policy.title),
        packsOf(library.packs, policy.id).map(code).join(', '),
      ]);
    return [`## ${plain(family)}: ${plain(FAMILY_TITLES[family] ?? family)}`, table(['Policy', 'Severity', 'Title', 'Packs'], rows)];
  });
  const packs = library.packs.map((pack) => [
    code(pack.id),
    plain(pack.title),
    plain(pack.description ?? ''),
    String(library.policies.filter((policy) => packsOf([pack], policy.id).length > 0).length),
  ]);
  const frameworks = new Map(library.policies.flatMap((policy) => (policy.controls ?? []).map((control) => [control.framework, controlName(control)])));
  const covered = [...frameworks]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([framework, name]) => [
      plain(name),
      code(framework),
      String(library.policies.filter((policy) => policy.controls?.some((control) => control.framework === framework)).length),
    ]);
  return page(
    '# Policies',
    `${library.policies.length} policies in ${families.length} families. A severity is CVSS-like: critical from 9, high from 7, medium from 4, else low. A policy with a level instead says that something does not work; it gates like high (error), medium (warning) or low (note).`,
    '## Packs',
    table(['Pack', 'Title', 'What it is', 'Policies'], packs),
    ...parts,
    '## Frameworks',
    table(['Framework', 'Id in policies', 'Policies'], covered),
  );
}
