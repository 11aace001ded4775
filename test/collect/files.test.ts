import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test, vi } from 'vitest';
import { isProblem, nameOf, readTextFile, sourceRootOf, walkFolder } from '../../src/collect/files.ts';
import { folderOf } from '../scan/support.ts';

const walked = (folder: string, options = {}): string[] => walkFolder(folder, options).files.map((path) => relative(folder, path));
const git = (folder: string, ...args: readonly string[]): void => {
  const { status, stderr } = spawnSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
};

const TREE = {
  'b.json': '{}',
  'a.yaml': '',
  'sub/C.YML': '',
  'sub/notes.txt': '',
  '.git-not/x.json': '{}',
  'node_modules/p/package.json': '{}',
  'sub/node_modules/q.json': '{}',
};

test('walks JSON and YAML, sorted, without node_modules', () => {
  expect(walked(folderOf(TREE))).toEqual(['.git-not/x.json', 'a.yaml', 'b.json', 'sub/C.YML']);
});

test('links are not followed', () => {
  const folder = folderOf(TREE);
  symlinkSync('..', join(folder, 'sub', 'up'));
  symlinkSync('../b.json', join(folder, 'sub', 'link.json'));
  expect(walked(folder)).toEqual(['.git-not/x.json', 'a.yaml', 'b.json', 'sub/C.YML']);
  git(folder, 'init', '-q');
  expect(walked(folder)).toEqual(['.git-not/x.json', 'a.yaml', 'b.json', 'sub/C.YML']);
});

test('what git ignores is not walked, unless it is asked for or the folder itself is ignored', () => {
  const folder = folderOf({ ...TREE, '.gitignore': 'out/\nsecret.json\n', 'out/r.json': '{}', 'out/deep/s.json': '{}', 'secret.json': '{}' });
  git(folder, 'init', '-q');
  expect(walked(folder)).toEqual(['.git-not/x.json', 'a.yaml', 'b.json', 'sub/C.YML']);
  expect(walked(folder, { withIgnored: true })).toContain('secret.json');
  expect(walked(join(folder, 'out'))).toEqual(['deep/s.json', 'r.json']);
  expect(walked(join(folder, 'sub'))).toEqual(['C.YML']);
});

test('repositories inside of one are walked: submodules, those of their own, and what was not fetched', () => {
  const folder = folderOf({
    'a.json': '{}',
    'infra/b.json': '{}',
    'infra/.gitignore': 'c.json',
    'infra/c.json': '{}',
    'own/d.json': '{}',
    'own/deep/e.json': '{}',
  });
  for (const inner of ['infra', 'own/deep']) {
    git(join(folder, inner), 'init', '-q');
    git(join(folder, inner), 'add', '.');
    git(join(folder, inner), '-c', 'user.name=x', '-c', 'user.email=x@contoso.com', 'commit', '-qm', 'x');
  }
  git(folder, 'init', '-q');
  // Written as what it is in the index: the name of a commit.
  git(folder, '-c', 'advice.addEmbeddedRepo=false', 'add', 'infra', 'a.json');
  expect(walked(folder)).toEqual(['a.json', 'infra/b.json', 'own/d.json', 'own/deep/e.json']);
  rmSync(join(folder, 'infra'), { recursive: true });
  mkdirSync(join(folder, 'infra'));
  expect(walked(folder)).toEqual(['a.json', 'own/d.json', 'own/deep/e.json']);
});

test('what git could not look into, and names that nobody can write, are said', () => {
  const folder = folderOf({ 'a.json': '{}' });
  git(folder, 'init', '-q');
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/b`), Buffer.from([0xff]), Buffer.from('.json')]), '{}');
  expect(walkFolder(folder)).toEqual({
    files: [join(folder, 'a.json')],
    unreadable: [{ path: join(folder, 'b\ufffd.json'), reason: 'its name is not UTF-8' }],
  });
  const long = `${'x'.repeat(300)}.json`;
  const bin = folderOf({
    git: `#!/bin/sh\necho "warning: could not open directory 'secret/': Permission denied" >&2\nprintf 'a.json\\0${long}\\0'\n`,
  });
  chmodSync(join(bin, 'git'), 0o755);
  vi.stubEnv('PATH', bin);
  expect(walkFolder(folder)).toEqual({
    files: [join(folder, 'a.json')],
    unreadable: [
      { path: join(folder, 'secret/'), reason: 'access is denied' },
      { path: join(folder, long), reason: 'its name is too long' },
    ],
  });
  vi.unstubAllEnvs();
});

