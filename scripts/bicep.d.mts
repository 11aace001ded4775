/** Restores the Bicep compiler that tests run; its path, or null where no .NET SDK is installed or the system has no such package. */
export function restoreBicep(): string | null;
