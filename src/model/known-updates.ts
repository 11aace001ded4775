/**
 * What is known about builds of Windows and their updates: `policies/data/known-updates.yaml`. A build is compared with what
 * has the same build number and the same installation type alone, since servers and clients of one number part ways.
 */
export interface KnownUpdates {
  /** Day up to which the data has what its sources say, `YYYY-MM-DD`; it may have parts of what came later. */
  readonly retrieved: string;
  readonly systems: readonly KnownSystem[];
  readonly vulnerabilities: readonly KnownVulnerability[];
  readonly regressions: readonly KnownRegression[];
  /** Vulnerabilities of clients that are updated on their own. Absent: nothing is known of them. */
  readonly programs?: readonly KnownProgramVulnerability[];
}

export type InstallationType = 'server' | 'client';

export interface KnownSystem {
  readonly name: string;
  readonly build: number;
  readonly type: InstallationType;
  /** Last day with security updates, paid extensions included, `YYYY-MM-DD`. */
  readonly supportEnds: string;
}

export interface KnownVulnerability {
  readonly cve: string;
  readonly component: string;
  /** CVSS base score where the record was read, else an estimate of ours that is not above 8.8. */
  readonly severity: number;
  /** Day of the first update that mends it, `YYYY-MM-DD`; its month tells whether that update is a baseline of hotpatches. */
  readonly published: string;
  /** A role without which the component is not there: a name of the roles section, `RDS-Gateway`. */
  readonly role?: string;
  /** First update revision that is mended, by build. A build that is not named is not known to be concerned. */
  readonly servers: Readonly<Record<string, number>>;
  readonly clients?: Readonly<Record<string, number>>;
}

/** `remote-desktop`: the MSI package. `windows-app`: the app of the store. */
export type ClientProgramName = 'remote-desktop' | 'windows-app';

export interface KnownProgramVulnerability {
  readonly cve: string;
  readonly severity: number;
  readonly published: string;
  /** First version that is mended, by program; one that is not named is not known to be concerned. */
  readonly fixed: Readonly<Partial<Record<ClientProgramName, string>>>;
}

/** `established`: a page of the vendor, or several reports that quote one. `reported`: single reports. */
export type Confidence = 'established' | 'reported';

export interface KnownRegression {
  readonly id: string;
  /** A sentence's end: "… makes credential prompts fail". */
  readonly symptom: string;
  readonly confidence: Confidence;
  readonly role?: string;
  readonly source: string;
  readonly builds: readonly {
    readonly build: number;
    readonly type: InstallationType;
    /** Update revisions that are concerned, both included. */
    readonly from: number;
    readonly to: number;
    readonly update: string;
    /** The update that mends it; empty when none is known. */
    readonly fix: string;
  }[];
}
