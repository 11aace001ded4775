import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalBody, canonicalValue, plainReader, type Reader } from '../../../src/collect/cloud/canonical.ts';
import type { Json } from '../../../src/model/json.ts';

/** The same reader, which copies member by member whatever the object. */
const slow = (): Reader => ({ ...plainReader(), quick: false });

const NAMES = [
  ...'name Name id type Type properties Properties access Access securityRules SecurityRules tags Tag settings copy'.split(' '),
  ...'destinationPortRange DestinationPortRange destinationPortRanges publicIpAddress publicIPAddress addressPrefix'.split(' '),
  ...'__proto__ constructor etag'.split(' '),
];
const TEXTS = ['', 'x', 'a/b', 'Microsoft.Network/networkSecurityGroups', '[x]'];
const REFERENCES = ['/subscriptions/S/resourceGroups/R/providers/Microsoft.Network/routeTables/T', '/health'];

const { value } = fc.letrec<{ value: Json; object: Json; list: Json }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, fc.constantFrom<Json>(...TEXTS, ...REFERENCES, null, true, 3), tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 3 }),
  object: fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), tie('value')), { selector: ([name]) => name, maxLength: 6 }).map((members) => {
    const object: Record<string, Json> = {};
    for (const [name, held] of members) {
      // Of an element's own id and a reference only the second one is compared.
      const shown = name === 'id' && typeof held === 'string' ? 'x' : held;
      Object.defineProperty(object, name, { value: shown, enumerable: true, writable: true, configurable: true });
    }
    return object;
  }),
}));

describe('objects copied as a whole', () => {
  it('become what they become member by member', () => {
    // One reader for all, so that shapes are met again.
    const quick = plainReader();
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), (list) => {
        const before = JSON.stringify(list);
        expect(canonicalValue(list, quick, 1)).toEqual(canonicalValue(list, slow(), 1));
        expect(JSON.stringify(list)).toBe(before);
      }),
      { seed: 11, numRuns: 1500 },
    );
  });

  it.each<[string, Json, Json]>([
    ['names of clients in a bag', { name: 'r', properties: { Access: 'Allow' } }, { name: 'r', access: 'Allow' }],
    ['a name beside the bag and in it', { name: 'r', access: 'Allow', properties: { access: 'Deny' } }, { name: 'r', access: 'Allow' }],
    ['an empty one beside the bag', { name: 'r', access: '', properties: { access: 'Deny' } }, { name: 'r', access: 'Deny' }],
    ['a list under a singular name', { name: 'r', properties: { destinationPortRange: ['1'] } }, { name: 'r', destinationPortRanges: ['1'] }],
    ['a bag in a bag', { name: 'r', properties: { properties: { access: 'Deny' } } }, { name: 'r', access: 'Deny' }],
    ['an empty bag', { name: 'r', properties: {} }, { name: 'r' }],
    ['a type beside the bag', { name: 'r', type: 'A.B/c', properties: { type: 'Own' } }, { name: 'r', type: 'Own' }],
  ])('%s', (_name, element, expected) => {
    expect(canonicalValue([element, element], plainReader(), 1)).toEqual([expected, expected]);
  });

  it('leave the document alone', () => {
    const element = { name: 'r', properties: { access: 'Allow', list: ['a'] } };
    const { body } = canonicalBody({ securityRules: [element] }, plainReader(), new Set());
    expect(body).toEqual({ securityRules: [{ name: 'r', access: 'Allow', list: ['a'] }] });
    expect(element).toEqual({ name: 'r', properties: { access: 'Allow', list: ['a'] } });
  });
});
