/** The role that opens everything which Azure Resource Manager gives for reading. */
export const READER = "the role 'Reader' on the subscription";

/** Types of one namespace by their names. */
export const types = (namespace: string, names: string): string[] => names.split(' ').map((name) => `${namespace}/${name}`);
