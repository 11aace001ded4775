import type { Join } from '../../model/normalise.ts';
import { PRESENTED_CERTIFICATE_JOIN } from './certificate-join.ts';
import { LISTENER_TRUTH_JOIN } from './truth-join.ts';

/** What brings hosts and what is seen of them on the wire together. */
export const ENDPOINT_JOINS: readonly Join[] = [LISTENER_TRUTH_JOIN, PRESENTED_CERTIFICATE_JOIN];
