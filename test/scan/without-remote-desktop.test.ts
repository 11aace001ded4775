import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import { folderOf, hostSnapshot, scanFolder } from './support.ts';

const HEAD = 'version: 1\nname: contoso\n';
const FILE = { Win32_TerminalServiceSetting: [{ AllowTSConnections: 1, PolicySourceAllowTSConnections: 0, TerminalServerMode: 0 }], roles: [] as Json };

/** What CONN-012 says of each host, and the problems of the estate's list. */
function judged(list: string, hosts: readonly string[], more = ''): { readonly outcomes: Record<string, string>; readonly problems: readonly string[] } {
  const folder = folderOf({
    'estate.yaml': `${HEAD}intent:\n  withoutRemoteDesktop: ${list}\nhosts: [${hosts.map((name) => `{ name: ${name} }`).join(', ')}]\n${more}`,
    ...Object.fromEntries(hosts.map((name) => [`snapshots/${name}.json`, hostSnapshot(name, { more: FILE })])),
  });
  const report = scanFolder(folder, ['CONN-012'], { withVerdicts: true });
  return {
    outcomes: Object.fromEntries((report.verdicts ?? []).map(({ target, outcome }) => [target.slice(target.indexOf(':') + 1), outcome])),
    problems: report.problems.flatMap(({ code, level, message, region }) =>
      code === 'estate.names-nothing' ? [`${level} line ${region?.startLine}: ${message}`] : [],
    ),
  };
}

test.each(['fs01', 'FS01.contoso.com', 'fs01.contoso.com.', 'workstation'])('%s names the host', (entry) => {
  const { outcomes, problems } = judged(`[${entry}]`, ['fs01.contoso.com'], 'groups: { files: { hosts: [fs01.contoso.com], roles: [workstation] } }\n');
  expect([outcomes, problems]).toEqual([{ 'fs01.contoso.com': 'fail' }, []]);
});

test('a full name names a host that the estate knows by its short one', () => {
  expect(judged('[fs01.contoso.com]', ['fs01', 'fs02'])).toEqual({ outcomes: { fs01: 'fail' }, problems: [] });
});

test('a group is named in any case, one without hosts and a role that nobody has too', () => {
  const groups = 'groups: { Files: { hosts: [fs01.contoso.com] }, later: { hosts: [] } }\n';
  expect(judged('[FILES, later, gateway]', ['fs01.contoso.com'], groups)).toEqual({ outcomes: { 'fs01.contoso.com': 'fail' }, problems: [] });
});

test('an entry that names nothing is told of where it stands', () => {
  expect(judged('[fs02, { a: 1 }]', ['fs01.contoso.com'])).toEqual({
    outcomes: {},
    problems: [
      "warning line 4: 'fs02' under withoutRemoteDesktop is no host, group or role of the estate: it has no effect.",
      `warning line 4: '{"a":1}' under withoutRemoteDesktop is no host, group or role of the estate: it has no effect.`,
    ],
  });
});

test('a short name of two hosts turns neither off', () => {
  expect(judged('fs01', ['fs01.contoso.com', 'fs01.fabrikam.com', 'fs02.contoso.com'])).toEqual({
    outcomes: { 'fs01.contoso.com': 'unknown', 'fs01.fabrikam.com': 'unknown' },
    problems: ["warning line 4: 'fs01' under withoutRemoteDesktop may be 'fs01.contoso.com' or 'fs01.fabrikam.com': what is intended for them is not known."],
  });
});

test('a host that the estate does not name is one, and other policies say nothing of the list', () => {
  const folder = folderOf({
    'e/estate.yaml': `${HEAD}intent: { withoutRemoteDesktop: [fs01.contoso.com, fs09] }\nhosts: [{ name: fs02.contoso.com }]\n`,
    'e/snapshots/fs02.json': hostSnapshot('fs02.contoso.com', { more: FILE }),
    'fs01.json': hostSnapshot('fs01.contoso.com', { more: FILE }),
  });
  const paths = [join(folder, 'e'), join(folder, 'fs01.json')];
  const told = (policy: string): string[] =>
    scanFolder(folder, [policy], { paths }).problems.flatMap(({ code, message }) => (code === 'estate.names-nothing' ? [message] : []));
  expect([told('CONN-012'), told('AUTH-001')]).toEqual([[expect.stringContaining("'fs09'")], []]);
});
