import { rawEnum, rawInteger, rawList, rawText } from '../../../lib/raw.ts';
import { type Json, type JsonObject, member } from '../../../model/json.ts';
import type { Tri } from './tri.ts';

/** PrimaryStatus and EnforcementStatus of MSFT_NetFirewallRule: https://learn.microsoft.com/windows/win32/fwp/wmi/wfascimprov/msft-netfirewallrule */
const PRIMARY = { 0: 'Unknown', 1: 'OK', 2: 'Degraded', 3: 'Error' } as const;

/** Codes by the names of the class, and by those that PowerShell shows. `NotApplicable` says nothing: the row is not of ActiveStore. */
const CODES: Readonly<Record<string, number>> = {
  invalid: 0,
  full: 1,
  enforced: 1,
  firewalloffinprofile: 2,
  disabledinprofile: 2,
  categoryoff: 3,
  disabledobject: 4,
  inactiveprofile: 5,
  profileinactive: 5,
  localaddressresolutionempty: 6,
  remoteaddressresolutionempty: 7,
  localportresolutionempty: 8,
  remoteportresolutionempty: 9,
  interfaceresolutionempty: 10,
  applicationresolutionempty: 11,
  remotemachineempty: 12,
  remoteuserempty: 13,
  localglobalopenportsdisallowed: 14,
  localauthorizedapplicationsdisallowed: 15,
  localfirewallrulesdisallowed: 16,
  localconsecrulesdisallowed: 17,
  nottargetplatform: 18,
  optimizedout: 19,
  localuserempty: 20,
  transportmachinesempty: 21,
  tunnelmachinesempty: 22,
  tupleresolutionempty: 23,
};

/** No code of Windows. */
const NOT_READ = -1;
const ENFORCED = 1;
const FIREWALL_OFF = 2;
const INACTIVE_PROFILE = 5;
const LOCAL_RULES_DISALLOWED = 16;
const NOT_TARGET_PLATFORM = 18;

export interface RuleStatus {
  /** Windows has loaded the rule, or would as soon as its profile is active. */
  readonly loaded: Tri;
  /** Windows says that local rules do not count, and enforces the rule on no profile. */
  readonly mergedAway: boolean;
}

/** A status that is not there is no objection; one that could not be read is unknown. */
export function statusOf(row: JsonObject): RuleStatus {
  const codes = enforcement(member(row, 'EnforcementStatus'));
  const primary = primaryStatus(member(row, 'PrimaryStatus'));
  if (primary === 'Error' || codes.includes(NOT_TARGET_PLATFORM)) return { loaded: false, mergedAway: false };
  if (codes.includes(ENFORCED)) return { loaded: true, mergedAway: false };
  const others = codes.filter((code) => code !== INACTIVE_PROFILE && code !== FIREWALL_OFF);
  if (codes.length > 0 && others.length === 0) return { loaded: true, mergedAway: false };
  if (others.every((code) => code === LOCAL_RULES_DISALLOWED) && others.length > 0) {
    return { loaded: true, mergedAway: !codes.includes(INACTIVE_PROFILE) };
  }
  if (others.some((code) => code === 3 || code <= 0 || code > 23)) return { loaded: null, mergedAway: false };
  if (others.length > 0) return { loaded: false, mergedAway: false };
  return {
    loaded: primary === undefined || primary === 'OK' ? true : primary === 'Degraded' ? false : null,
    mergedAway: false,
  };
}

function primaryStatus(raw: Json | undefined): string | null | undefined {
  if (raw === undefined) return undefined;
  const name = rawEnum(raw, PRIMARY) ?? null;
  return name === null && rawText(raw)?.trim().toLowerCase() === 'inactive' ? 'Degraded' : name;
}

/** A list of codes, of names, or one text of names with commas. */
function enforcement(raw: Json | undefined): number[] {
  const codes: number[] = [];
  for (const item of rawList(raw)) {
    const code = rawInteger(item);
    if (code !== undefined) codes.push(code);
    else codes.push(...(typeof item === 'string' ? item.split(',').flatMap(codeOf) : [NOT_READ]));
  }
  return codes;
}

function codeOf(text: string): number[] {
  const name = text.trim().toLowerCase();
  if (name === 'notapplicable' || name === '') return [];
  return [/^\d{1,3}$/.test(name) ? Number(name) : Object.hasOwn(CODES, name) ? (CODES[name] ?? NOT_READ) : NOT_READ];
}
