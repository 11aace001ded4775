import type { Location } from '../../model/location.ts';
import type { Artifacts } from './artifacts.ts';

/** A place in a file, with all four numbers and the text that stands there. */
export function physicalLocation(location: Location, artifacts: Artifacts): object {
  const { startLine, startColumn, endLine, endColumn } = location.region;
  const region = { startLine, startColumn, endLine, endColumn };
  const artifactLocation = artifacts.locationOf(location.file);
  const { snippet } = location;
  if (snippet === undefined) return { artifactLocation, region };
  const line = startLine === endLine && !snippet.includes('\n') ? snippet : undefined;
  // The report's snippet holds whole lines, a region's own is what lies between its columns; the line around it must be
  // wider than the region (SARIF1008).
  if (line === undefined || endColumn - 1 > line.length || endColumn <= startColumn || (startColumn === 1 && endColumn - 1 === line.length)) {
    return { artifactLocation, region: { ...region, snippet: { text: snippet } } };
  }
  return {
    artifactLocation,
    region: { ...region, snippet: { text: line.slice(startColumn - 1, endColumn - 1) } },
    contextRegion: { startLine, endLine, snippet: { text: line } },
  };
}
