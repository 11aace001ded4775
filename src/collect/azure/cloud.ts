import type { CloudSetting } from '../../model/estate.ts';
import type { Problem } from '../../model/problem.ts';

/** Where a cloud of Azure answers. Credentials go to these places and to no other. */
export interface Cloud {
  readonly name: 'public' | 'usgov' | 'china' | 'custom';
  /** Azure Resource Manager, without a `/` at the end. */
  readonly resourceManager: string;
  /** What a token for it is for; mostly the same. */
  readonly audience: string;
  /** Microsoft Entra ID, without a `/` at the end. */
  readonly authority: string;
  /** Vaults are `NAME.SUFFIX`; null where the cloud has none. */
  readonly keyVaultSuffix: string | null;
}

const cloud = (name: Cloud['name'], resourceManager: string, authority: string, keyVaultSuffix: string): Cloud => ({
  name,
  resourceManager,
  audience: resourceManager,
  authority,
  keyVaultSuffix,
});

/**
 * https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure and
 * https://learn.microsoft.com/azure/china/resources-developer-guide
 */
export const CLOUDS: Readonly<Record<'public' | 'usgov' | 'china', Cloud>> = {
  public: cloud('public', 'https://management.azure.com', 'https://login.microsoftonline.com', 'vault.azure.net'),
  usgov: cloud('usgov', 'https://management.usgovcloudapi.net', 'https://login.microsoftonline.us', 'vault.usgovcloudapi.net'),
  china: cloud('china', 'https://management.chinacloudapi.cn', 'https://login.chinacloudapi.cn', 'vault.azure.cn'),
};

const SUFFIX = /^(?:[a-z0-9-]{1,63}\.){1,10}[a-z0-9-]{1,63}$/i;

/** The cloud that a setting names; a problem where a place of its own is no https address. */
export function cloudOf(setting: CloudSetting): Cloud | Problem {
  if (typeof setting === 'string') return CLOUDS[setting];
  const resourceManager = originOf(setting.resourceManager);
  const authority = originOf(setting.authority);
  const wrong =
    resourceManager === null
      ? 'resourceManager'
      : authority === null
        ? 'authority'
        : setting.keyVaultSuffix !== null && !SUFFIX.test(setting.keyVaultSuffix)
          ? 'keyVaultSuffix'
          : null;
  if (wrong !== null || resourceManager === null || authority === null)
    return {
      level: 'error',
      code: 'azure.cloud',
      message: `The custom cloud has a '${wrong ?? ''}' that cannot be used.`,
      hint: 'Write resourceManager and authority as https://HOST, and keyVaultSuffix as a domain name.',
    };
  return { name: 'custom', resourceManager, audience: setting.audience ?? resourceManager, authority, keyVaultSuffix: setting.keyVaultSuffix };
}

/** `https://host[:port]`; null for anything that says more, or less. */
function originOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === '' && url.pathname === '/';
  return url.protocol === 'https:' && plain ? url.origin : null;
}
