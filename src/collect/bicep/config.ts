import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';

/** A `bicepconfig.json`: JSON with comments. Null when it cannot be read. azure-resource-manager/bicep/bicep-config */
export function parseConfig(text: string): JsonObject | null {
  const plain = text
    .replaceAll(/"(?:\\.|[^"\\])*"|\/\/[^\r\n]*|\/\*[^]*?\*\//g, (found) => (found.startsWith('"') ? found : ' '))
    .replaceAll(/"(?:\\.|[^"\\])*"|,(?=\s*[}\]])/g, (found) => (found === ',' ? ' ' : found));
  try {
    const value = JSON.parse(plain) as Json;
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * The configuration that a copy is compiled with: the folder's own, with resources by their symbolic names, so that a value of
 * the template leads back to its line, and without the linter, whose word is not asked for.
 */
export function compileConfig(own: JsonObject | null): JsonObject {
  const features = own?.['experimentalFeaturesEnabled'];
  const analyzers = own?.['analyzers'];
  const core = member(analyzers, 'core');
  return {
    ...own,
    experimentalFeaturesEnabled: { ...(isObject(features) ? features : {}), symbolicNameCodegen: true },
    analyzers: { ...(isObject(analyzers) ? analyzers : {}), core: { ...(isObject(core) ? core : {}), enabled: false } },
  };
}

/** Where an extension comes from, by what the configuration says of its name. */
export function extensionSource(config: JsonObject | null, name: string): string | null {
  const source = member(config?.['extensions'], name);
  return typeof source === 'string' ? source : null;
}

/** Extensions that every file below a configuration uses. */
export function implicitExtensions(config: JsonObject | null): readonly string[] {
  const names = config?.['implicitExtensions'];
  return Array.isArray(names) ? (names as readonly Json[]).filter((name) => typeof name === 'string') : ['az'];
}
