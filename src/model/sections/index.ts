import type { SectionSpec } from '../snapshot.ts';

/** Every section that a snapshot may have. One line a module. */
export const SECTIONS: readonly SectionSpec[] = [
];
