import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { NOW } from '../scan/support.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const packFolder = join(root, 'policy-pack');
/** Resolves as the SDK does: what it depends on is no dependency of ours. */
const sdk = createRequire(createRequire(import.meta.url).resolve('@pulumi/policy'));

/** What the engine sends for a value that is not known yet, and around a secret. */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const SIGNATURE = '4dabf18193072939515e22adb298388d';
export const secret = (value: Json): JsonObject => ({ [SIGNATURE]: '1b47061264138c4ac30d75fd1eb44270', value });

export interface Registered {
  readonly urn: string;
  readonly type: string;
  readonly inputs: JsonObject;
  readonly outputs: JsonObject;
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

export interface Diagnostic {
  readonly policyname: string;
  readonly message: string;
  readonly urn: string;
  readonly enforcementlevel: number;
  readonly severity: number;
}

export interface Remediation {
  readonly policyname: string;
  readonly diagnostic: string;
  /** Undefined when nothing was changed. */
  readonly properties: JsonObject | undefined;
}

/** https://github.com/pulumi/pulumi/blob/master/proto/pulumi/analyzer.proto */
export const LEVEL = { advisory: 0, mandatory: 1, disabled: 2, remediate: 3 } as const;

export interface PolicyInfo {
  readonly name: string;
  readonly displayname: string;
  readonly description: string;
  readonly enforcementlevel: number;
  readonly configschema: { readonly properties: unknown } | undefined;
  readonly url: string;
}

export interface Pack {
  readonly info: () => Promise<readonly PolicyInfo[]>;
  readonly configure: (config: Readonly<Record<string, { readonly level: number; readonly properties?: JsonObject }>>) => Promise<void>;
  readonly analyze: (resource: Registered) => Promise<readonly Diagnostic[]>;
  readonly analyzeStack: (resources: readonly Registered[]) => Promise<readonly Diagnostic[]>;
  readonly remediate: (resource: Registered) => Promise<readonly Remediation[]>;
  /** Everything that a run of the engine asks for. */
  readonly run: (resources: readonly Registered[]) => Promise<readonly Diagnostic[]>;
  readonly stop: () => void;
}

/** Starts the pack as the engine does and speaks its protocol. The values of a message are any: the SDK's stubs have no types here. */
// oxlint-disable typescript/no-explicit-any -- generated protocol code
export async function startPack(environment: Readonly<Record<string, string>> = {}): Promise<Pack> {
  const grpc = sdk('@grpc/grpc-js') as any;
  const { AnalyzerClient } = sdk('@pulumi/pulumi/proto/analyzer_grpc_pb') as any;
  const proto = sdk('@pulumi/pulumi/proto/analyzer_pb') as any;
  const { Struct } = sdk('google-protobuf/google/protobuf/struct_pb') as any;
  const { Empty } = sdk('google-protobuf/google/protobuf/empty_pb') as any;
  const child = spawn(process.execPath, [sdk.resolve('@pulumi/pulumi/cmd/run-policy-pack'), '127.0.0.1:1', packFolder], {
    cwd: packFolder,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', RDPOSTURE_NOW: NOW, ...environment },
  });
  let client: any;
  try {
    client = new AnalyzerClient(`127.0.0.1:${await portOf(child)}`, grpc.credentials.createInsecure());
  } catch (error) {
    child.kill();
    throw error;
  }
  const call = (method: string, request: unknown): Promise<any> =>
    new Promise((resolve, reject) => client[method](request, (error: Error | null, answer: unknown) => (error === null ? resolve(answer) : reject(error))));

  const requestOf = (made: any, resource: Registered, properties: JsonObject): any => {
    made.setUrn(resource.urn);
    made.setType(resource.type);
    made.setName(resource.urn.split('::').pop());
    made.setProperties(Struct.fromJavaScript(properties));
    made.setOptions(new proto.AnalyzerResourceOptions());
    return made;
  };
  const analyze = async (resource: Registered): Promise<readonly Diagnostic[]> =>
    (await call('analyze', requestOf(new proto.AnalyzeRequest(), resource, resource.inputs))).toObject().diagnosticsList;
  const analyzeStack = async (resources: readonly Registered[]): Promise<readonly Diagnostic[]> => {
    const request = new proto.AnalyzeStackRequest();
    for (const resource of resources) {
      const shown = requestOf(new proto.AnalyzerResource(), resource, resource.outputs);
      for (const [name, urns] of Object.entries(resource.propertyDependencies ?? {})) {
        const dependencies = new proto.AnalyzerPropertyDependencies();
        dependencies.setUrnsList([...urns]);
        shown.getPropertydependenciesMap().set(name, dependencies);
      }
      request.addResources(shown);
    }
    return (await call('analyzeStack', request)).toObject().diagnosticsList;
  };
  return {
    info: async () => (await call('getAnalyzerInfo', new Empty())).toObject().policiesList,
    configure: async (config) => {
      const request = new proto.ConfigureAnalyzerRequest();
      for (const [name, { level, properties = {} }] of Object.entries(config)) {
        const policy = new proto.PolicyConfig();
        policy.setEnforcementlevel(level);
        policy.setProperties(Struct.fromJavaScript(properties));
        request.getPolicyconfigMap().set(name, policy);
      }
      await call('configure', request);
    },
    analyze,
    analyzeStack,
    remediate: async (resource) => {
      const answer = await call('remediate', requestOf(new proto.AnalyzeRequest(), resource, resource.inputs));
      return answer.getRemediationsList().map((remediation: any) => ({
        policyname: remediation.getPolicyname(),
        diagnostic: remediation.getDiagnostic(),
        properties: remediation.getProperties()?.toJavaScript(),
      }));
    },
    run: async (resources) => {
      const found: Diagnostic[] = [];
      for (const resource of resources) found.push(...(await analyze(resource)).map((diagnostic) => ({ ...diagnostic, urn: resource.urn })));
      return [...found, ...(await analyzeStack(resources))];
    },
    stop: () => {
      client.close();
      child.kill();
    },
  };
}
// oxlint-enable typescript/no-explicit-any

/** The first line on standard output is the port. */
async function portOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = '';
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      const [first, ...rest] = out.split('\n');
      if (rest.length === 0) return;
      if (/^\d+$/.test(first ?? '')) resolve(first ?? '');
      else reject(new Error(`The pack printed '${first}' before its port.`));
    });
    child.once('exit', (code) => reject(new Error(`The pack ended with ${code}: ${errors}`)));
  });
}
