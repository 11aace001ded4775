import type { Json } from '../model/json.ts';

/** One RDP property: `name:type:value`. */
export interface RdpProperty {
  /** Lower case; may hold blanks (`use multimon`). */
  readonly name: string;
  readonly type: 's' | 'i' | 'b';
  readonly value: string;
}

/**
 * Parses a custom RDP property string. Values may hold semicolons (`drivestoredirect:s:C:\;E:\;`), so a part that does not
 * begin a property belongs to the one before it. Names are compared without case; of two the later one counts.
 */
export function parseRdpProperties(text: string): Map<string, RdpProperty> {
  const found: { name: string; type: RdpProperty['type']; value: string }[] = [];
  for (const part of text.split(';')) {
    const match = /^\s*([^:;]+):([isbISB]):([\s\S]*)$/.exec(part);
    const last = found[found.length - 1];
    if (match !== null)
      found.push({
        name: (match[1] ?? '').trim().toLowerCase(),
        type: (match[2] ?? 's').toLowerCase() as RdpProperty['type'],
        value: match[3] ?? '',
      });
    else if (last !== undefined) last.value += `;${part}`;
  }
  const properties = new Map<string, RdpProperty>();
  for (const property of found) properties.set(property.name, { ...property, value: property.value.replace(/;$/, '').trim() });
  return properties;
}

/** What counts where a property is not declared (learn.microsoft.com/azure/virtual-desktop/rdp-properties). */
export const RDP_DEFAULTS: Readonly<Record<string, string | number>> = {
  drivestoredirect: '*',
  redirectclipboard: 1,
  redirectprinters: 1,
  redirectcomports: 1,
  redirectsmartcards: 1,
  redirectwebauthn: 1,
  usbdevicestoredirect: '*',
  devicestoredirect: '*',
  enablecredsspsupport: 1,
  audiocapturemode: 0,
  camerastoredirect: '',
  redirectlocation: 0,
  enablerdsaadauth: 0,
  targetisaadjoined: 0,
};

interface EffectiveRdp {
  readonly values: Readonly<Record<string, string | number | null>>;
  readonly declared: Readonly<Record<string, boolean>>;
}

/** The effective value of every property that policies judge. A number that is none is null: it has no certain reading. */
export function effectiveRdp(text: string): EffectiveRdp {
  const properties = parseRdpProperties(text);
  const values: Record<string, string | number | null> = {};
  const declared: Record<string, boolean> = {};
  for (const [name, byDefault] of Object.entries(RDP_DEFAULTS)) {
    const property = properties.get(name);
    declared[name] = property !== undefined;
    if (property === undefined) values[name] = byDefault;
    else if (typeof byDefault === 'string') values[name] = property.value;
    else values[name] = /^\d{1,9}$/.test(property.value) ? Number(property.value) : null;
  }
  return { values, declared };
}

/** The property string with properties changed (`name` to `type:value`) and all others kept; null when it is no text. */
export function mergeRdpProperties(before: Json, wanted: Readonly<Record<string, string>>): string | null {
  if (before !== null && typeof before !== 'string') return null;
  const kept = [...parseRdpProperties(before ?? '').values()].filter((property) => !Object.hasOwn(wanted, property.name));
  const all = [
    ...kept.map((property) => `${property.name}:${property.type}:${property.value}`),
    ...Object.entries(wanted).map(([name, value]) => `${name}:${value}`),
  ];
  return `${all.join(';')};`;
}
