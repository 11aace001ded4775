import { sameResource } from '../../lib/azure-id.ts';
import type { AddressSet } from './address.ts';
import { V4_ALL, V6_ALL } from './address.ts';
import { type Bound, covers, type Intervals, intersect, overlaps, subtract } from './interval-set.ts';
import type { Side } from './side.ts';
import type { Space } from './space.ts';

/** Where packets go after translation: private addresses, and the application security groups that hold them. */
export interface Destination extends AddressSet {
  /** Groups of the interface; `any` when some interface of any group counts, null when they are unresolved. */
  readonly groups: readonly string[] | 'any' | null;
  /** `some`: open when one of the addresses is. `each`: the address is one of these, not known which. */
  readonly mode: 'some' | 'each';
}

export const ANY_DESTINATION: Destination = { v4: V4_ALL, v6: V6_ALL, groups: 'any', mode: 'some' };

type Meets = 'yes' | 'no' | 'maybe';

/** A piece of the destination that every rule either covers or misses. */
export interface Cell<T extends Bound> {
  readonly piece: Intervals<T>;
  readonly meets: (side: Side) => Meets;
}

/** More pieces than this are not worth their cost: rules that cut the destination then count as perhaps matching. */
const MOST_CELLS = 64;

export function cellsOf<T extends Bound>(space: Space<T>, whole: Intervals<T>, groups: Destination['groups'], sides: readonly Side[]): Cell<T>[] {
  if (whole.length === 0) return [];
  let pieces: Intervals<T>[] = [whole];
  let coarse = false;
  for (const side of sides) {
    if (side.any || side.network) continue;
    const set = space.of(side);
    if (set.length === 0 || covers(set, whole) || !overlaps(set, whole)) continue;
    const cut = pieces.flatMap((piece) => [intersect(piece, set), subtract(piece, set)]).filter((piece) => piece.length > 0);
    if (cut.length > MOST_CELLS) {
      coarse = true;
      break;
    }
    pieces = cut;
  }
  if (coarse) pieces = [whole];
  const choices = groupChoices(groups, sides);
  if (pieces.length * choices.length > MOST_CELLS * 4) return [cell(space, whole, null, true)];
  return pieces.flatMap((piece) => choices.map((choice) => cell(space, piece, choice, coarse)));
}

function groupChoices(groups: Destination['groups'], sides: readonly Side[]): (readonly string[] | null)[] {
  if (groups !== 'any') return [groups];
  const named = new Set<string>();
  for (const side of sides) for (const group of side.groups) named.add(group);
  return [[], ...[...named].map((group) => [group])];
}

function cell<T extends Bound>(space: Space<T>, piece: Intervals<T>, groups: readonly string[] | null, coarse: boolean): Cell<T> {
  return {
    piece,
    meets: (side) => {
      if (side.any || side.network) return 'yes';
      const set = space.of(side);
      if (set.length > 0 && covers(set, piece)) return 'yes';
      if (side.groups.length > 0) {
        if (groups === null) return 'maybe';
        if (side.groups.some((group) => groups.some((own) => sameResource(group, own)))) return 'yes';
      }
      return side.unknown || (coarse && overlaps(set, piece)) ? 'maybe' : 'no';
    },
  };
}
