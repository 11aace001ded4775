import { expect, it } from 'vitest';
import { uuidV5 } from '../../src/lib/uuid.ts';

it('gives the example of RFC 9562, appendix A.4', () => {
  expect(uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
});

it('hashes names as UTF-8 and refuses what is no namespace', () => {
  expect(uuidV5('00000000-0000-0000-0000-000000000000', 'é')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuidV5('00000000-0000-0000-0000-000000000000', 'é')).not.toBe(uuidV5('00000000-0000-0000-0000-000000000000', 'e\u0301'));
  expect(() => uuidV5('nonsense', 'x')).toThrow(TypeError);
});
