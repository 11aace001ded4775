/** Builds the program that plays PowerShell; its path, or null where no .NET SDK is installed. */
export function buildPowerShellHost(): string | null;
