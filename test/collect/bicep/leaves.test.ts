import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readArmTemplate } from '../../../src/collect/arm-template/read.ts';
import type { CompiledBicep } from '../../../src/collect/bicep/compiled.ts';
import { openBicep } from '../../../src/collect/bicep/document.ts';
import { viewOf } from '../../../src/collect/bicep/view.ts';
import { applyReplacements } from '../../../src/lib/text-edit.ts';
import { isUnresolved, placeOf } from '../../../src/model/cloud-resource.ts';
import type { Json } from '../../../src/model/json.ts';
import { escapeStep, stepsOf, valueAt } from '../../../src/model/pointer.ts';
import { folderOf } from '../../scan/support.ts';
import { compiled, SAMPLE, skipped } from './support.ts';

/** A value of a resource, and where in the sources it is said to stand. */
interface Leaf {
  /** Number of the resource, and the canonical pointer in it. */
  readonly key: string;
  readonly value: Json;
  readonly member: string;
  readonly at: { readonly file: string; readonly pointer: string; readonly stated: Json | undefined; readonly text: string } | null;
}

function leavesOf(result: CompiledBicep): Leaf[] {
  expect(result.problems).toEqual([]);
  const { inventory } = readArmTemplate(result.judged, result.given, result.file);
  const view = viewOf(result);
  return inventory.resources.flatMap((resource, number) =>
    leaves(resource.body, '').map(([pointer, value]): Leaf => {
      const found = view.nearest(placeOf(resource, pointer));
      const member = stepsOf(pointer).findLast((step) => !/^\d+$/.test(step)) ?? '';
      if (found === null) return { key: `${number} ${pointer}`, value, member, at: null };
      const { document, file } = found.source;
      return {
        key: `${number} ${pointer}`,
        value,
        member,
        at: { file: file.name, pointer: found.pointer, stated: valueAt(document.value, found.pointer), text: document.text },
      };
    }),
  );
}

function leaves(value: Json, pointer: string): [string, Json][] {
  if (typeof value !== 'object' || value === null || isUnresolved(value)) return [[pointer, value]];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner as Json, `${pointer}/${escapeStep(name)}`));
}

/** Another value of the same kind; undefined for what is no literal. */
function other(value: Json | undefined): Json | undefined {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  return typeof value === 'string' && !value.startsWith('[') ? `${value}Q` : undefined;
}

/** Where each value stands, by what proves it. */
async function measured(files: Readonly<Record<string, string>>, parameters: string | null): Promise<Record<string, number>> {
  const folder = folderOf(files);
  const found = leavesOf(await compiled(folder, 'main.bicep', parameters));
  const counts = { leaves: found.length, 'at its literal, proved by changing it': 0, 'at the expression of its property': 0, elsewhere: 0 };
  const literals = Map.groupBy(found, ({ at }) => (at === null || other(at.stated) === undefined ? '' : `${at.file}\0${at.pointer}`));
  for (const [literal, standing] of literals) {
    if (literal === '') continue;
    const at = standing[0]?.at;
    if (at === null || at === undefined) continue;
    const path = join(folder, at.file);
    const before = readFileSync(path, 'utf8');
    const edit = openBicep(before).edit([{ pointer: at.pointer, set: other(at.stated) ?? null }]);
    if ('refused' in edit) throw new Error(`${at.pointer}: ${edit.refused}`);
    writeFileSync(path, applyReplacements(before, edit.replacements));
    const after = new Map(leavesOf(await compiled(folder, 'main.bicep', parameters)).map(({ key, value }) => [key, value]));
    writeFileSync(path, before);
    for (const leaf of standing) {
      const changed = JSON.stringify(after.get(leaf.key)) !== JSON.stringify(leaf.value);
      if (!changed) throw new Error(`${leaf.key} does not change with ${at.file} ${at.pointer}.`);
      counts['at its literal, proved by changing it']++;
    }
  }
  for (const { member, at } of literals.get('') ?? []) {
    const last = at === null ? undefined : stepsOf(at.pointer).findLast((step) => !/^\d+$/.test(step));
    if (last?.toLowerCase() === member.toLowerCase()) counts['at the expression of its property']++;
    else counts.elsewhere++;
  }
  return counts;
}

