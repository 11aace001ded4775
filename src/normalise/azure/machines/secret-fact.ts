import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import type { Json } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { ownerIdOf } from '../coverage.ts';
import { makeFact } from '../fact.ts';
import { findResource, listOf, memberOf, ofType, resourceGroupOf, type Resources } from '../resources.ts';
import { ARC_EXTENSION_TYPE } from '../arc/types.ts';
import { EXTENSION_TYPE, MACHINE_TYPE } from './machine-fact.ts';
import { SCALE_SET_TYPE } from '../scale-set-nics.ts';
import { modelsOf, SCALE_SET_EXTENSION_TYPE } from './scale-set.ts';
import { searchSecrets, type SecretSearch } from './secrets.ts';

const RUN_COMMAND_TYPE = `${MACHINE_TYPE}/runcommands`;

/** Parts of machines and scale sets that everybody with read access sees: settings of extensions, custom data, tags, and scripts that are run. */
export function machineTextFacts(target: Target, resources: Resources): Fact[] {
  const own = (type: string): readonly CloudResource[] => ofType(resources, type).filter((resource) => !resource.context);
  return [
    ...own(MACHINE_TYPE).flatMap((machine) => [
      textFact(target, resources, machine, 'customData', memberOf(machine.body['osProfile'], 'customData'), '/osProfile/customData', true),
      textFact(target, resources, machine, 'userData', machine.body['userData'], '/userData', true),
      textFact(target, resources, machine, 'tags', machine.body['tags'], '/tags', false),
      ...listOf(machine.body['resources']).flatMap((node, index) =>
        textFact(target, resources, machine, 'extension', memberOf(node, 'settings'), `/resources/${index}`, false),
      ),
    ]),
    ...modelsOf(resources).flatMap(({ resource: set, model, below, extensions }) => [
      textFact(target, resources, set, 'customData', memberOf(model.body['osProfile'], 'customData'), `${below}/osProfile/customData`, true),
      textFact(target, resources, set, 'userData', model.body['userData'], `${below}/userData`, true),
      ...extensions.list.flatMap(({ resource, node, pointer }) =>
        resource === set ? [textFact(target, resources, set, 'extension', memberOf(node, 'settings'), pointer, false)] : [],
      ),
    ]),
    ...own(SCALE_SET_TYPE).map((set) => textFact(target, resources, set, 'tags', set.body['tags'], '/tags', false)),
    ...[...own(EXTENSION_TYPE), ...own(SCALE_SET_EXTENSION_TYPE), ...own(ARC_EXTENSION_TYPE)].map((extension) =>
      textFact(target, resources, extension, 'extension', extension.body['settings'], '/settings', false),
    ),
    ...own(RUN_COMMAND_TYPE).map((command) => textFact(target, resources, command, 'run-command', runText(command), '/source', true)),
  ].filter((fact) => fact !== null);
}

function runText(command: CloudResource): Json | undefined {
  const { source, parameters } = command.body;
  if (source === undefined && parameters === undefined) return undefined;
  // Each parameter has a name and a value beside each other.
  const named = listOf(parameters).map((parameter) => ({ [String(memberOf(parameter, 'name') ?? 'value')]: memberOf(parameter, 'value') ?? null }));
  return { source: source ?? null, parameters: named };
}

/** Null where there is nothing to look at. */
function textFact(
  target: Target,
  resources: Resources,
  resource: CloudResource,
  part: string,
  value: Json | undefined,
  pointer: Pointer,
  isCommand: boolean,
): Fact | null {
  if (value === undefined || value === null || value === '') return null;
  const search: SecretSearch = searchSecrets(value, isCommand);
  const holdsSecret = search.found.length > 0 ? true : search.unsure ? null : false;
  const isMachine = resource.type === MACHINE_TYPE || resource.type === SCALE_SET_TYPE;
  const owner = ownerIdOf(resource);
  const machine = isMachine ? resource.name : (findResource(resources, owner)?.name ?? owner.slice(owner.lastIndexOf('/') + 1));
  return makeFact(target, {
    kind: 'azure.machineText',
    name: isMachine ? `${resource.name} ${part}` : `${machine}/${resource.name}`,
    resource,
    pointer,
    ...(isMachine ? { instance: [part, pointer] } : {}),
    data: {
      machine,
      resourceGroup: resourceGroupOf(resource),
      part,
      label: resource.name,
      holdsSecret,
      secrets: search.found.map(({ place, looksLike }) => ({ place, looksLike })),
      places: search.found.map(({ place, looksLike }) => `${place} (${looksLike})`).join(', '),
    },
    unknown: holdsSecret === null ? ['/holdsSecret'] : [],
  });
}
