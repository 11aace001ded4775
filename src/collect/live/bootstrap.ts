/**
 * What a host runs: reads the request and the collector from standard input and runs it. The text is a constant, so nothing of
 * an estate ever stands on a command line.
 *
 * - Standard input: the request in base64, the script in base64 over any number of lines, then `.SECONDS`. Without that last
 *   line something was cut off, and nothing runs.
 * - Standard input stays open. When it ends, because the connection did, or when the seconds are over, the process ends itself:
 *   what was started on a host never outlives who started it. Where the language mode forbids that watch, it runs without.
 * - Only what Windows PowerShell 5.1 has, ASCII only.
 */
export const BOOTSTRAP = [
  "$ErrorActionPreference='Stop';$ProgressPreference='SilentlyContinue'",
  '$r=[IO.StreamReader]::new([Console]::OpenStandardInput())',
  "$a=@();while(($l=$r.ReadLine()) -and $l[0] -ne '.'){$a+=$l}",
  'if(!$l){exit 9}',
  "try{$k=[Delegate]::CreateDelegate([Action],[Diagnostics.Process]::GetCurrentProcess(),'Kill')",
  '$r.ReadLineAsync().GetAwaiter().OnCompleted($k);[Threading.Tasks.Task]::Delay(1000*$l.Substring(1)).GetAwaiter().OnCompleted($k)}catch{}',
  'function u($s){[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($s))}',
  '& ([scriptblock]::Create((u (-join $a[1..$a.Count])))) -Request (u $a[0])',
  'exit 0',
].join('\n');

/** The exit code of the bootstrap when its input was cut off. */
export const CUT_INPUT = 9;

/** `-EncodedCommand` takes UTF-16LE in base64. */
export function encodedCommand(script: string): string {
  return Buffer.from(script, 'utf16le').toString('base64');
}

/**
 * The remote command. It means the same to cmd, PowerShell and POSIX shells, whichever the server starts it by.
 *
 * - `-InputFormat None`: else `powershell.exe` itself reads standard input for `$input`, side by side with the script.
 *   https://github.com/PowerShell/PowerShell/blob/master/src/Microsoft.PowerShell.ConsoleHost/host/msh/Executor.cs
 * - `-OutputFormat Text`: else errors of an encoded command come as CLIXML when standard error is a pipe.
 */
export const REMOTE_COMMAND = `powershell.exe -NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -InputFormat None -OutputFormat Text -EncodedCommand ${encodedCommand(BOOTSTRAP)}`;

/** Lines of this many characters: PowerShell reads long ones slowly, and terminals break them. */
const LINE = 4096;

/** The two collectors, encoded once for all hosts. */
const encoded = new Map<string, string>();

function linesOf(script: string): string {
  let lines = encoded.get(script);
  if (lines === undefined) {
    const base64 = Buffer.from(script.replace(/^\ufeff/, ''), 'utf8').toString('base64');
    lines = base64.replaceAll(new RegExp(`.{1,${LINE}}`, 'g'), '$&\n');
    if (encoded.size > 8) encoded.clear();
    encoded.set(script, lines);
  }
  return lines;
}

/** What goes to standard input. ASCII. */
export function inputOf(request: string, script: string, seconds: number): string {
  return `${Buffer.from(request, 'utf8').toString('base64')}\n${linesOf(script)}.${Math.ceil(seconds)}\n`;
}
