import type { FactKind } from './kind.ts';

/** Every derived fact kind; kinds of settings files are added from the catalogue. One line a module. */
export const FACT_KINDS: readonly FactKind[] = [
];
