import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeChanges } from '../../src/fix/merge.ts';
import { openDocument } from '../../src/lib/document.ts';
import { applyReplacements } from '../../src/lib/text-edit.ts';
import type { Finding, Fix } from '../../src/model/finding.ts';
import type { Json } from '../../src/model/json.ts';
import type { Policy } from '../../src/model/policy.ts';
import type { ScanReport } from '../../src/model/report.ts';
import { deploymentSnapshot, folderOf, type HostOptions, hostSnapshot, put, scanFolder, shippedLibrary } from './support.ts';

const POLICIES = ['AUTH-001', 'FW-001', 'FW-002', 'FW-004', 'FW-005', 'FW-008', 'COL-001', 'EST-001'];

/** Forbids what FW-001 wants: to turn the firewall on for Domain uncovers it. */
const contrary: Policy = {
  id: 'OWN-001',
  name: 'Contrary',
  title: 'Keep the firewall off on Domain',
  kind: 'windows.firewallProfile',
  severity: 5,
  when: { properties: { profile: { const: 'Domain' } } },
  assert: { properties: { enabled: { const: false } } },
  message: "It is on for '{profile}'.",
  why: '',
  links: [],
};
const library = { ...shippedLibrary(), policies: [...shippedLibrary().policies, contrary] };

const rule = (name: string, profiles: number): Json => ({
  InstanceID: name,
  DisplayName: name,
  Enabled: 1,
  Direction: 1,
  Action: 2,
  Profile: profiles,
  PolicyStoreSourceType: 1,
  Protocol: 'TCP',
  LocalPort: ['3389'],
  RemotePort: ['Any'],
  LocalAddress: ['Any'],
  RemoteAddress: ['Any'],
  Program: 'Any',
  Service: 'Any',
});

const hostArbitrary = fc.record({
  nla: fc.constantFrom<0 | 1>(0, 1),
  gpo: fc.constantFrom<0 | 1 | null>(null, null, 0),
  off: fc.subarray(['Domain', 'Private', 'Public']),
  rules: fc.array(fc.record({ name: fc.constantFrom('RemoteDesktop-UserMode-In-TCP', 'own ’rule’', 'a: b #c'), profiles: fc.integer({ min: 0, max: 7 }) }), {
    maxLength: 2,
  }),
  /** How the estate names it: an entry, a group, or both. */
  named: fc.constantFrom('own', 'group', 'both'),
});

const worldArbitrary = fc.record({
  hosts: fc.array(hostArbitrary, { minLength: 1, maxLength: 3 }),
  nla: fc.boolean(),
  intent: fc.boolean(),
  crlf: fc.boolean(),
  contrary: fc.boolean(),
});

type World = typeof worldArbitrary extends fc.Arbitrary<infer Value> ? Value : never;

const nameOf = (index: number): string => `rdsh0${index}.contoso.com`;

function snapshotOf(host: World['hosts'][number], index: number): Json {
  const names = new Set<string>();
  const rules = host.rules.filter(({ name }) => !names.has(name) && names.add(name)).map(({ name, profiles }) => rule(name, profiles));
  const options: HostOptions = { nla: host.nla, off: host.off, more: { 'firewall.rules': rules }, ...(host.gpo === null ? {} : { gpoNla: host.gpo }) };
  return hostSnapshot(nameOf(index), options);
}

function estateOf(world: World): string {
  const grouped = world.hosts.flatMap((host, index) => (host.named === 'own' ? [] : [`      - ${nameOf(index)}`]));
  const own = world.hosts.flatMap((host, index) => (host.named === 'group' ? [] : [`  - name: ${nameOf(index)}   # host ${index}`]));
  const lines = [
    'version: 1',
    'name: contoso',
    ...(world.intent ? ['intent: { adminNetworks: [10.20.0.0/24] }'] : []),
    ...(grouped.length === 0 ? [] : ['groups:', '  session-hosts:', '    hosts:', ...grouped]),
    ...(own.length === 0 ? [] : ['hosts:', ...own]),
    'deployments:',
    '  - broker: rdcb01.contoso.com',
    '# the end',
    '',
  ];
  return lines.join(world.crlf ? '\r\n' : '\n');
}

const failing = (report: ScanReport): Set<string> =>
  new Set(report.findings.filter((finding) => finding.outcome === 'fail').map((finding) => `${finding.policy} ${finding.factId}`));

function apply(text: string, chosen: readonly { readonly finding: Finding; readonly fix: Fix }[]): string {
  const { changes } = mergeChanges(chosen);
  const result = openDocument(text, 'yaml').edit(
    changes.map(({ pointer, set, remove }) => (remove === true ? { pointer, remove: true } : { pointer, set: set ?? null })),
  );
  if ('refused' in result) throw new Error(result.refused);
  return applyReplacements(text, result.replacements);
}

test('whatever fixes are taken, what they write never fails where nothing failed before', () => {
  const folder = folderOf({});
  let fixed = 0;
  fc.assert(
    fc.property(worldArbitrary, fc.infiniteStream(fc.boolean()), (world, coins) => {
      const text = estateOf(world);
      put(`${folder}/estate.yaml`, text);
      for (let index = 0; index < 3; index++)
        put(
          `${folder}/snapshots/${index}.json`,
          index < world.hosts.length
            ? snapshotOf(world.hosts[index] as World['hosts'][number], index)
            : { schemaVersion: 1, target: { kind: 'windows-host', name: 'unused' }, collectedAt: '2026-01-01T00:00:00Z', sections: {} },
        );
      put(
        `${folder}/snapshots/cb.json`,
        deploymentSnapshot('rdcb01.contoso.com', [
          { CollectionName: 'Finance', AuthenticateUsingNLA: world.nla, SessionHosts: world.hosts.map((_host, index) => nameOf(index)) },
        ]),
      );
      const policies = world.contrary ? [...POLICIES, contrary.id] : POLICIES;
      const before = scanFolder(folder, policies, { library, declared: true, withVerdicts: false });
      const offered = scanFolder(folder, policies, { library, withFixes: true, withVerdicts: false });
      const chosen = offered.findings.flatMap((finding) => {
        const fix = finding.fixes.find((candidate) => candidate.edits !== undefined);
        return fix !== undefined && coins.next().value === true ? [{ finding, fix }] : [];
      });
      if (chosen.length === 0) return;
      fixed += chosen.length;
      const edited = apply(text, chosen);
      const after = scanFolder(folder, policies, { library, declared: true, withVerdicts: false, edited: new Map([['estate.yaml', edited]]) });
      const was = failing(before);
      const is = failing(after);
      expect([...is].filter((key) => !was.has(key))).toEqual([]);
      // Each of them is gone, unless it was not there in the declared view at all.
      expect(chosen.filter(({ finding }) => is.has(`${finding.policy} ${finding.factId}`)).map(({ finding }) => finding.policy)).toEqual([]);
      expect(edited.split(/\r?\n/).filter((line) => line.includes('#'))).toEqual(
        expect.arrayContaining(text.split(/\r?\n/).filter((line) => line.includes('#'))) as string[],
      );
      if (world.crlf) expect(/[^\r]\n/.test(edited)).toBe(false);
    }),
    { seed: 20, numRuns: 25 },
  );
  expect(fixed).toBeGreaterThan(25);
});
