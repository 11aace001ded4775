import { readArmTemplate } from '../collect/arm-template/read.ts';
import { azureInventory } from '../collect/azure/inventory.ts';
import { parseAzureSnapshot } from '../collect/azure/snapshot.ts';
import type { CompiledBicep } from '../collect/bicep/compiled.ts';
import { isProblem, readTextFile } from '../collect/files.ts';
import { readPulumiProgram } from '../collect/pulumi/program.ts';
import { readPulumiState } from '../collect/pulumi/state.ts';
import { recognise } from '../collect/recognise.ts';
import { readResourceList } from '../collect/resource-list/read.ts';
import type { CloudInventory } from '../model/cloud-resource.ts';
import type { TargetKind } from '../model/fact.ts';
import type { Json } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import type { Target } from '../model/target.ts';
import type { PlannedFile } from './plan.ts';
import { parseText } from './read-input.ts';

export function cloudTarget(kind: TargetKind, file: string, group: string): Target {
  return { id: `${kind}:${file}`, kind, name: file, group, status: 'complete' };
}

export interface ReadCloud {
  readonly kind: TargetKind;
  readonly inventory: CloudInventory;
  readonly problems: readonly Problem[];
}

/** The resources of a document; null for a file that is known and holds none of its own. */
export function readCloudValue(value: Json, name: string, planned: Pick<PlannedFile, 'parameters'>, sourceRoot: string): ReadCloud | null {
  switch (recognise(value).kind) {
    case 'arm-template': {
      const parameters = readParameters(planned.parameters, sourceRoot);
      const read = readArmTemplate(value, parameters.value, name);
      return { kind: 'arm-template', inventory: read.inventory, problems: [...parameters.problems, ...read.problems] };
    }
    case 'resource-list':
      return { kind: 'azure', ...readResourceList(value, name) };
    case 'azure-snapshot': {
      const snapshot = parseAzureSnapshot(value);
      return 'error' in snapshot ? null : { kind: 'azure', inventory: azureInventory(snapshot, name), problems: [] };
    }
    case 'pulumi-program':
      return { kind: 'pulumi', ...readPulumiProgram(value, name) };
    case 'pulumi-preview':
    case 'pulumi-events':
    case 'pulumi-state':
      return { kind: 'pulumi', ...readPulumiState(value, name) };
    default:
      return null;
  }
}

function readParameters(path: string | undefined, sourceRoot: string): { value: Json | null; problems: readonly Problem[] } {
  if (path === undefined) return { value: null, problems: [] };
  const file = readTextFile(path, sourceRoot);
  if (isProblem(file)) return { value: null, problems: [file] };
  const parsed = parseText(file.text, file.name);
  return 'level' in parsed ? { value: null, problems: [parsed] } : { value: parsed.document.value, problems: [] };
}

/** The resources of a compiled template, or of an edited one in its place; null when there is none. */
export function readBicepValue(value: Json | null, compiled: CompiledBicep): ReadCloud | null {
  if (value === null) return null;
  const read = readArmTemplate(value, compiled.given, compiled.file);
  return { kind: 'bicep', inventory: read.inventory, problems: read.problems };
}
