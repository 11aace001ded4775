import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type * as Reader from '../../src/lib/snapshot-read.ts';
import { collectorRequest, LIMITS, registryRequest } from '../../src/collect/live/request.ts';
import { shippedLibrary, scanFolder } from '../scan/support.ts';

const asked = vi.hoisted(() => new Map<string, readonly [key: string, name: string | null]>());

vi.mock('../../src/lib/snapshot-read.ts', async (importActual) => {
  const actual = await importActual<typeof Reader>();
  const note = (key: string, name: string | null): unknown => asked.set(`${key}\0${String(name)}`.toLowerCase(), [key, name]);
  return {
    ...actual,
    readRegistryValue: (...given: Parameters<typeof actual.readRegistryValue>) => (note(given[1], given[2]), actual.readRegistryValue(...given)),
    readRegistryKey: (...given: Parameters<typeof actual.readRegistryKey>) => (note(given[1], null), actual.readRegistryKey(...given)),
  };
});

const reads = registryRequest(shippedLibrary().areas);

describe('the registry values that a collector is asked for', () => {
  it('are keys of the machine, each once, with a step * for what only the host knows', () => {
    expect(reads.length).toBeGreaterThan(150);
    expect(
      reads.filter(({ key, name }) => !key.startsWith('HKLM\\') || /[{}]/.test(`${key}${name ?? ''}`) || /\*/.test(key.replaceAll(/\\\*(?=\\|$)/g, ''))),
    ).toEqual([]);
    const names = reads.map(({ key, name }) => `${key}\0${String(name)}`.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
    expect(reads).toContainEqual({ key: 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\*', name: 'UserAuthentication' });
    expect(reads).toContainEqual({ key: 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.0\\Server', name: 'Enabled' });
  });

  it('are all that facts are made of', () => {
    scanFolder(join(import.meta.dirname, '..', '..', 'examples', 'contoso'), []);
    const covered = (key: string, name: string | null): boolean =>
      reads.some((read) => {
        const steps = read.key.toLowerCase().split('\\');
        const own = key.toLowerCase().split('\\');
        return (
          steps.length === own.length &&
          steps.every((step, index) => step === '*' || step === own[index]) &&
          (read.name === null || read.name.toLowerCase() === name?.toLowerCase())
        );
      });
    expect(asked.size).toBeGreaterThan(50);
    expect([...asked.values()].filter(([key, name]) => !covered(key, name) && name !== '').map(([key, name]) => `${key} ${String(name)}`)).toEqual([]);
  });

  it('stand in a request of one target', () => {
    expect(collectorRequest({ kind: 'windows-host', name: 'a', nonce: 'n' }, reads)).toEqual({
      nonce: 'n',
      kind: 'windows-host',
      name: 'a',
      sections: null,
      registry: reads,
      collections: null,
      limits: LIMITS,
    });
    expect(collectorRequest({ kind: 'rds-deployment', name: 'a', collections: ['Apps'] }, reads)).toMatchObject({ registry: [], collections: ['Apps'] });
  });
});
