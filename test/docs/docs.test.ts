import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { documents, strayDocuments } from '../../scripts/docs.mjs';
import { readPolicyFolder } from '../../src/policy/library.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const made = documents();
const markdown = [...made].filter(([path]) => path.endsWith('.md'));

describe('the generated documentation', () => {
  it.each([...made])('%s is what `npm run docs` writes', (path, text) => {
    expect(existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : 'missing').toBe(text);
  });

  it('has a page for every policy, and none for others', () => {
    const { policies } = readPolicyFolder(join(root, 'policies'));
    for (const { id } of policies) expect(made.has(`docs/policies/${id}.md`), id).toBe(true);
    expect(strayDocuments(made)).toEqual([]);
  });

  it.each(markdown)('%s: rows of one width, links that lead somewhere, no hole', (path, text) => {
    expect(text).not.toMatch(/undefined|\[object|NaN/);
    const prose = text.replaceAll(/^(```+)[\s\S]*?^\1$/gm, '');
    for (const block of prose.split('\n\n').filter((part) => part.startsWith('| '))) {
      const widths = new Set(
        block
          .trim()
          .split('\n')
          .map((row) => row.replaceAll(/\\[|]/g, '').split('|').length),
      );
      expect([...widths], block).toHaveLength(1);
    }
    for (const [, target = ''] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (target.startsWith('https://')) expect(URL.canParse(target)).toBe(true);
      else {
        const [file = '', anchor] = target.split('#');
        const found = join(dirname(path), file);
        expect(made.has(found) || existsSync(join(root, found)), `${path}: ${target}`).toBe(true);
        if (anchor !== undefined) expect(headings(made.get(found) ?? '')).toContain(anchor);
      }
    }
  });

  it.each([...made].filter(([path]) => path.endsWith('.json')))('%s is a schema that Ajv takes', (_path, text) => {
    expect(() => new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(JSON.parse(text) as object)).not.toThrow();
  });
});

function headings(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^a-z0-9 _-]/g, '')
      .replaceAll(' ', '-'),
  );
}