/** What hides a literal: lists of variables made by loops, choices, `union`, spreads in lists, modules in modules. */
const HARD: Readonly<Record<string, string>> = {
  'main.bicep': `param strict bool = false
param settings object = {
  network: { prefix: '10.0.0.0/16' }
  rule: { access: 'Allow', direction: 'Inbound' }
}
var made = [for i in range(0, 2): {
  name: 'made\${i}'
  properties: { ...settings.rule, priority: 200 + i, protocol: 'Tcp', sourceAddressPrefix: '*', sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '3389' }
}]
var own = [
  {
    name: 'own'
    properties: union(settings.rule, { priority: 100, protocol: strict ? 'Udp' : 'Tcp', sourceAddressPrefix: '*', sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '22' })
  }
]
resource a 'Microsoft.Network/networkSecurityGroups@2023-09-01' = {
  name: 'a'
  location: 'westeurope'
  properties: { securityRules: made }
}
resource b 'Microsoft.Network/networkSecurityGroups@2023-09-01' = {
  name: 'b'
  location: 'westeurope'
  properties: { securityRules: [...own, ...made] }
}
resource c 'Microsoft.Network/virtualNetworks@2023-09-01' = {
  name: 'c'
  location: 'westeurope'
  properties: strict ? { addressSpace: { addressPrefixes: [] } } : {
    addressSpace: { addressPrefixes: [settings.network.prefix] }
  }
}
module outer 'outer.bicep' = {
  params: { group: { name: 'd', place: { location: 'westeurope' } } }
}
`,
  'outer.bicep': `param group object
module inner 'inner.bicep' = [for i in range(0, 2): {
  params: { group: group, index: i, rules: [{ name: 'x', properties: { priority: 100 + i, access: 'Deny', direction: 'Inbound', protocol: 'Tcp', sourceAddressPrefix: '*', sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '*' } }] }
}]
`,
  'inner.bicep': `param group object
param index int
param rules array
resource nsg 'Microsoft.Network/networkSecurityGroups@2023-09-01' = {
  name: '\${group.name}\${index}'
  location: group.place.location
  properties: { securityRules: rules }
}
`,
};

const spreadRule = (name: string): string =>
  `{ name: '${name}', properties: { priority: 100, access: 'Deny', direction: 'Inbound', protocol: 'Tcp', sourceAddressPrefix: '*', sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '*' } }`;
const spreadNsg = (name: string, rules: string): string =>
  `resource ${name} 'Microsoft.Network/networkSecurityGroups@2023-09-01' = {\n  name: '${name}'\n  properties: { securityRules: ${rules} }\n}\n`;

/** Rules of 9 values each. */
const SPREADS: Readonly<Record<string, string>> = {
  'main.bicep': `param given array
var two = [
  ${spreadRule('two')}
  ${spreadRule('three')}
]
var again = two
var none = []
var made = [for i in range(0, 2): ${spreadRule('made')}]
var nested = [...two, ...none]
`,
  'main.bicepparam': `using 'main.bicep'\nparam given = [\n  ${spreadRule('given')}\n]\n`,
};

describe.skipIf(skipped)('values of resources stand where they are stated', () => {
  test('in a file with a module, all of them', async () => {
    expect(await measured(SAMPLE, null)).toEqual({
      leaves: 53,
      'at its literal, proved by changing it': 36,
      'at the expression of its property': 17,
      elsewhere: 0,
    });
  });
  test('with a parameters file, all of them', async () => {
    expect(await measured(SAMPLE, 'main.bicepparam')).toEqual({
      leaves: 71,
      'at its literal, proved by changing it': 46,
      'at the expression of its property': 25,
      elsewhere: 0,
    });
  });
  test('behind choices and functions, at what hides them', async () => {
    expect(await measured(HARD, null)).toEqual({
      leaves: 74,
      'at its literal, proved by changing it': 51,
      'at the expression of its property': 14,
      elsewhere: 9,
    });
  });

  test.each<[string, string, number, number]>([
    ['lists of a known length, whoever gives them, and what stands between them', `[...none, ...given, ...again, ${spreadRule('own')}]`, 37, 0],
    ['a loop behind them', '[...given, ...made]', 28, 0],
    ['what follows a loop', `[...made, ${spreadRule('own')}]`, 1, 27],
    ['what follows a list that is spread together', `[...nested, ${spreadRule('own')}]`, 1, 27],
    ['a list that is spread together, at the end', `[${spreadRule('own')}, ...nested]`, 28, 0],
    ['a call', '[...given, ...concat(two, none)]', 10, 18],
  ])('in lists that are spread: %s', async (_what, rules, literals, elsewhere) => {
    const files = { ...SPREADS, 'main.bicep': `${SPREADS['main.bicep'] ?? ''}${spreadNsg('a', rules)}` };
    expect(await measured(files, 'main.bicepparam')).toMatchObject({ 'at its literal, proved by changing it': literals, elsewhere });
  });
});
