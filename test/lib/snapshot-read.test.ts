import { describe, expect, it } from 'vitest';
import { readRegistryKey, readRegistryValue, readRows } from '../../src/lib/snapshot-read.ts';
import type { Json } from '../../src/model/json.ts';
import type { Section, Snapshot } from '../../src/model/snapshot.ts';

const snapshot = (sections: Readonly<Record<string, Section>>): Snapshot => ({
  schemaVersion: 1,
  target: { kind: 'windows-host', name: 'h.contoso.com' },
  collectedAt: '2026-11-22T10:00:00Z',
  sections,
});

describe('readRows', () => {
  it.each([
    ['rows', { status: 'ok', data: [{ a: 1 }, 'x', null] } as Section, { state: 'read', rows: [{ a: 1 }] }],
    ['one object', { status: 'ok', data: { a: 1 } } as Section, { state: 'read', rows: [{ a: 1 }] }],
    ['nothing', { status: 'ok', data: null } as Section, { state: 'read', rows: [] }],
    ['absent', { status: 'absent' } as Section, { state: 'absent' }],
    ['denied', { status: 'denied' } as Section, { state: 'unread' }],
    ['error', { status: 'error' } as Section, { state: 'unread' }],
  ])('%s', (_name, section, expected) => {
    expect(readRows(snapshot({ s: section }), 's')).toEqual(expected);
  });

  it('does not take an inherited name for a section', () => {
    expect(readRows(snapshot({}), 'constructor')).toEqual({ state: 'unread' });
  });
});

describe('readRegistryValue', () => {
  const keys = {
    'HKLM\\A': { status: 'ok', values: { One: 1 } },
    'HKLM\\B': { status: 'absent' },
    'HKLM\\C': { status: 'denied' },
  };
  const held = snapshot({ registry: { status: 'ok', data: keys as unknown as Json } });
  it.each([
    ['a value', 'HKLM\\A', 'One', { known: true, value: 1 }],
    ['names without case', 'hklm\\a', 'ONE', { known: true, value: 1 }],
    ['a value that is not there', 'HKLM\\A', 'Two', { known: true, value: undefined }],
    ['an inherited name', 'HKLM\\A', 'toString', { known: true, value: undefined }],
    ['an absent key', 'HKLM\\B', 'One', { known: true, value: undefined }],
    ['a key below an absent one', 'HKLM\\B\\Sub\\Deeper', 'One', { known: true, value: undefined }],
    ['a key below one that exists and was not asked for', 'HKLM\\A\\Sub', 'One', { known: false }],
    ['a denied key', 'HKLM\\C', 'One', { known: false }],
    ['a key below a denied one', 'HKLM\\C\\Sub', 'One', { known: false }],
    ['a key that was not collected', 'HKLM\\D', 'One', { known: false }],
  ])('%s', (_name, key, name, expected) => {
    expect(readRegistryValue(held, key, name)).toEqual(expected);
  });

  it('is unknown where the registry was not read', () => {
    expect(readRegistryKey(snapshot({}), 'HKLM\\A')).toEqual({ known: false });
    expect(readRegistryKey(snapshot({ registry: { status: 'denied' } }), 'HKLM\\A')).toEqual({
      known: false,
    });
  });
});
