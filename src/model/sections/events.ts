import type { SectionSpec } from '../snapshot.ts';
import { EVENT_LOG_READERS } from './rights.ts';

/**
 * What the event channels of Remote Desktop Services say of the last days: numbers and times only, no names and no addresses,
 * read from the events' XML and never from their text. Newest first, bounded by the collector.
 */
export const EVENTS_SECTION: SectionSpec = {
  name: 'events.remoteDesktop',
  of: 'windows-host',
  title: 'Events of Remote Desktop connections and sessions',
  shape: 'rows',
  source: 'https://learn.microsoft.com/windows/win32/wes/consuming-events',
  right: EVENT_LOG_READERS,
  columns: {
    Channel: {
      type: 'string',
      description: 'Such as Microsoft-Windows-TerminalServices-LocalSessionManager/Operational.',
    },
    Id: { type: 'integer' },
    TimeCreated: { type: 'string', description: 'ISO 8601, UTC.' },
    Session: { type: ['integer', 'null'], description: 'UserData/EventXML/SessionID or Session.' },
    Reason: { type: ['integer', 'null'], description: 'UserData/EventXML/Reason of event 40: the extended disconnect reason.' },
  },
};

export const EVENT_SECTIONS: readonly SectionSpec[] = [EVENTS_SECTION];
