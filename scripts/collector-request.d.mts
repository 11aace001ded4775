/** The text of collectors/request.json. */
export function requestDocument(): string;
