/**
 * How far a connection had come when a code was set, in the order of the protocol: the name is looked up, the transport
 * connects, TLS and CredSSP run, the user is authenticated, licences are exchanged, a broker may redirect, the session runs.
 */
export type Stage = 'name' | 'transport' | 'security' | 'authentication' | 'licensing' | 'broker' | 'session' | 'ended' | 'client' | 'unsaid';

/** One documented code. */
export interface CodeEntry {
  readonly code: number;
  /** As the page spells it. */
  readonly name: string;
  /** What the server sends for it, where the page of the protocol names it otherwise. */
  readonly wire?: string;
  /** What the page says, in our words. */
  readonly meaning: string;
  readonly stage: Stage;
  readonly page: string;
}

export const REASON_PAGE = 'https://learn.microsoft.com/windows/win32/termserv/imstscaxevents-ondisconnected';
export const EXTENDED_PAGE = 'https://learn.microsoft.com/windows/win32/termserv/extendeddisconnectreasoncode';
export const ERRINFO_PAGE = 'https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpbcgr/a21a1bd9-2303-49c1-90ec-3932435c248c';
