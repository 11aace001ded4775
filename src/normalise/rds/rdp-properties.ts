import { type HostIndex, listsHost } from './host-names.ts';

/** One line of an .rdp file or of a collection's custom RDP properties. */
export interface RdpProperty {
  /** Lower case, trimmed. */
  readonly name: string;
  /** `i` integer, `s` text, `b` hexadecimal bytes. */
  readonly type: 'i' | 's' | 'b';
  readonly value: string;
  /** As written. */
  readonly line: string;
}

interface ParsedProperties {
  readonly properties: readonly RdpProperty[];
  readonly malformed: readonly string[];
}

/**
 * Reads `name:type:value` lines. A value may hold colons; names may not. Lines that clients could not read either are kept
 * apart. https://learn.microsoft.com/azure/virtual-desktop/rdp-properties
 */
export function parseRdpProperties(text: string): ParsedProperties {
  const properties: RdpProperty[] = [];
  const malformed: string[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.trim() === '') continue;
    const first = line.indexOf(':');
    const second = first < 0 ? -1 : line.indexOf(':', first + 1);
    const type =
      second < 0
        ? ''
        : line
            .slice(first + 1, second)
            .trim()
            .toLowerCase();
    const name = line.slice(0, Math.max(first, 0)).trim().toLowerCase();
    if (name === '' || (type !== 'i' && type !== 's' && type !== 'b')) malformed.push(line);
    else properties.push({ name, type, value: line.slice(second + 1).trim(), line: line.trim() });
  }
  return { properties, malformed };
}

/** What decides whether a property weakens: the estate's gateway and the computers that a client may rightly be sent to. */
interface PropertySurroundings {
  /** Null when no gateway is intended. */
  readonly gatewayFqdn: string | null;
  /** The broker, its others and their common name, and the session hosts. */
  readonly computers: HostIndex<string>;
  /** False where some of them were not read. */
  readonly allComputers: boolean;
}

/** `undecided`: what it says may be right or not, by something that was not read. */
type Weakness = 'severe' | 'moderate' | 'undecided' | null;

/** How much a property weakens; null when it does not. */
export function weakness(property: RdpProperty, around: PropertySurroundings): Weakness {
  const rule = Object.hasOwn(RULES, property.name) ? RULES[property.name] : undefined;
  return rule === undefined ? null : rule(property.value, around);
}

type Rule = (value: string, around: PropertySurroundings) => Weakness;

const zero = (value: string): boolean => /^0+$/.test(value);
const whenZero =
  (how: 'severe' | 'moderate'): Rule =>
  (value) =>
    zero(value) ? how : null;
/** `*` is everything, `DynamicDrives` and `DynamicDevices` whatever is plugged in later. */
const whenOpen: Rule = (value) =>
  value
    .split(';')
    .map((item) => item.trim().toLowerCase())
    .some((item) => item === '*' || item === 'dynamicdrives' || item === 'dynamicdevices')
    ? 'moderate'
    : null;

const elsewhere: Rule = (value, around) => {
  const address = nameOf(value);
  if (address === '' || around.computers.find(address) !== undefined) return null;
  return around.allComputers ? 'moderate' : 'undecided';
};

const RULES: Readonly<Record<string, Rule>> = {
  enablecredsspsupport: whenZero('severe'),
  'authentication level': whenZero('severe'),
  'negotiate security layer': whenZero('severe'),
  'prompt for credentials': whenZero('moderate'),
  drivestoredirect: whenOpen,
  usbdevicestoredirect: whenOpen,
  devicestoredirect: whenOpen,
  'full address': elsewhere,
  'alternate full address': elsewhere,
  // 3 is basic authentication, which hands the password itself to whatever answers as the gateway.
  gatewaycredentialssource: (value) => (/^0*3$/.test(value) ? 'moderate' : null),
  // 0 and 4 both connect without the gateway.
  gatewayusagemethod: (value, around) => (around.gatewayFqdn !== null && (zero(value) || value === '4') ? 'severe' : null),
  gatewayhostname: (value, around) => {
    const name = nameOf(value);
    if (around.gatewayFqdn === null || name === '') return null;
    return listsHost([around.gatewayFqdn], name) ? null : 'severe';
  },
};

/** Host of `host` or `host:port`. */
function nameOf(value: string): string {
  return value.trim().replace(/:\d{1,5}$/, '');
}
