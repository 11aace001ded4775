import { fileURLToPath } from 'node:url';

/** The shipped policies: `policies/` of the package, two folders above this module in the sources and in the build. */
export const POLICIES_FOLDER = fileURLToPath(new URL('../../policies', import.meta.url));
