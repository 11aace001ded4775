import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CloudResource } from '../../../src/model/cloud-resource.ts';
import type { Fact } from '../../../src/model/fact.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { normaliseCloud } from '../../../src/normalise/azure/normalise.ts';
import { CONTEXT, factsOf, idOf, resource, TARGET } from './build.ts';
import {
  factsOfTopology,
  HOST,
  isDelivered,
  LINK,
  neighboursOf,
  numberOf,
  resourcesOf,
  sizeOf,
  SPACE,
  TAGS,
  type Topology,
  topologies,
} from './packet-world.ts';

describe('whole networks against packets', () => {
  it('are exact when everything is known', () => {
    const seen = { internet: 0, broad: 0, closed: 0, firewall: 0, lateral: 0, linked: 0, unlinked: 0 };
    fc.assert(
      fc.property(topologies, (topology) => {
        const made = factsOfTopology(topology);
        for (const path of factsOf(made, 'azure.ingressPath')) {
          const through = String(path.data['through']);
          const found = path.data['rdpTcp'] as JsonObject;
          const [all, plain] = [sizeOf(topology, through, true), sizeOf(topology, through, false)];
          const internet = plain >= 2 ** 24;
          expect({
            through,
            unknown: path.unknown.filter((at) => at.startsWith('/rdpTcp')),
            addresses: found['addresses'],
            internet: found['internet'],
          }).toEqual({
            through,
            unknown: [],
            addresses: all,
            internet,
          });
          expect((path.data['internetTcp'] as readonly string[]).length > 0 || !internet).toBe(true);
          if (internet) seen.internet++;
          else if (all > 256) seen.broad++;
          else if (all === 0) seen.closed++;
          if (through.startsWith('fw/')) seen.firewall++;
        }
        // A consumer's packet comes from the service's own address.
        const consumer = isDelivered(topology, numberOf(LINK), HOST, false, { tag: topology.tag, members: ['10.1.2.9'], withCloud: true });
        const link = factsOf(made, 'azure.privateLinkService').map(({ data, unknown }) => [data['reachesRdp'], unknown]);
        const way = factsOf(made, 'azure.ingressPath').find(({ data }) => data['via'] === 'private-link');
        expect([link, (way?.data['rdpTcp'] as JsonObject | undefined)?.['from']]).toEqual([[[consumer, []]], consumer ? 'private' : 'nobody']);
        seen[consumer ? 'linked' : 'unlinked']++;
        if (topology.tag.length === 1) {
          const neighbours = neighboursOf(topology);
          expect(factsOf(made, 'azure.lateralRdp').map(({ data }) => [data['sources'], data['lateral']])).toEqual([[neighbours, neighbours > 64]]);
          if (neighbours > 0) seen.lateral++;
        }
      }),
      { seed: 20260110, numRuns: 500 },
    );
    // The networks are of all kinds.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(40);
  });

  it('are never wrong when it is not said what the tag of the network holds', () => {
    let certain = 0;
    fc.assert(
      fc.property(topologies, fc.constantFrom('198.18.0.0/15', '0.0.0.0/0', '0.0.0.0/1'), (topology, route) => {
        const resources = resourcesOf(topology)
          .filter(({ type }) => !type.endsWith('/effectivenetworksecuritygroups'))
          .map((one) => (one.type === 'microsoft.network/virtualnetworks' ? routed(one) : one));
        const table = resource('Microsoft.Network/routeTables', 'rt', { routes: [{ name: 'r', addressPrefix: route, nextHopType: 'VirtualAppliance' }] });
        const { facts } = normaliseCloud({ resources: [...resources, table], complete: true, unread: [] }, TARGET, {
          ...CONTEXT,
          serviceTags: { cloud: 'Public', prefixes: TAGS },
        });
        for (const path of factsOf(facts, 'azure.ingressPath')) {
          const through = String(path.data['through']);
          const answers = [[SPACE], [SPACE, route]].map((tag) => sizeOf({ ...topology, tag }, through, false) >= 2 ** 24);
          const found = (path.data['rdpTcp'] as JsonObject)['internet'];
          if (found === true) expect(answers).not.toContain(false);
          if (found === false) expect(answers).not.toContain(true);
          if (found !== null) certain++;
        }
      }),
      { seed: 20260111, numRuns: 250 },
    );
    expect(certain).toBeGreaterThan(300);
  });

  it('are never wrong about a route table that is not shown, and say so', () => {
    const seen = { certain: 0, unknown: 0 };
    fc.assert(
      fc.property(topologies, (topology) => {
        const resources = resourcesOf(topology)
          .filter(({ type }) => !type.endsWith('/effectivenetworksecuritygroups'))
          .map((one) => (one.type === 'microsoft.network/virtualnetworks' ? routed(one) : one));
        const { facts } = normaliseCloud({ resources, complete: true, unread: [] }, TARGET, { ...CONTEXT, serviceTags: { cloud: 'Public', prefixes: TAGS } });
        for (const path of factsOf(facts, 'azure.ingressPath')) {
          const through = String(path.data['through']);
          const tags = [[SPACE], [SPACE, '0.0.0.0/0'], [SPACE, '0.0.0.0/1'], [SPACE, '198.18.0.0/15']];
          const answers = tags.map((tag) => sizeOf({ ...topology, tag }, through, false) >= 2 ** 24);
          const found = (path.data['rdpTcp'] as JsonObject)['internet'];
          if (found === true) expect(answers).not.toContain(false);
          if (found === false) expect(answers).not.toContain(true);
          if (new Set(answers).size > 1) expect(path.because).toEqual(['route table rt is not in the input']);
          if (found === null) seen.unknown++;
          else seen.certain++;
        }
      }),
      { seed: 20260113, numRuns: 250 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(40);
  });

  it('are never wrong about admin rules that may be deployed or not', () => {
    fc.assert(
      fc.property(topologies, (topology) => {
        const declared = topology.adminRules.map((one, index) => {
          const made = resource('Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections/rules', `a${index}`, one);
          return made;
        });
        const resources = resourcesOf(topology).filter(({ type }) => !type.endsWith('/effectivesecurityadminrules'));
        const { facts } = normaliseCloud(
          { resources: [...resources, ...declared], complete: true, unread: [{ type: 'microsoft.network/networkgroupmemberships', scope: '' }] },
          TARGET,
          {
            ...CONTEXT,
            serviceTags: { cloud: 'Public', prefixes: TAGS },
          },
        );
        for (const path of factsOf(facts, 'azure.ingressPath')) {
          const through = String(path.data['through']);
          const answers = [topology.adminRules, []].map((rules) => sizeOf({ ...topology, adminRules: rules }, through, false) >= 2 ** 24);
          const found = (path.data['rdpTcp'] as JsonObject)['internet'];
          if (found === true) expect(answers).not.toContain(false);
          if (found === false) expect(answers).not.toContain(true);
        }
      }),
      { seed: 20260112, numRuns: 250 },
    );
  });

  it('call nothing closed whose admin rules could not be read, and nothing open that they would not leave so', () => {
    let isOpen = 0;
    fc.assert(
      fc.property(topologies, (topology) => {
        const resources = resourcesOf(topology).filter(({ type }) => !type.endsWith('/effectivesecurityadminrules'));
        const unread = ['virtualnetworks/effectivesecurityadminrules', 'networkgroupmemberships'].map((type) => ({
          type: `microsoft.network/${type}`,
          scope: '',
        }));
        const { facts } = normaliseCloud({ resources, complete: true, unread }, TARGET, { ...CONTEXT, serviceTags: { cloud: 'Public', prefixes: TAGS } });
        for (const path of factsOf(facts, 'azure.ingressPath')) {
          const found = (path.data['rdpTcp'] as JsonObject)['internet'];
          expect(found).toBe(
            sizeOf({ ...topology, adminRules: [] }, String(path.data['through']), false) >= 2 ** 24 ? true : clientsAreFew(topology, path) ? false : null,
          );
          if (found === true) isOpen++;
        }
      }),
      { seed: 20260114, numRuns: 150 },
    );
    expect(isOpen).toBeGreaterThan(40);
  });
});

/** Whoever comes through a firewall is one whom its rule lets in, and nobody of the Internet comes through a private link. */
function clientsAreFew(topology: Topology, path: Fact): boolean {
  const through = String(path.data['through']);
  const everything: JsonObject = { priority: 1, access: 'AlwaysAllow', destinationPortRanges: ['3389'], sources: [{ addressPrefix: '*' }] };
  return through.startsWith('pls,') || (through.startsWith('fw/') && sizeOf({ ...topology, adminRules: [everything] }, through, false) < 2 ** 24);
}

function routed(network: CloudResource): CloudResource {
  const subnets = (network.body['subnets'] as readonly JsonObject[]).map((subnet) => ({ ...subnet, routeTable: idOf('Microsoft.Network/routeTables', 'rt') }));
  return { ...network, body: { ...network.body, subnets } };
}
