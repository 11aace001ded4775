/**
 * What Microsoft publishes about service tags: for each tag, lower case, its prefixes as written. A cloud's whole list, or as much
 * of it as a snapshot keeps.
 *
 * https://learn.microsoft.com/azure/virtual-network/service-tags-overview#service-tags-on-premises
 */
export interface ServiceTags {
  /** `Public`, `AzureGovernment`, …; `''` when it does not say. */
  readonly cloud: string;
  readonly prefixes: Readonly<Record<string, readonly string[]>>;
}
