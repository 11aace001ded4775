import type { Join } from '../../model/normalise.ts';
import { COLLECTION_AVAILABILITY_JOIN } from './availability-join.ts';
import { GATEWAY_BYPASS_JOIN } from './gateway-bypass-join.ts';
import { SESSION_DIRECTORY_JOIN, TEMPORARY_FOLDERS_JOIN } from './host-policy-joins.ts';
import { GATEWAY_IDLE_JOIN, SESSION_LIMITS_JOIN } from './limits-join.ts';
import { LICENSING_JOIN } from './licensing-join.ts';
import { PUBLISHER_JOIN } from './publisher-join.ts';
import { ODD_HOST_JOIN } from './odd-host-join.ts';
import { COLLECTION_LISTENER_JOIN } from './listener-join.ts';
import { COLLECTION_REDIRECTION_JOIN } from './redirection-join.ts';

/** What brings collections and their session hosts together. */
export const RDS_JOINS: readonly Join[] = [
  COLLECTION_LISTENER_JOIN,
  COLLECTION_REDIRECTION_JOIN,
  COLLECTION_AVAILABILITY_JOIN,
  TEMPORARY_FOLDERS_JOIN,
  SESSION_DIRECTORY_JOIN,
  LICENSING_JOIN,
  ODD_HOST_JOIN,
  GATEWAY_BYPASS_JOIN,
  GATEWAY_IDLE_JOIN,
  SESSION_LIMITS_JOIN,
  PUBLISHER_JOIN,
];
