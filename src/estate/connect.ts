import type { Connect } from '../model/estate.ts';
import type { RawConnect } from './raw.ts';

/** How a target is reached, with what is left out filled in. */
export function connectOf(raw: RawConnect | undefined): { connect?: Connect } {
  if (raw === undefined) return {};
  const { ssl, authentication, configurationName } = raw;
  const isSilent = ssl === undefined && authentication === undefined && configurationName === undefined;
  const winrm = isSilent ? {} : { winrm: { ssl: ssl === true, authentication: authentication ?? null, configurationName: configurationName ?? null } };
  const sshOptions = (raw.options ?? []).length === 0 ? {} : { sshOptions: raw.options ?? [] };
  return {
    connect: {
      user: raw.user ?? null,
      port: raw.port ?? null,
      keyFile: raw.keyFile ?? null,
      wire: raw.wire === true,
      ...(raw.console === undefined ? {} : { console: raw.console }),
      ...winrm,
      ...sshOptions,
    },
  };
}