test('what is scanned does not say what git runs', () => {
  const folder = folderOf({ 'a.json': '{}', 'own/b.json': '{}', 'bare/c.json': '{}' });
  const marker = join(folder, 'ran');
  const program = join(folderOf({ run: `#!/bin/sh\ntouch '${marker}'\n` }), 'run');
  chmodSync(program, 0o755);
  for (const at of [folder, join(folder, 'own')]) {
    git(at, 'init', '-q');
    git(at, 'update-index', '--untracked-cache');
    git(at, 'config', 'core.fsmonitor', program);
  }
  rmSync(marker, { force: true });
  expect(walked(folder)).toEqual(['a.json', 'bare/c.json', 'own/b.json']);
  expect(existsSync(marker)).toBe(false);
  git(join(folder, 'bare'), 'init', '-q', '--bare', '.');
  git(join(folder, 'bare'), 'config', 'core.bare', 'false');
  git(join(folder, 'bare'), 'config', 'core.worktree', '.');
  expect(walked(join(folder, 'bare'))).toEqual(['c.json']);
});

test('without git everything is walked', () => {
  const folder = folderOf({ 'a.json': '{}', '.gitignore': 'b.json', 'b.json': '{}' });
  git(folder, 'init', '-q');
  vi.stubEnv('PATH', folder);
  expect(walked(folder)).toEqual(['a.json', 'b.json']);
  vi.unstubAllEnvs();
});

test('a file that was deleted and is still in the index is none', () => {
  const folder = folderOf({ 'a.json': '{}', 'b.json': '{}' });
  git(folder, 'init', '-q');
  git(folder, 'add', '.');
  spawnSync('rm', [join(folder, 'a.json')]);
  expect(walked(folder)).toEqual(['b.json']);
});

test('a folder that cannot be read is said', () => {
  expect(walkFolder(join(folderOf({}), 'nowhere'))).toEqual({
    files: [],
    unreadable: [{ path: expect.stringMatching(/nowhere$/) as string, reason: 'it does not exist' }],
  });
});

test('a text file with its hash, length and marks', () => {
  const folder = folderOf({ 'a.json': '\ufeff{"a":"ü"}', 'b.json': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('{}', 'utf16le')]) });
  const bytes = Buffer.from('\ufeff{"a":"ü"}');
  expect(readTextFile(join(folder, 'a.json'), folder)).toEqual({
    name: 'a.json',
    path: join(folder, 'a.json'),
    text: '{"a":"ü"}',
    bom: true,
    encoding: 'utf-8',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    length: bytes.length,
  });
  expect(readTextFile(join(folder, 'b.json'), folder)).toMatchObject({ text: '{}', bom: true, encoding: 'utf-16le' });
});

test.each([
  ['nowhere.json', 'file.unreadable'],
  ['.', 'file.folder'],
  ['loop.json', 'file.unreadable'],
  ['binary.json', 'file.not-text'],
  ['a.json/b.json', 'file.unreadable'],
])('%s is the problem %s', (name, code) => {
  const folder = folderOf({ 'a.json': '{}', 'binary.json': Buffer.from([1, 0, 2]) });
  symlinkSync('loop.json', join(folder, 'loop.json'));
  const read = readTextFile(join(folder, name), folder);
  expect(isProblem(read) ? [read.level, read.code] : read).toEqual(['error', code]);
});

test.each([
  ['/r/a/b.json', 'a/b.json'],
  ['/r/..a.json', '..a.json'],
  ['/x/b.json', '/x/b.json'],
  ['/r', '.'],
])('%s is named %s', (path, name) => {
  expect(nameOf(path, '/r')).toBe(name);
});

test('the source root is the git top, else the folder', () => {
  const folder = folderOf({ 'sub/a.json': '{}' });
  expect(sourceRootOf(join(folder, 'sub'))).toBe(join(folder, 'sub'));
  git(folder, 'init', '-q');
  expect(sourceRootOf(join(folder, 'sub'))).toBe(folder);
});
