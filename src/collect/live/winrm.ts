import { findProgram } from './child.ts';
import type { Transport } from './job.ts';
import { collectOverSessions } from './sessions.ts';

const SCRIPT = 'Invoke-RdsCollection.ps1';

/** WS-Management is a part of Windows; PowerShell elsewhere has no client for it that is kept up. */
const ONLY_WINDOWS = {
  cause: 'not-supported',
  detail: 'remoting over WS-Management exists only on Windows',
  hint: 'Use `connect: { over: ssh }` (the OpenSSH Server that comes with Windows), collect from a Windows machine, or run the collector there and put its snapshot into the folder.',
} as const;
const NO_POWERSHELL = { cause: 'not-supported', detail: 'there is no PowerShell on the PATH of this machine', hint: 'Put powershell.exe on PATH.' } as const;

/** Collects over WS-Management, by the PowerShell of this Windows machine. */
export const collectOverWinrm: Transport = async function* collectOverWinrm(targets, job) {
  const path = process.env['PATH'] ?? '';
  const program = process.platform === 'win32' ? (findProgram('powershell', path) ?? findProgram('pwsh', path)) : null;
  const script = job.remotingOf?.(SCRIPT);
  if (program !== null && script !== undefined) yield* collectOverSessions(targets, job, { over: 'wsman', program, script });
  else for (const target of targets) yield { target, ...(process.platform === 'win32' ? NO_POWERSHELL : ONLY_WINDOWS) };
};
