import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { ScanReport } from '../../src/model/report.ts';
import { report as azureDevOps } from '../../src/report/sarif-azure-devops.ts';
import { report as full } from '../../src/report/sarif-full.ts';
import { report as github } from '../../src/report/sarif.ts';
import { clean, FILES, HOSTILE, sample } from './sample.ts';
import { logOf, object, objects, resultsOf, rulesOf, runsOf, withMember } from './sarif-support.ts';

const PROJECTIONS = [
  { name: 'github', report: github },
  { name: 'azure-devops', report: azureDevOps },
  { name: 'full', report: full },
];

const REGION = ['startLine', 'startColumn', 'endLine', 'endColumn'];

describe.each(PROJECTIONS)('every $name log', ({ report }) => {
  const log = logOf(report, sample);

  it('has the rule of each result at its index', () => {
    for (const run of runsOf(log)) {
      const rules = rulesOf(run);
      for (const result of objects(run['results'])) expect(rules[Number(result['ruleIndex'])]?.['id']).toBe(result['ruleId']);
    }
  });

  it('holds every rule in every run, also in a clean one', () => {
    for (const run of [...runsOf(log), ...runsOf(logOf(report, clean))]) {
      expect(rulesOf(run).map((rule) => rule['id'])).toEqual(sample.policies.map(({ id }) => id));
    }
  });

  it('ties rules to taxa by index, id and guid', () => {
    for (const run of runsOf(log)) {
      const taxonomies = objects(run['taxonomies']);
      const targets = rulesOf(run).flatMap((rule) => objects(rule['relationships']).map((relationship) => object(relationship['target'])));
      expect(targets.length).toBeGreaterThan(0);
      for (const target of targets) {
        const component = object(target['toolComponent']);
        const taxonomy = taxonomies[Number(component['index'])];
        expect([taxonomy?.['name'], taxonomy?.['guid']]).toEqual([component['name'], component['guid']]);
        const taxon = objects(taxonomy?.['taxa'])[Number(target['index'])];
        expect([taxon?.['id'], taxon?.['guid']]).toEqual([target['id'], target['guid']]);
      }
      const supported = objects(object(object(run['tool'])['driver'])['supportedTaxonomies']);
      expect(supported.map(({ name, guid }) => [name, guid])).toEqual(taxonomies.map(({ name, guid }) => [name, guid]));
    }
  });

  it('names files by their artifact, by index and address alike', () => {
    for (const run of runsOf(log)) {
      const artifacts = objects(run['artifacts']);
      for (const holder of withMember(run, 'artifactLocation')) {
        const { index, ...place } = object(holder['artifactLocation']);
        expect(artifacts[Number(index)]?.['location']).toEqual(place);
      }
    }
  });

  it('describes each notification', () => {
    for (const run of runsOf(log)) {
      const descriptors = objects(object(object(run['tool'])['driver'])['notifications']);
      for (const holder of withMember(run['invocations'], 'descriptor')) {
        const descriptor = object(holder['descriptor']);
        const described = descriptors[Number(descriptor['index'])];
        expect(described?.['id']).toBe(descriptor['id']);
        expect(object(described?.['help'])['text']).toMatch(/\.$/);
      }
    }
  });

  it('has regions of four ordered numbers', () => {
    const regions = [...withMember(log, 'region'), ...withMember(log, 'deletedRegion')].map((holder) => object(holder['region'] ?? holder['deletedRegion']));
    expect(regions.length).toBeGreaterThan(0);
    for (const region of regions) {
      expect(REGION.every((member) => Number(region[member]) >= 1)).toBe(true);
      const [startLine, startColumn, endLine, endColumn] = REGION.map((member) => Number(region[member]));
      expect(Number(startLine) < Number(endLine) || Number(startColumn) <= Number(endColumn)).toBe(true);
    }
  });

  it('quotes what stands at the region', () => {
    for (const holder of withMember(log, 'region')) {
      const region = object(holder['region']);
      const snippet = object(region['snippet'])['text'];
      const file = decodeURIComponent(String(object(holder['artifactLocation'])['uri'])).replace('file://', '');
      const line = (FILES[file] ?? '').split('\n')[Number(region['startLine']) - 1] ?? '';
      if (typeof snippet === 'string') expect(line.slice(Number(region['startColumn']) - 1, Number(region['endColumn']) - 1)).toBe(snippet);
    }
  });

  it('has ids of version 5 only', () => {
    const guids = [...withMember(log, 'guid')].map((holder) => holder['guid']);
    expect(guids.length).toBeGreaterThan(0);
    for (const guid of guids) expect(guid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('ends every message with a period and lets no name be a link or a control', () => {
    const texts = [...withMember(log, 'message')].map((holder) => String(object(holder['message'])['text']));
    for (const text of texts) {
      expect(text).toMatch(/\.$/);
      expect(text).not.toMatch(/\]\(|[\p{Cc}\p{Cf}]/u);
    }
  });

  it('gives the text of a message again from its id and arguments', () => {
    for (const run of runsOf(log)) {
      for (const result of objects(run['results'])) {
        const message = object(result['message']);
        if (message['id'] === undefined) continue;
        const template = object(object(rulesOf(run)[Number(result['ruleIndex'])]?.['messageStrings'])[String(message['id'])])['text'];
        const values = message['arguments'] as readonly string[];
        expect(String(template).replaceAll(/\{(\d+)\}/g, (_, index) => values[Number(index)] ?? '?')).toBe(message['text']);
      }
    }
  });

  it('knows neither the clock nor the machine', () => {
    expect(JSON.stringify(log)).not.toMatch(/"(startTimeUtc|endTimeUtc|machine|account|processId|workingDirectory)"/);
  });
});

describe('an upload', () => {
  const log = logOf(github, sample);
  const results = resultsOf(log);
  const statuses = results.map((result) => object(result['properties'])['rdposture/status']);

  it('shows open failures and what is carried forward, and nothing else', () => {
    expect(new Set(statuses)).toEqual(new Set(['open', 'stale']));
    expect(results.every((result) => result['kind'] === 'fail' && result['suppressions'] === undefined)).toBe(true);
    expect(results.some((result) => result['ruleId'] === 'DRV-001')).toBe(false);
    expect(results.some((result) => result['ruleId'] === 'EST-002')).toBe(true);
  });

  it('has every result in a file of the repository, under a percent-encoded relative address', () => {
    const addresses = results.map((result) => {
      const physical = object(objects(result['locations'])[0]?.['physicalLocation']);
      return String(object(physical['artifactLocation'])['uri']);
    });
    expect(new Set(addresses)).toEqual(new Set(['estate.yaml', 'infra/netz%20werk%231.json']));
  });

  it('has one run for each group, and its category says which', () => {
    expect(runsOf(log).map((run) => object(run['automationDetails'])['id'])).toEqual([
      'rdposture/contoso-rds/live/infra/netz werk#1.json/',
      'rdposture/contoso-rds/live/session-hosts/',
    ]);
    expect(runsOf(logOf(github, clean)).map((run) => objects(run['results']).length)).toEqual([0, 0]);
  });

  it('never makes one group of two', () => {
    const targets = ['a b', 'a\tb', 'a%09b', 'a\u200bb'].map((group, index) => ({
      id: `t${index}`,
      kind: 'arm-template' as const,
      name: group,
      group,
      status: 'complete' as const,
    }));
    const ids = runsOf(logOf(github, { ...clean, targets })).map((run) => object(run['automationDetails'])['id']);
    expect(new Set(ids).size).toBe(targets.length);
  });

  it('tells when a stale finding was last judged', () => {
    const stale = results.find((result) => object(result['properties'])['rdposture/status'] === 'stale');
    expect(object(stale?.['message'])['text']).toContain("carried forward from '2026-11-20T06:00:00.000Z'.");
  });

  it('takes the severity of the finding, not of the rule', () => {
    const graded = results.filter((result) => result['ruleId'] === 'FW-004').map((result) => [result['level'], result['rank']]);
    expect(graded).toContainEqual(['warning', 55]);
    expect(graded).toContainEqual(['error', 88]);
    const rule = rulesOf(object(runsOf(log)[0])).find(({ id }) => id === 'FW-004');
    expect(object(rule?.['properties'])).toMatchObject({ 'security-severity': '8.8', precision: 'very-high' });
    expect(object(rule?.['properties'])['tags']).toContain('security');
  });

  it('gives a function finding no security severity', () => {
    const rule = rulesOf(object(runsOf(log)[0])).find(({ id }) => id === 'EST-002');
    expect(object(rule?.['properties'])).toEqual({ tags: ['reliability'], precision: 'very-high', 'problem.severity': 'warning' });
    expect(results.find((result) => result['ruleId'] === 'EST-002')).not.toHaveProperty('rank');
  });

  it('fingerprints a line of infrastructure code by the line, anything else by what it is', () => {
    const prints = new Map(results.map((result) => [result['ruleId'], object(result['partialFingerprints'])]));
    expect(prints.get('NET-001')?.['primaryLocationLineHash']).toBe('2b1c0f5e77aa90d3:1');
    const other = prints.get('EST-002');
    expect(other?.['primaryLocationLineHash']).toBe(`${String(other?.['rdposture/v1']).slice(0, 16)}:1`);
  });

  it('fingerprints findings of one policy on one line each by itself, whatever their order and status', () => {
    const one = sample.findings.find(({ policy }) => policy === 'NET-001') ?? pick(sample, 0);
    const other = { ...one, factId: `${one.factId}-2`, fingerprint: '5'.repeat(64) };
    const elsewhere = {
      ...one,
      factId: `${one.factId}-3`,
      fingerprint: '7'.repeat(64),
      locations: one.locations.map((place) => ({ ...place, lineHash: 'aa:2' })),
    };
    const hashes = (...findings: ScanReport['findings']): string[] =>
      resultsOf(logOf(github, { ...sample, findings })).map((result) => String(object(result['partialFingerprints'])['primaryLocationLineHash']));
    const apart = [`${one.fingerprint.slice(0, 16)}:1`, `${'5'.repeat(16)}:1`];
    expect(hashes(one, elsewhere)).toEqual(['2b1c0f5e77aa90d3:1', 'aa:2']);
    expect(hashes(one, other)).toEqual(apart);
    expect(hashes(other, one)).toEqual(apart);
    // What is set aside is there still: its alert is nobody else's.
    expect(hashes(one, { ...other, status: 'waived' })).toEqual(apart.slice(0, 1));
    expect(hashes({ ...one, outcome: 'unknown' }, other)).toEqual(apart.slice(1));
    expect(hashes(one, { ...other, policy: 'AUTH-001' })).toEqual([`2b1c0f5e77aa90d3:1`, `2b1c0f5e77aa90d3:1`]);
  });

  it('takes user information off the repository address', () => {
    expect(JSON.stringify(log)).not.toContain('secret');
    expect(objects(runsOf(log)[0]?.['versionControlProvenance'])[0]?.['repositoryUri']).toBe('https://git.contoso.com/estate.git');
  });

  it('says that it failed when it must not be uploaded', () => {
    const refused = { ...sample, scan: { ...sample.scan, previous: false } };
    const successes = (scan: ScanReport): Json[] => runsOf(logOf(github, scan)).map((run) => objects(run['invocations'])[0]?.['executionSuccessful'] ?? null);
    expect(successes(sample)).toEqual([true, true]);
    expect(successes(refused)).toEqual([false, false]);
  });

  it('does not depend on the order of findings and targets', () => {
    const turned = { ...sample, findings: [...sample.findings].reverse(), targets: [...sample.targets].reverse(), policies: [...sample.policies].reverse() };
    expect([...github(turned)].join('')).toBe([...github(sample)].join(''));
  });

  it('keeps what is carried forward for a policy that is no longer selected', () => {
    const policies = sample.policies.filter(({ id }) => id !== 'CERT-001');
    const found = resultsOf(logOf(github, { ...sample, policies })).find((result) => result['ruleId'] === 'CERT-001');
    expect(found).toBeDefined();
  });

  it('yields bounded pieces', () => {
    const findings = Array.from({ length: 2000 }, (_, index) => ({ ...pick(sample, 0), factId: `f${index}` }));
    const lengths = [...github({ ...sample, findings })].map((piece) => piece.length);
    expect(lengths.length).toBeGreaterThan(10);
    expect(Math.max(...lengths)).toBeLessThan(0x10000 + 5000 + maxRunHead(sample));
  });
});

describe('a fix', () => {
  it('replaces regions of another file each, in order', () => {
    const changes = [...withMember(logOf(full, sample), 'artifactChanges')].map((fix) => objects(fix['artifactChanges']));
    expect(changes.length).toBe(2);
    for (const change of changes.flat()) {
      const text = FILES[decodeURIComponent(String(object(change['artifactLocation'])['uri']))];
      const [replacement] = objects(change['replacements']);
      const region = object(replacement?.['deletedRegion']);
      const line = text?.split('\n')[Number(region['startLine']) - 1] ?? '';
      expect(line.slice(Number(region['startColumn']) - 1, Number(region['endColumn']) - 1)).toMatch(/notRequired|"\*"/);
      expect(object(replacement?.['insertedContent'])['text']).toMatch(/required|10\.20\.0\.0/);
    }
  });

  it.each([
    ['overlaps itself', [region(1, 1, 1, 5), region(1, 4, 1, 8)]],
    ['is out of order', [region(2, 1, 2, 5), region(1, 1, 1, 5)]],
    ['ends before it starts', [region(3, 9, 3, 2)]],
    ['changes nothing', []],
  ])('is left out when it %s', (_name, regions) => {
    const found = pick(sample, 0);
    const edit = { file: 'estate.yaml', sha256: found.fingerprint, replacements: regions.map((place) => ({ region: place, text: '' })) };
    const finding = { ...found, fixes: [{ title: 'Try', changes: [], risk: 'safe' as const, needs: [], edits: [edit] }] };
    expect([...withMember(logOf(github, { ...sample, findings: [finding] }), 'fixes')]).toEqual([]);
  });
});

describe('the full log', () => {
  const log = logOf(full, sample);
  const results = resultsOf(log);

  it('holds passes, unknowns and everything set aside', () => {
    const count = (kind: string): number => results.filter((result) => result['kind'] === kind).length;
    expect([count('pass'), count('open'), count('fail')]).toEqual([2, 1, sample.findings.length - 1]);
    expect(results.filter((result) => result['kind'] !== 'fail').every((result) => result['level'] === 'none' && result['rank'] === undefined)).toBe(true);
  });

  it('has suppressions on all results of it, filled for what is set aside', () => {
    expect(results.every((result) => Array.isArray(result['suppressions']))).toBe(true);
    const filled = results.flatMap((result) => objects(result['suppressions']));
    expect(filled.map((suppression) => suppression['status'])).toEqual(['accepted', 'accepted']);
    expect(filled.map((suppression) => String(suppression['justification'])).join(' ')).toContain("The jump network moves in spring. Waiver 'W-7'");
  });

  it('shows hostile names as they are where they are data, and harmless where they are text', () => {
    const pass = results.find((result) => result['kind'] === 'pass' && result['ruleId'] === 'FW-004');
    expect(objects(objects(pass?.['locations'])[0]?.['logicalLocations'])[0]?.['name']).toBe(HOSTILE);
    expect(object(pass?.['message'])['text']).not.toContain('](');
  });
});

describe('the Azure DevOps log', () => {
  const id = (scan: ScanReport): JsonObject => object(object(runsOf(logOf(azureDevOps, scan))[0])['automationDetails']);

  it('has one run that names the pipeline', () => {
    const azure = {
      SYSTEM_COLLECTIONURI: 'https://dev.azure.com/contoso/',
      SYSTEM_TEAMPROJECTID: '11111111-1111-4111-8111-111111111111',
      BUILD_DEFINITIONID: '42',
      BUILD_DEFINITIONNAME: 'posture',
      SYSTEM_JOBID: '9b19a830-0c72-50a5-b0f3-ebfad8592e6b',
      SYSTEM_JOBNAME: 'scan',
      BUILD_SOURCEBRANCH: 'refs/heads/main',
      BUILD_BUILDID: '1001',
    };
    const scan = { ...sample, scan: { ...sample.scan, azureDevOps: azure } };
    expect(runsOf(logOf(azureDevOps, scan)).length).toBe(1);
    expect(id(scan)).toEqual({
      id: 'azuredevops/pipeline/build/contoso/11111111-1111-4111-8111-111111111111/42/9b19a830-0c72-50a5-b0f3-ebfad8592e6b/refs/heads/main/1001',
      properties: {
        'azuredevops/pipeline/build/buildDefinitionId': '42',
        'azuredevops/pipeline/build/buildDefinitionName': 'posture',
        'azuredevops/pipeline/build/phaseId': '9b19a830-0c72-50a5-b0f3-ebfad8592e6b',
        'azuredevops/pipeline/build/phaseName': 'scan',
      },
    });
  });

  it('has an id that validates outside of a build', () => {
    const { properties } = id(sample);
    expect(object(properties)['azuredevops/pipeline/build/buildDefinitionId']).toBe('-1');
    expect(object(properties)['azuredevops/pipeline/build/phaseId']).not.toMatch(/^[0-]*$/);
  });

  it.each([
    ['https://contoso.visualstudio.com/', 'contoso'],
    ['https://tfs.contoso.com/tfs/DefaultCollection/', 'tfs'],
    ['not an address', 'organization'],
  ])('finds the organisation of %s', (collection, organisation) => {
    const scan = { ...sample, scan: { ...sample.scan, azureDevOps: { SYSTEM_COLLECTIONURI: collection } } };
    expect(String(id(scan)['id']).split('/')[3]).toBe(organisation);
  });
});

function pick(scan: ScanReport, index: number): ScanReport['findings'][number] {
  const found = scan.findings[index];
  if (found === undefined) throw new Error('no such finding');
  return found;
}

function region(startLine: number, startColumn: number, endLine: number, endColumn: number) {
  return { startLine, startColumn, endLine, endColumn };
}

/** The rules and taxonomies of a run are one piece. */
function maxRunHead(scan: ScanReport): number {
  const [run] = runsOf(logOf(github, scan));
  return JSON.stringify(run).length;
}
