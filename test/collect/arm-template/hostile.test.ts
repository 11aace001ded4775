import { describe, expect, it } from 'vitest';
import { readArmTemplate } from '../../../src/collect/arm-template/read.ts';
import { UNRESOLVED } from '../../../src/model/cloud-resource.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';

const nsg = (properties: Json, more: JsonObject = {}): JsonObject => ({ type: 'Microsoft.Network/networkSecurityGroups', name: 'a', properties, ...more });

describe('templates that are not made for reading', () => {
  it.each<[string, Json]>([
    ['null', null],
    ['a list', []],
    ['a text', 'x'],
    ['no resources', {}],
    ['resources that are a text', { resources: "[variables('x')]" }],
    ['a resource that is a number', { resources: [3, null, 'x', []] }],
    ['a type that is a list', { resources: [{ type: ['x'], name: 'a' }] }],
    ['a name that is a list', { resources: [{ type: 'Microsoft.Network/networkSecurityGroups', name: ['a'] }] }],
    ['no name', { resources: [{ type: 'Microsoft.Network/networkSecurityGroups' }] }],
    ['parameters that are a list', { parameters: [], variables: 3, resources: [nsg({ x: "[parameters('a')]" })] }],
    ['a copy that is a text', { resources: [nsg({ copy: 'x' }, { copy: 'x' })] }],
    ['properties that are a list', { resources: [nsg([1, 2])] }],
  ])('%s', (_name, template) => expect(() => readArmTemplate(template, null, 'f')).not.toThrow());

  it('one broken resource does not hide the next', () => {
    const { inventory, problems } = readArmTemplate({ resources: [3, { type: 'Microsoft.Network/networkSecurityGroups', name: ['a'] }, nsg({})] }, null, 'f');
    expect(inventory.resources.map((resource) => resource.pointer)).toEqual(['/resources/2']);
    expect(problems.map((problem) => problem.level)).toEqual(['warning', 'warning']);
    expect(problems.every((problem) => problem.message.endsWith('.') && problem.hint !== undefined)).toBe(true);
  });

  it('a part that cannot be read is an error', () => {
    expect(readArmTemplate({ resources: 'x' }, null, 'f').problems).toMatchObject([{ level: 'error' }]);
  });

  it('names of the language are plain names', () => {
    const text =
      '{"variables":{"__proto__":{"polluted":1},"constructor":"c"},"resources":[{"type":"Microsoft.Network/networkSecurityGroups","name":"a","properties":{"__proto__":{"securityRules":[{"name":"x"}]},"constructor":"[variables(\'constructor\')]","toString":"t","tags":{"__proto__":{"a":1}}}}]}';
    const [resource] = readArmTemplate(JSON.parse(text) as Json, null, 'f').inventory.resources;
    expect(resource?.body['constructor']).toBe('c');
    expect(Object.getPrototypeOf(resource?.body)).toBe(Object.prototype);
    expect(Object.hasOwn(resource?.body ?? {}, 'securityRules')).toBe(false);
    expect(({} as JsonObject)['polluted']).toBeUndefined();
  });

  it('a function of the language is no template function', () => {
    const [resource] = readArmTemplate({ resources: [nsg({ a: "[constructor('x')]", b: '[toString()]', c: '[__proto__()]' })] }, null, 'f').inventory.resources;
    expect([resource?.body['a'], resource?.body['b'], resource?.body['c']]).toEqual([UNRESOLVED, UNRESOLVED, UNRESOLVED]);
  });

  it('depth is bounded', () => {
    let deep: Json = 'x';
    for (let level = 0; level < 20_000; level++) deep = level % 2 === 0 ? [deep] : { properties: deep };
    let nested: JsonObject = nsg({});
    for (let level = 0; level < 2000; level++) nested = nsg({}, { resources: [{ ...nested, type: 'securityRules' }] });
    expect(() => readArmTemplate({ variables: { deep }, resources: [nsg({ deep, also: "[variables('deep')]" }), nested] }, null, 'f')).not.toThrow();
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['texts that double', { seed: 'x' }, { by: 'concat' }],
    ['lists that double', { seed: ['x'] }, { by: 'concat' }],
    ['values that share their parts', { seed: { a: 1 } }, { by: 'createArray' }],
  ])('%s', (_name, { seed }, { by }) => {
    const variables: Record<string, Json> = { v0: seed ?? null };
    for (let level = 1; level < 60; level++) variables[`v${level}`] = `[${String(by)}(variables('v${level - 1}'), variables('v${level - 1}'))]`;
    const resources = Array.from({ length: 60 }, (_, index) => nsg({ value: `[variables('v${index}')]` }, { name: `n${index}` }));
    const found = readArmTemplate({ variables, resources }, null, 'f').inventory.resources;
    expect(found).toHaveLength(60);
    expect(found[0]?.body['value']).toEqual(seed);
    expect(found[59]?.body['value']).toBe(UNRESOLVED);
  });

  it('loops in loops cost what they may', () => {
    const input = { name: 'x', properties: { copy: [{ name: 'list', count: 800, input: { copy: [{ name: 'more', count: 800, input: 'y' }] } }] } };
    const { problems } = readArmTemplate(
      { resources: [nsg({ copy: [{ name: 'securityRules', count: 800, input }] }, { copy: { name: 'l', count: 800 } })] },
      null,
      'f',
    );
    expect(problems.map((problem) => problem.code)).toContain('template.too-large');
  });

  it('many resources of one name are read in time', () => {
    const resources = [
      ...Array.from({ length: 20_000 }, () => nsg({})),
      ...Array.from({ length: 20_000 }, () => ({ type: 'Microsoft.Network/networkSecurityGroups/securityRules', name: 'a/r' })),
    ];
    readArmTemplate({ resources }, null, 'f');
    // Quadratic would be minutes.
  });
});
