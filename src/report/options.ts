import type { ScanReport } from '../model/report.ts';

/** What a user may say about how an output looks; what is shown never depends on the environment. */
export interface ReportOptions {
  /** ANSI colours (console). */
  readonly color?: boolean;
  /** Nothing but ASCII in what the reporter adds itself (console). */
  readonly ascii?: boolean;
  /** Every finding, waived and unknown ones too (console). */
  readonly verbose?: boolean;
  /** Columns to wrap at (console); default 80. */
  readonly width?: number;
}

/** Renders a report as text, in pieces. Pure: the same report always gives the same bytes. */
export type Reporter = (report: ScanReport, options?: ReportOptions) => Iterable<string>;
