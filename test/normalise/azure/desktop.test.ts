import { describe, expect, it } from 'vitest';
import { UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { Json } from '../../../src/model/json.ts';
import { effectiveRdp, parseRdpProperties } from '../../../src/lib/rdp-properties.ts';
import { facts, factsOf, only, resource } from './build.ts';

describe('custom RDP properties', () => {
  it.each([
    ['drivestoredirect:s:C:\\;E:\\;redirectclipboard:i:0', { drivestoredirect: 'C:\\;E:\\', redirectclipboard: '0' }],
    ['drivestoredirect:s:C:\\;E:\\;;', { drivestoredirect: 'C:\\;E:\\;' }],
    [
      'camerastoredirect:s:\\\\?\\usb#vid_0bda&pid_58b0&mi;-\\\\?\\usb#vid_0bdb;audiocapturemode:i:1',
      {
        camerastoredirect: '\\\\?\\usb#vid_0bda&pid_58b0&mi;-\\\\?\\usb#vid_0bdb',
        audiocapturemode: '1',
      },
    ],
    ['Use MultiMon:I:1; redirectprinters:i:0 ;', { 'use multimon': '1', redirectprinters: '0' }],
    ['redirectclipboard:i:1;REDIRECTCLIPBOARD:i:0', { redirectclipboard: '0' }],
    ['drivestoredirect:s:;', { drivestoredirect: '' }],
    ['nothing of the kind', {}],
    ['', {}],
  ])('%s', (text, expected) => expect(Object.fromEntries([...parseRdpProperties(text)].map(([name, { value }]) => [name, value]))).toEqual(expected));

  it('has the defaults of the service where nothing is declared', () => {
    expect(effectiveRdp('redirectclipboard:i:0;redirectprinters:i:yes')).toMatchObject({
      values: {
        drivestoredirect: '*',
        redirectclipboard: 0,
        redirectprinters: null,
        enablecredsspsupport: 1,
        camerastoredirect: '',
        targetisaadjoined: 0,
      },
      declared: { drivestoredirect: false, redirectclipboard: true },
    });
  });
});

describe('host pools and workspaces', () => {
  const pool = (customRdpProperty: Json, more = {}) =>
    facts([
      resource('Microsoft.DesktopVirtualization/hostPools', 'hp', {
        customRdpProperty,
        hostPoolType: 'Pooled',
        ...more,
      }),
    ]);

  it.each<[Json]>([[null], ['']])('%j means every default', (value) =>
    expect(only(pool(value), 'azure.hostPool').data).toMatchObject({
      rdp: { drivestoredirect: '*' },
      sources: { rdp: { drivestoredirect: 'default' } },
    }),
  );

  it('knows nothing of an expression', () => {
    const fact = only(pool(UNRESOLVED), 'azure.hostPool');
    expect(fact.unknown).toEqual(['/rdp', '/declared', '/sources', '/customRdpProperty']);
  });

  it('shows a declared property at its line, an absent one at the host pool', () => {
    const declared = only(pool('drivestoredirect:s:'), 'azure.hostPool').origin;
    expect(declared.at === 'document' && declared.members?.['/rdp/drivestoredirect']?.at).toBe('/customRdpProperty');
    const absent = only(facts([resource('Microsoft.DesktopVirtualization/hostPools', 'hp', {})]), 'azure.hostPool').origin;
    expect(absent.at === 'document' && absent.members).toBeUndefined();
  });

  it('judges network access of both alike, without case', () => {
    const all = [...pool('', { publicNetworkAccess: 'enabledforclientsonly' }), ...facts([resource('Microsoft.DesktopVirtualization/workspaces', 'ws', {})])];
    expect(factsOf(all, 'azure.desktopAccess').map((fact) => [fact.data['part'], fact.data['publicNetworkAccess']])).toEqual([
      ['host-pool', 'EnabledForClientsOnly'],
      ['workspace', 'Enabled'],
    ]);
  });
});
