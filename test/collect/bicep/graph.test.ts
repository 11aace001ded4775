import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseBicep } from '../../../src/collect/bicep/syntax.ts';
import type { Declaration } from '../../../src/collect/bicep/tree.ts';
import { linesOf } from '../../../src/lib/lines.ts';
import { type Json, member } from '../../../src/model/json.ts';
import { folderOf } from '../../scan/support.ts';
import { compiler, SAMPLE, skipped } from './support.ts';

/** Statements in every shape that the language has. */
const SHAPES = `targetScope = 'resourceGroup'

@description('''
Many lines, with 'quotes', { and }.
''')
@allowed([
  'a'
  'b'
])
param choice string = 'a'
type shape = {
  @description('With a decorator.')
  name: string
  size: 1 | 2 | 3
  more: { *: int }?
}
param shapes shape[] = [{ name: 'x', size: 1 }]
@export()
func greet(who string) string => 'hello \${who} \${toUpper('a}\${who}')}'
var both = choice == 'a' && length(shapes) > 0
  ? 'yes {'
  : 'no }'
var filtered = filter(shapes, item => item.size > 1)
var mapped = map(range(0, 3), (i, at) => {
  name: 'x\${i}'
  at: at
})
var loaded = loadJsonContent('data.json')
var names = [for (item, i) in (both == 'yes {' ? shapes : []): {
  name: '\${item.name}\${i}'
}]
var table = toObject(shapes, item => item.name, item => item.?more ?? {})

#disable-next-line no-unused-existing-resources
resource group 'Microsoft.Network/networkSecurityGroups@2023-09-01' existing = {
  name: 'old'
  resource rule 'securityRules' existing = { name: 'rule' }
}

@batchSize(1)
resource sets 'Microsoft.Compute/availabilitySets@2023-09-01' = [for (item, i) in shapes: if (item.size > 1 && choice != 'b') {
  name: 'set-\${item.name}'
  location: resourceGroup().location
  sku: { name: 'Aligned' }
  properties: {
    platformFaultDomainCount: item.size
    ...table
  }
}] // behind it

resource storage 'Microsoft.Storage/storageAccounts@2023-01-01' = if (choice == 'a' || both == 'yes {') {
  name: 'contoso\${uniqueString(resourceGroup().id)}'; kind: 'StorageV2'
  location: 'westeurope', sku: { name: 'Standard_LRS' }

  resource blobs 'blobServices' = {
    name: 'default'
    // In a nested one.
    @description('Deeper.')
    resource container 'containers' = [for name in ['a', 'b']: {
      name: name
    }]
  }
}
output ids array = [for i in range(0, 2): storage::blobs::container[i].id]
output last string = '\${greet('x')}\${mapped[0].name}\${filtered[0].name}\${names[0].name}\${loaded.a}'
`.replace("; kind: 'StorageV2'\n  location: 'westeurope', sku", "\n  kind: 'StorageV2'\n  location: 'westeurope'\n  sku");

const FILES: readonly (readonly [string, string])[] = [
  ['the sample', SAMPLE['main.bicep'] ?? ''],
  ['its module', SAMPLE['modules/rules.bicep'] ?? ''],
  ['every shape', SHAPES],
  ['with CR LF', SHAPES.replaceAll('\n', '\r\n')],
];

/** Resources and modules, nested ones too, as the compiler's graph shows them. */
function statements(declarations: readonly Declaration[], text: string): string[] {
  const lines = linesOf(text);
  return declarations.flatMap((declaration) => {
    const { word, name, start, end, value } = declaration;
    const from = lines.position(start);
    const to = lines.position(end);
    const own = word === 'resource' || word === 'module' ? [`${name} ${from.line}:${from.column}-${to.line}:${to.column}`] : [];
    return [...own, ...(value?.is === 'object' ? statements(value.nested, text) : [])];
  });
}

function nodes(graph: Json): string[] {
  const at = (place: Json | undefined): string => `${Number(member(place, 'line')) + 1}:${Number(member(place, 'char')) + 1}`;
  const list = member(graph, 'nodes');
  if (!Array.isArray(list)) throw new Error('No graph.');
  return (list as readonly Json[]).map(
    (node) => `${String(member(node, 'name'))} ${at(member(member(node, 'range'), 'start'))}-${at(member(member(node, 'range'), 'end'))}`,
  );
}

const inWords = (item: Json): string =>
  `${JSON.stringify(member(member(item, 'range'), 'start'))} ${String(member(item, 'code'))} ${String(member(item, 'message'))}`;

describe.skipIf(skipped)('statements begin and end where the compiler says', () => {
  test.each(FILES)('%s', async (_name, text) => {
    const folder = folderOf({ ...SAMPLE, 'data.json': '{ "a": 1 }' });
    const path = join(folder, text === SAMPLE['modules/rules.bicep'] ? 'modules/shapes.bicep' : 'shapes.bicep');
    writeFileSync(path, text);
    const build = await compiler().call('bicep/compile', { path });
    const errors = 'result' in build ? member(build.result, 'diagnostics') : build;
    expect((Array.isArray(errors) ? (errors as readonly Json[]) : []).filter((item) => member(item, 'level') === 'Error').map(inWords)).toEqual([]);
    const answer = await compiler().call('bicep/getDeploymentGraph', { path });
    if (!('result' in answer)) throw new Error(`${dirname(path)}: ${JSON.stringify(answer)}`);
    const wanted = nodes(answer.result);
    expect(wanted.length).toBeGreaterThan(0);
    expect(statements(parseBicep(text).declarations, text).toSorted()).toEqual(wanted.toSorted());
  });
});
