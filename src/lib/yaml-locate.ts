import type { YamlItem, YamlMap, YamlMember, YamlNode } from './yaml-tree.ts';

/** A node on the way from the root, and what holds it. */
export interface YamlPlace {
  readonly node: YamlNode;
  readonly member?: YamlMember;
  readonly item?: YamlItem;
  /** Inside of a flow collection: the text must stay on its terms. */
  readonly inFlow: boolean;
  /** Why nothing may be edited at or below this place; undefined when it may. */
  readonly barrier: string | undefined;
}

/** Walks steps through aliases and merge keys; undefined when they lead nowhere. */
export function findNode(root: YamlNode, steps: readonly string[]): YamlPlace | undefined {
  let place: YamlPlace = { node: root, inFlow: false, barrier: markBarrier(root) };
  for (const step of steps) {
    const next = stepInto(place, step);
    if (next === undefined) return undefined;
    place = next;
  }
  return place;
}

function markBarrier(node: YamlNode): string | undefined {
  if (node.kind === 'alias') return 'the value is an alias';
  return node.marked ? 'the value has an anchor or a tag' : undefined;
}

function stepInto(place: YamlPlace, step: string): YamlPlace | undefined {
  const holder = place.node.kind === 'alias' ? place.node.target : place.node;
  if (holder.kind === 'map') {
    const member = holder.byName.get(step);
    if (member === undefined) return undefined;
    const barrier = place.barrier ?? memberBarrier(holder, member) ?? markBarrier(member.node);
    return { node: member.node, member, inFlow: place.inFlow || holder.flow, barrier };
  }
  if (holder.kind !== 'list' || !/^(?:0|[1-9]\d{0,9})$/.test(step)) return undefined;
  const item = holder.items[Number(step)];
  if (item === undefined) return undefined;
  return { node: item.node, item, inFlow: place.inFlow || holder.flow, barrier: place.barrier ?? markBarrier(item.node) };
}

function memberBarrier(map: YamlMap, member: YamlMember): string | undefined {
  if (map.merged.has(member.name)) return 'the value comes from a merge key';
  if (map.bare) return 'the value is a pair inside of a list';
  return member.unusual ? 'its name is written in a way that is not edited' : undefined;
}
