import { isId, normaliseId } from '../../lib/azure-id.ts';
import { UNRESOLVED } from '../../model/cloud-resource.ts';
import { type Json, type JsonObject, member } from '../../model/json.ts';
import type { Reader } from '../cloud/canonical.ts';

/** What stands for a value that the engine does not know yet (sdk/go/common/resource/plugin/rpc.go), one for each type. */
const UNKNOWNS: ReadonlySet<string> = new Set([
  '04da6b54-80e4-46f7-96ec-b56ff0331ba9',
  '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7',
  '3eeb2bf0-c639-47a8-9e75-3b44932eb421',
  '6a19a0b0-7e62-4c92-b797-7f8e31da9cc2',
  '030794c1-ac77-496b-92df-f27374a8bd58',
  'e48ece36-62e2-4504-bad9-02848725956a',
  'dd056dcd-154b-4c76-9bd3-c8f88648b5ff',
]);
/** A secret in the digest of a preview. */
const SECRET_TEXT = '[secret]';

/** The member that marks a value of a special kind, and the kind whose value is known after all. */
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const OUTPUT_VALUE = 'd0e6a833031e9bbcd3f4e8bde6ca49a4';

/** A text that hides a value. */
export function isHidden(value: Json | undefined): boolean {
  return typeof value === 'string' && (value.length === 36 ? UNKNOWNS.has(value) : value === SECRET_TEXT);
}

/** Text that is known; undefined for anything else, a secret included. */
export function knownText(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' && !isHidden(value) ? value : undefined;
}

/** Secrets, assets and references to resources stay closed, whatever they carry. */
function special(value: JsonObject): Json | undefined {
  if (!Object.hasOwn(value, SIGNATURE)) return undefined;
  const inner = member(value, 'value');
  return value[SIGNATURE] === OUTPUT_VALUE &&
    member(value, 'secret') !== true &&
    (typeof inner === 'number' || typeof inner === 'boolean' || knownText(inner) !== undefined)
    ? inner
    : UNRESOLVED;
}

/** Reads inputs and outputs of a state or a preview. */
export function stateReader(): Reader {
  return {
    text: (value) => (isHidden(value) ? UNRESOLVED : value.charCodeAt(0) === 0x2f && isId(value) ? normaliseId(value) : value),
    name: (value) => (isHidden(value) ? UNRESOLVED : value),
    data: (value) => (isHidden(value) ? UNRESOLVED : value),
    object: special,
    copy: null,
    quick: false,
    plans: [],
  };
}
