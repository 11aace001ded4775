// Settings, facts, snapshot sections, commands, exit codes.
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMANDS, EXIT_CODES } from '../src/cli/commands.ts';
import { SECTIONS } from '../src/model/sections/index.ts';
import { NOT_VERIFIED } from '../src/model/sections/rights.ts';
import { allowed, code, fenced, memberRows, page, plain, table } from './docs-markdown.mjs';

export function settingsDocument(areas) {
  const parts = areas
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .flatMap((area) => {
      const rows = Object.entries(area.settings).map(([name, setting]) => [
        code(name),
        plain(setting.title),
        `${allowed(setting.value)}${setting.unit === undefined ? '' : ` (${plain(setting.unit)})`}`,
        (setting.write ?? []).length === 0 ? 'read only' : plain([setting.risk, ...setting.needs].join('; ')),
        setting.gpo === undefined ? '' : plain(setting.gpo.path),
        setting.link === undefined ? '' : `[page](${setting.link})`,
      ]);
      return [
        `## ${code(area.path)}`,
        `${plain(area.title)}, of a ${plain(area.target)}; fact kind ${code(area.kind)}.`,
        table(['Setting', 'What it is', 'Values', 'Risk; needs', 'Group Policy', 'Source'], rows),
      ];
    });
  return page(
    '# Settings',
    'What can be declared in `estate.yaml`, read from a host or deployment, and written. A path such as `rdp/{listener}` and a setting such as `userAuthentication` are declared as `settings: { rdp: { RDP-Tcp: { userAuthentication: required } } }`.',
    'The risk says what a change may do: `safe` is made by `fix` alone, `review` needs `--review`, `can-disconnect` may cut a connection and needs `--allow-disconnect`.',
    ...parts,
  );
}

export function factsDocument(kinds) {
  const parts = kinds
    .toSorted((a, b) => (a.kind < b.kind ? -1 : 1))
    .flatMap((kind) => [`## ${plain(kind.kind)}`, `${plain(kind.title)}.`, table(['Member', 'Values', 'What it is'], memberRows(kind.schema))]);
  return page(
    '# Fact kinds',
    'What policies judge. Every member is there; what could not be read is `null` and named as unknown, so that it is never a pass. `sources` says where each value comes from: `gpo`, `pushed`, `local` or `default`.',
    ...parts,
  );
}

const SNAPSHOTS = {
  'windows-host': 'A Windows host',
  'rds-deployment': 'A deployment, read from its connection broker',
  endpoint: 'An endpoint, seen on the wire',
};

export function snapshotDocument() {
  const parts = Object.entries(SNAPSHOTS).flatMap(([kind, title]) => {
    const sections = SECTIONS.filter((section) => section.of === kind).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    if (sections.length === 0) return [];
    return [`## ${title}: ${code(kind)}`, ...sections.flatMap(sectionParts)];
  });
  return page(
    '# Snapshots',
    'A snapshot holds the raw facts of one target as one JSON document: `schemaVersion`, `target` (its `kind` and `name`), `collectedAt` and `sections`. Each section has a `status` (`ok`, `denied`, `absent`, `error`, `not-collected`) and, when it is `ok`, its `data`.',
    'Values may be written as PowerShell writes them (`1`, `"1"`, `{"value": 1}`, a list of one as a scalar); the columns below state the form that they are unified to. A row holds every column, null where the thing has no value: a column that is missing counts as not read.',
    ...parts,
  );
}

function sectionParts(section) {
  const shape = { rows: 'Rows of', object: 'One object with', registry: 'Registry keys with' }[section.shape];
  const rows = Object.entries(section.columns).map(([name, schema]) => [code(name), allowed(schema), plain(schema.description ?? '')]);
  const source = /^https:\/\/\S+$/.test(section.source) ? `<${section.source}>` : plain(section.source);
  return [
    `### ${code(section.name)}`,
    `${plain(section.title)}. ${rows.length === 0 ? '' : `${shape} the columns below; `}from ${source}.`.replace('. from', '. From'),
    table(['Column', 'Values', 'What it is'], rows),
  ];
}

