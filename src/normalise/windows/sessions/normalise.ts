import type { Fact } from '../../../model/fact.ts';
import {
  CLIENT_PROGRAM,
  CREDENTIAL_THEFT,
  DISPLAY_ADAPTER,
  DISPLAY_CRASHES,
  GATEWAY_USER,
  GRAPHICS,
  LIMIT_LAYERS,
  LISTENER_REDIRECTION,
  RDP_WORKSTATION,
  REMOTE_DISPLAY,
  SERVER_AUTHENTICATION,
  SESSION_TAKEOVER,
  TRUSTED_PUBLISHERS,
} from '../../../model/facts/windows-sessions.ts';
import type { NormaliseContext, SnapshotInput, SnapshotNormaliser } from '../../../model/normalise.ts';
import { clientPrograms, gatewayUsers, serverAuthentication } from './clients.ts';
import { credentialTheft, rdpWorkstation, trustedPublishers } from './credentials.ts';
import { displayAdapters, displayCrashes, graphics, remoteDisplay } from './display.ts';
import { limitLayers, listenerRedirections, sessionTakeover } from './listener.ts';

/** What the settings of a host amount to for its sessions and its client: credentials, redirection, limits, shadowing, display. */
export const normaliseSessions: SnapshotNormaliser = (input, context) => {
  if (input.snapshot.target.kind !== 'windows-host') return { facts: [], problems: [] };
  const wanted = Object.entries(MAKERS).filter(([kind]) => context.wanted?.has(kind) !== false);
  return { facts: wanted.flatMap(([, make]) => make(input, context)), problems: [] };
};

/** Makers of facts by kind. */
const MAKERS: Readonly<Record<string, (input: SnapshotInput, context: NormaliseContext) => readonly Fact[]>> = {
  [CREDENTIAL_THEFT.kind]: (input) => [credentialTheft(input)],
  [RDP_WORKSTATION.kind]: (input) => [rdpWorkstation(input)],
  [TRUSTED_PUBLISHERS.kind]: (input) => [trustedPublishers(input)],
  [SERVER_AUTHENTICATION.kind]: (input) => [serverAuthentication(input)],
  [GATEWAY_USER.kind]: gatewayUsers,
  [CLIENT_PROGRAM.kind]: clientPrograms,
  [LISTENER_REDIRECTION.kind]: listenerRedirections,
  [LIMIT_LAYERS.kind]: limitLayers,
  [SESSION_TAKEOVER.kind]: (input) => [sessionTakeover(input)],
  [DISPLAY_ADAPTER.kind]: displayAdapters,
  [REMOTE_DISPLAY.kind]: (input) => [remoteDisplay(input)],
  [DISPLAY_CRASHES.kind]: (input) => [displayCrashes(input)],
  [GRAPHICS.kind]: (input) => [graphics(input)],
};
