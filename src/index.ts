/** The public API: everything that the command line does, as functions of values. */
export { readPolicyFolder, addFolders, readShippedLibrary, type Library } from './policy/library.ts';
export { scan, scanInThreads, type ScanRequest } from './scan.ts';
export type { BicepOptions } from './scan/compile.ts';
export { compilerEnvironment, findCompiler } from './collect/bicep/program.ts';
export { stackFacts, stackPolicies, stackVerdicts, withParams, type StackPolicy, type StackResource, type StackVerdict } from './scan/stack.ts';
export { isRemediable, stackRemedy, withChanges, type RemedyContext, type StackChange } from './scan/stack-remedy.ts';
export { readReport } from './report/read.ts';
export { isFormat, reporterFor, type Format } from './report/index.ts';
export type { Finding, Fix, Verdict } from './model/finding.ts';
export type { Problem } from './model/problem.ts';
export type { ScanReport } from './model/report.ts';