/** What an account needs to read each section, one part a kind of target and one row a right. */
export function rightsDocument() {
  const parts = Object.entries(SNAPSHOTS).flatMap(([kind, title]) => {
    const rights = new Map();
    for (const { of, name, right } of SECTIONS) if (of === kind) rights.set(right, [...(rights.get(right) ?? []), name]);
    if (rights.size === 0) return [];
    const rows = [...rights].map(([right, names]) => [
      plain(right.needs),
      names
        .toSorted()
        .map((name) => `[${code(name)}](snapshot.md#${anchor(name)})`)
        .join(', '),
      plain(right.grant),
      right.source === null ? plain(NOT_VERIFIED) : `[page](${right.source})`,
    ]);
    return [`## ${title}: ${code(kind)}`, table(['It needs', 'to read', 'How it is given', 'Source'], rows)];
  });
  return page(
    '# Rights',
    'What an account needs to read each section of a snapshot, once it has been let in: by SSH or WinRM, with a key or a password. A section that it may not read is `denied`, and what it holds is unknown, never a pass. `rdposture doctor` tries it on every target and names what is missing.',
    `An administrator of a host can read everything. How to collect with less is described in [least privilege](least-privilege.md). Where no primary source says what a section needs, the source is ${NOT_VERIFIED}: what stands there is the safe assumption, and less may do.`,
    ...parts,
  );
}

/** As GitHub makes it of a heading. */
const anchor = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-');

export function commandsDocument(root) {
  const parts = Object.entries(COMMANDS).flatMap(([name, command]) => [
    `## rdposture ${plain(name)}`,
    sentence(command.summary),
    fenced(helpOf(root, name), 'text'),
  ]);
  return page(
    '# Commands',
    'An option is given as a flag, as `RDPOSTURE_NAME` in the environment, or as a key of `rdposture.yaml`; the flag wins over the environment, and that over the file. [Exit codes](exit-codes.md) have a page of their own.',
    fenced(helpOf(root, null), 'text'),
    ...parts,
  );
}

const sentence = (text) => plain(`${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`);

/** The help as a user sees it, from the option tables. */
function helpOf(root, name) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(?:RDPOSTURE_|npm_|INIT_CWD|NODE_OPTIONS|VITEST|FORCE_COLOR)/.test(key)));
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'src', 'cli', 'main.ts'), ...(name === null ? [] : [name]), '--help'], {
    cwd: tmpdir(),
    env: { ...env, NO_COLOR: '1' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The help of '${name ?? ''}' failed: ${stderr}`);
  return stdout;
}

const EXIT_TEXT = {
  0: 'The gate passed, or what was asked for is done. A recognised file with nothing in it to judge is 0 as well.',
  1: 'The gate failed: a finding at or above `--fail-on`, or, with `--fail-on-unknown`, a verdict that is unknown. For `policy test`, `policy lint` and `waiver lint`: something does not hold.',
  2: 'You must act: an argument, the configuration, a policy or a code is wrong; nothing was named, or no policy is selected.',
  3: 'Incomplete: something could not be read or judged, and nothing is worse.',
  70: 'A bug of ours. `RDPOSTURE_DEBUG=1` shows where.',
  130: 'Interrupted.',
};

export function exitCodesDocument() {
  const rows = EXIT_CODES.split(', ').map((entry) => {
    const [, number = '', words = ''] = /^(\d+) (.+)$/.exec(entry) ?? [];
    const text = EXIT_TEXT[number];
    if (text === undefined) throw new Error(`The exit code in '${entry}' has no text here.`);
    return [code(number), plain(words), text];
  });
  return page(
    '# Exit codes',
    table(['Code', 'Meaning', 'When'], rows),
    '2 wins over 1, and 1 over 3. Warnings change nothing. `--exit-zero` turns 1 and 3 into 0. Waived and baselined findings do not fail the gate; what was open before and could not be judged now (`--previous`) does.',
  );
}
