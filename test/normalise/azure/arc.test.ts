import { describe, expect, it } from 'vitest';
import { UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { Fact } from '../../../src/model/fact.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { facts, liveFacts, only, resource } from './build.ts';
import { child, extending } from './estate.ts';

const ARC = 'Microsoft.HybridCompute/machines';
const arc = (body: JsonObject = {}) => resource(ARC, 'rdsh1', { osType: 'windows', ...body });
const arcFact = (all: readonly Fact[]): Fact => only(all, 'azure.arcMachine');
const data = (body: JsonObject): JsonObject => arcFact(liveFacts([arc(body)])).data;

describe('machines of Azure Arc', () => {
  it('have a status, and a time since it changed', () =>
    expect(data({ status: 'Disconnected', lastStatusChange: '2025-12-30T00:00:00Z' })).toMatchObject({ status: 'Disconnected', sinceHours: 48 }));

  it.each<[Json, Json]>([
    ['1.52.03122.2566', 52],
    ['1.5', 5],
    ['2.0', null],
    [UNRESOLVED, null],
  ])('agent %j', (agentVersion, minor) => expect(data({ agentVersion })['agentMinor']).toBe(minor));

  it.each<[string, JsonObject, JsonObject]>([
    ['in support', { osSku: 'Windows Server 2022 Standard' }, { phase: 'supported' }],
    [
      'with a license for more',
      { osSku: 'Windows Server 2012 R2 Standard', licenseProfile: { esuProfile: { licenseAssignmentState: 'Assigned' } } },
      { phase: 'extended', extendedUpdates: true },
    ],
    [
      'without one',
      { osSku: 'Windows Server 2012 Datacenter', licenseProfile: { esuProfile: { licenseAssignmentState: 'NotAssigned' } } },
      { phase: 'extended', extendedUpdates: false },
    ],
    ['not known', { osSku: 'Windows 11 Enterprise' }, { phase: null }],
  ])('%s', (_, body, expected) => expect(data(body)).toMatchObject(expected));

  it.each<[string, JsonObject, JsonObject]>([
    ['no ports', { incomingConnectionsPorts: [] }, { rdpIncoming: false, extensionsLimited: false }],
    ['SSH alone', { incomingConnectionsPorts: ['22'] }, { rdpIncoming: false, incomingPorts: ['22'] }],
    ['RDP', { incomingConnectionsPorts: ['22', '3389'] }, { rdpIncoming: true }],
    ['a range', { incomingConnectionsPorts: ['3000-4000'] }, { rdpIncoming: true }],
    ['a list of extensions', { extensionsAllowList: [{ publisher: 'a', type: 'b' }] }, { extensionsLimited: true }],
    ['monitoring alone', { configMode: 'monitor' }, { extensionsLimited: true }],
    ['no extensions', { extensionsEnabled: 'false' }, { extensionsLimited: true }],
    ['ports that are an expression', { incomingConnectionsPorts: UNRESOLVED }, { rdpIncoming: null, incomingPorts: null }],
    ['a port that is an expression', { incomingConnectionsPorts: ['3389', UNRESOLVED] }, { rdpIncoming: true }],
    ['a list of extensions that is an expression', { extensionsAllowList: UNRESOLVED }, { extensionsLimited: null }],
    ['a mode that is an expression', { configMode: UNRESOLVED }, { extensionsLimited: null }],
  ])('agent with %s', (_, agentConfiguration, expected) => expect(data({ agentConfiguration })).toMatchObject(expected));

  it('say little in a template', () =>
    expect(arcFact(facts([arc()])).unknown).toEqual(
      expect.arrayContaining(['/status', '/agentMinor', '/phase', '/rdpIncoming', '/baselineAssigned', '/monitorAgent', '/maintenance']),
    ));

  it.each<[Json, Json]>([
    ['linux', 'linux'],
    ['Windows', 'windows'],
    [UNRESOLVED, null],
  ])('with osType %j run %s', (osType, system) => expect(arcFact(facts([resource(ARC, 'x', { osType })])).data['operatingSystem']).toBe(system));

  it('are compared with the baseline', () => {
    const machine = arc();
    const assignment = (name: string, complianceStatus: string) =>
      extending(machine, 'Microsoft.GuestConfiguration/guestConfigurationAssignments', name, { complianceStatus });
    expect(arcFact(liveFacts([machine, assignment('AzureWindowsBaseline', 'Compliant'), assignment('Other', 'NonCompliant')])).data).toMatchObject({
      baselineAssigned: true,
      baselineFailing: [],
    });
    expect(arcFact(liveFacts([machine, assignment('AzureWindowsBaseline', 'NonCompliant')])).data['baselineFailing']).toEqual(['AzureWindowsBaseline']);
    expect(arcFact(liveFacts([machine])).data['baselineAssigned']).toBe(false);
  });

  it.each<[string, JsonObject]>([
    ['is pending', { complianceStatus: 'Pending' }],
    ['is not stated', {}],
    ['is an expression', { complianceStatus: UNRESOLVED }],
  ])('are not known to fail a comparison that %s', (_, body) => {
    const machine = arc();
    const assignment = (name: string, over: JsonObject) => extending(machine, 'Microsoft.GuestConfiguration/guestConfigurationAssignments', name, over);
    const fact = arcFact(liveFacts([machine, assignment('AzureWindowsBaseline', body)]));
    expect(fact.data).toMatchObject({ baselineAssigned: true, baselineFailing: null });
    expect(fact.unknown).toContain('/baselineFailing');
    const both = [assignment('AzureWindowsBaseline', body), assignment('UserRightsAssignment', { complianceStatus: 'NonCompliant' })];
    expect(arcFact(liveFacts([machine, ...both])).data['baselineFailing']).toEqual(['UserRightsAssignment']);
  });

  it('may have neither the comparison nor the maintenance that stand under a condition', () => {
    const machine = arc();
    const baseline = extending(machine, 'Microsoft.GuestConfiguration/guestConfigurationAssignments', 'AzureWindowsBaseline', {
      complianceStatus: 'Compliant',
    });
    const own = extending(machine, 'Microsoft.Maintenance/configurationAssignments', 'm', {});
    expect(arcFact(liveFacts([machine, { ...baseline, conditional: 'x' }, { ...own, conditional: 'x' }])).data).toMatchObject({
      baselineAssigned: null,
      maintenance: null,
    });
  });

  it('have agents and a maintenance configuration of their own, or perhaps one by tags', () => {
    const machine = arc();
    const ama = child(ARC, 'rdsh1', 'extensions', 'ama', { publisher: 'Microsoft.Azure.Monitor', type: 'AzureMonitorWindowsAgent' });
    const own = extending(machine, 'Microsoft.Maintenance/configurationAssignments', 'm', {});
    expect(arcFact(liveFacts([machine, ama, own])).data).toMatchObject({ monitorAgent: true, endpointProtection: false, maintenance: true });
    const byTags = { ...own, id: 'subscriptions/00000000-0000-0000-0000-000000000000/providers/microsoft.maintenance/configurationassignments/m' };
    expect(arcFact(liveFacts([machine, byTags])).data['maintenance']).toBeNull();
    expect(arcFact(liveFacts([machine])).data['maintenance']).toBe(false);
  });
});
