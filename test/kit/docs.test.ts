import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pwsh, root, skipped } from '../collectors/support.ts';
import { kit, kitFiles, read } from './support.ts';

const PAGES = ['docs/least-privilege.md', 'docs/scheduled-task.md'];
const text = (page: string): string => readFileSync(join(root, page), 'utf8');
const COMMON = ['WhatIf', 'Confirm'];

describe.each(PAGES)('%s', (page) => {
  it('links to what there is', () => {
    for (const [, target = ''] of text(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      const [file = '', anchor] = target.split('#');
      if (target.startsWith('https://')) expect(URL.canParse(target)).toBe(true);
      else {
        if (file !== '') expect(existsSync(join(root, 'docs', file)), target).toBe(true);
        if (anchor !== undefined && file === '') {
          const headings = [...text(page).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
            title
              .toLowerCase()
              .replaceAll(/[^a-z0-9 -]/g, '')
              .replaceAll(' ', '-'),
          );
          expect(headings, target).toContain(anchor);
        }
      }
    }
  });

  it.skipIf(skipped)('calls scripts that there are, with parameters that they have', () => {
    const scripts = kitFiles('.ps1').filter((name) => !name.includes('common'));
    const found = JSON.parse(execFileSync(pwsh, ['--lint', ...scripts.map((name) => join(kit, name))], { encoding: 'utf8' })) as Record<
      string,
      { readonly parameters: readonly string[] }
    >;
    const calls = [...text(page).matchAll(/kit\\([\w-]+)\\([\w-]+\.ps1)([^\n`]*)/g)];
    expect(calls.length).toBeGreaterThan(2);
    for (const [whole, folder = '', name = '', rest = ''] of calls) {
      const script = found[join(kit, folder, name)];
      expect(script, whole).toBeDefined();
      for (const [, parameter = ''] of rest.matchAll(/ -([A-Z]\w+)/g)) expect([...(script?.parameters ?? []), ...COMMON], whole).toContain(parameter);
    }
  });
});

it('shows the action of the task as it is', () => {
  const xml = read('scheduled-task', 'RdsPosture.xml');
  const [, command = ''] = /<Command>(.*)<\/Command>/.exec(xml) ?? [];
  const [, given = ''] = /<Arguments>(.*)<\/Arguments>/.exec(xml) ?? [];
  expect(text('docs/scheduled-task.md')).toContain(`\n${command} ${given}\n`);
});

it('ships the kit', () => {
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: readonly string[] };
  expect(files).toEqual(expect.arrayContaining(['kit', 'collectors', 'docs']));
});
