import type { CloudResource } from '../../../model/cloud-resource.ts';
import type { Fact } from '../../../model/fact.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Pointer } from '../../../model/pointer.ts';
import type { Target } from '../../../model/target.ts';
import { makeFact } from '../fact.ts';
import { memberOf, ofType, resourceGroupOf, type Resources } from '../resources.ts';
import { flagAt, known, wordAt } from '../values.ts';
import { BASTION_TYPE } from './types.ts';

const SKUS = ['Developer', 'Basic', 'Standard', 'Premium'];

/** Every feature of a Bastion is off where it is not stated, but for copy and paste. */
export function bastionFacts(target: Target, resources: Resources): Fact[] {
  return ofType(resources, BASTION_TYPE).flatMap((bastion) => (bastion.context ? [] : [bastionFact(target, bastion)]));
}

function bastionFact(target: Target, bastion: CloudResource): Fact {
  const unknown: Pointer[] = [];
  const { body } = bastion;
  const off = flagAt(body['disableCopyPaste'], false, '/copyPaste', []);
  const data: JsonObject = {
    name: bastion.name,
    resourceGroup: resourceGroupOf(bastion),
    sku: wordAt(memberOf(body['sku'], 'name'), SKUS, 'not-stated', '/sku', unknown),
    shareableLink: flagAt(body['enableShareableLink'], false, '/shareableLink', unknown),
    copyPaste: known(off === null ? null : !off, '/copyPaste', unknown),
    fileCopy: flagAt(body['enableFileCopy'], false, '/fileCopy', unknown),
    tunneling: flagAt(body['enableTunneling'], false, '/tunneling', unknown),
    ipConnect: flagAt(body['enableIpConnect'], false, '/ipConnect', unknown),
  };
  const members = Object.entries(PLACES).map(([at, pointer]) => ({ at, resource: bastion, pointer }));
  return makeFact(target, { kind: 'azure.bastionHost', name: bastion.name, resource: bastion, data, unknown, members });
}

const PLACES: Readonly<Record<Pointer, Pointer>> = {
  '/shareableLink': '/enableShareableLink',
  '/copyPaste': '/disableCopyPaste',
  '/fileCopy': '/enableFileCopy',
  '/tunneling': '/enableTunneling',
  '/ipConnect': '/enableIpConnect',
};
