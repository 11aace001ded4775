// Stands in for `powershell.exe` on a server: reads what the bootstrap would read and answers in frames, well or badly. It is
// copied beside `modes.json`, which says how it behaves for the address that it was reached by.
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const folder = dirname(fileURLToPath(import.meta.url));
const modes = JSON.parse(readFileSync(join(folder, 'modes.json'), 'utf8'));
const address = process.env.STAND_IN_HOST ?? (process.env.SSH_CONNECTION ?? '').split(' ')[2] ?? '';
const mode = modes[address] ?? modes.default ?? 'ok';
appendFileSync(join(folder, 'pids'), `${process.pid}\n`);

const out = (text) => process.stdout.write(text);
const lines = [];
const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  if (!line.startsWith('.')) lines.push(line);
  else void answer(JSON.parse(Buffer.from(lines[0], 'base64').toString('utf8')), Number(line.slice(1)));
});
// As the bootstrap's watch does.
input.on('close', () => process.kill(process.pid, 'SIGKILL'));

function snapshotOf({ kind, name }, more = {}) {
  return {
    collectedAt: '2026-11-24T10:00:00Z',
    collector: { name: 'stand-in', version: '0' },
    schemaVersion: 1,
    sections: { os: { status: 'ok', data: { build: 20348, ubr: 2849 } }, ...more },
    target: { kind, name },
  };
}

function frames(nonce, json, { hash, length, level } = {}) {
  const bytes = Buffer.from(json, 'utf8');
  const packed = gzipSync(bytes, { level: level ?? 6 }).toString('base64');
  const data = packed.match(/.{1,76}/g).map((line) => `rdposture-data ${nonce} ${line}\r\n`);
  return {
    begin: `rdposture-begin ${nonce}\r\nrdposture-section ${nonce} os ok\r\n`,
    data: data.join(''),
    end: `rdposture-end ${nonce} ${length ?? bytes.length} ${hash ?? createHash('sha256').update(bytes).digest('hex')}\r\n`,
  };
}

const fail = (nonce, code, message) =>
  out(`rdposture-begin ${nonce}\r\nrdposture-fail ${nonce} ${code} ${Buffer.from(message, 'utf8').toString('base64')}\r\n`);

async function answer(request) {
  const { nonce } = request;
  const good = frames(nonce, JSON.stringify(snapshotOf(request)));
  const exit = (code) => process.stdout.write('', () => process.exit(code));
  switch (mode) {
    case 'ok':
      out(good.begin + good.data + good.end);
      return exit(0);
    case 'slow':
      out(good.begin);
      return setTimeout(() => {
        out(good.data + good.end);
        exit(0);
      }, 1500);
    case 'talkative':
      out(`Willkommen auf ${address}\r\n\u001b[31mrot\u001b[0m\r\n${good.begin}noch etwas\r\n${good.data}${good.end}und weiter\r\n`);
      return exit(0);
    case 'garbage':
      out('Microsoft Windows [Version 10.0]\r\n\u001b]0;title\u0007C:\\>');
      return exit(0);
    case 'flood':
      return setInterval(() => out('x'.repeat(65536)), 1);
    case 'big': {
      const big = frames(nonce, JSON.stringify(snapshotOf(request, { junk: { status: 'ok', data: randomBytes(37 * 1024 * 1024).toString('base64') } })), {
        level: 0,
      });
      out(big.begin);
      for (let at = 0; at < big.data.length; at += 1 << 20) {
        if (!out(big.data.slice(at, at + (1 << 20)))) await new Promise((done) => process.stdout.once('drain', done));
      }
      out(big.end);
      return exit(0);
    }
    case 'huge': {
      const huge = frames(nonce, `"${' '.repeat(65 * 1024 * 1024)}"`);
      out(huge.begin + huge.data + huge.end);
      return exit(0);
    }
    case 'bomb': {
      const bomb = frames(nonce, ' '.repeat(200 * 1024 * 1024), { length: 1000 });
      out(bomb.begin + bomb.data + bomb.end);
      return exit(0);
    }
    case 'other': {
      const other = frames(nonce, JSON.stringify(snapshotOf({ ...request, name: 'victim.contoso.com' })));
      out(other.begin + other.data + other.end);
      return exit(0);
    }
    case 'wrong-hash': {
      const wrong = frames(nonce, JSON.stringify(snapshotOf(request)), { hash: '0'.repeat(64) });
      out(wrong.begin + wrong.data + wrong.end);
      return exit(0);
    }
    case 'half':
      out(good.begin + good.data.slice(0, 60));
      return exit(0);
    case 'cut':
      // The connection's own process: what a cable that is pulled out comes to.
      out(good.begin + good.data.slice(0, 60));
      return setTimeout(() => process.kill(process.ppid, 'SIGKILL'), 200);
    case 'hang':
      out(good.begin);
      return undefined;
    case 'denied':
      fail(nonce, 'authorisation', 'Zugriff verweigert');
      return exit(1);
    case 'broken':
      fail(nonce, 'script', 'Es ging nicht: \u001b[2J "ü"');
      return exit(1);
    case 'policy':
      process.stderr.write(
        '… cannot be loaded because running scripts is disabled.\r\n    + FullyQualifiedErrorId : UnauthorizedAccess,Microsoft.PowerShell.Commands\r\n',
      );
      return exit(1);
    case 'crash':
      process.stderr.write('Ausnahme: kaputt\r\n    + FullyQualifiedErrorId : Kaputt\r\n');
      return exit(1);
    default:
      return exit(99);
  }
}
