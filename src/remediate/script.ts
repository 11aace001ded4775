import { comment, textLiteral } from './literal.ts';
import type { ScriptStep } from './powershell.ts';

const RISK_ORDER = ['safe', 'review', 'can-disconnect'] as const;

/**
 * One PowerShell script for a host: safe steps first, what can disconnect last; every step asks `ShouldProcess`, so that
 * `-WhatIf` and `-Confirm` work. For Windows PowerShell 5.1 and PowerShell 7.
 */
export function scriptFor(host: string, steps: readonly ScriptStep[], version: string): string {
  const ordered = RISK_ORDER.flatMap((risk) => steps.filter((step) => step.risk === risk));
  const needs = [...new Set(ordered.flatMap((step) => step.needs))].toSorted();
  return [
    '#Requires -RunAsAdministrator',
    comment(`Written by rdposture ${version} for ${host}. Read it before you run it; -WhatIf shows what it would do.`),
    ...(needs.length === 0 ? [] : [comment(`Takes effect after: ${needs.join(', ')}.`)]),
    "[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]",
    'param([switch]$AllowDisconnect)',
    "$ErrorActionPreference = 'Stop'",
    ...ordered.flatMap((step) => ['', comment(`${step.title} [${step.risk}]`), ...guarded(host, step)]),
    '',
  ].join('\r\n');
}

function guarded(host: string, step: ScriptStep): string[] {
  const body = [`if ($PSCmdlet.ShouldProcess(${textLiteral(host)}, ${textLiteral(step.title)})) {`, ...step.lines.map((line) => `  ${line}`), '}'];
  if (step.risk !== 'can-disconnect') return body;
  return [
    'if ($AllowDisconnect) {',
    ...body.map((line) => `  ${line}`),
    `} else { Write-Warning ${textLiteral(`Left out, since it can cut your connection (-AllowDisconnect runs it): ${step.title}`)} }`,
  ];
}
