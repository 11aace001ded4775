/** Every generated file by its path below the package. */
export function documents(): Map<string, string>;
/** Pages of policies that are no more. */
export function strayDocuments(wanted: ReadonlyMap<string, string>): string[];
