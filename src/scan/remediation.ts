import { settingAt } from '../lib/settings.ts';
import type { Policy } from '../model/policy.ts';
import type { Area } from '../model/setting.ts';

/** How a policy's findings are fixed, in words: for help texts. */
export function remediationOf(policy: Policy, catalogue: readonly Area[]): string[] {
  const lines: string[] = [];
  for (const fix of policy.fix ?? []) {
    const sets = fix.set === undefined ? [] : [fix.set].flat();
    const paths = sets.flatMap((change) => {
      const found = settingAt(change.setting, catalogue);
      const gpo = found?.setting.gpo?.path;
      return [`setting ${change.setting.join('/')}${gpo === undefined ? '' : ` (Group Policy: ${gpo})`}`];
    });
    lines.push(`${fix.title}${paths.length === 0 ? '' : `: ${paths.join('; ')}`}.`);
  }
  return lines;
}
