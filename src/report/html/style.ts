/** Written into the page as they are; their hashes are its content security policy, so they hold nothing of the report. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --paper: #fff; --ground: #f4f6f9; --line: #dbe1e9; --link: #0b57b7;
  --critical: #8f1029; --high: #c62828; --medium: #9a5b00; --low: #1a6a8a; --good: #1b6e3c; --code: #eef1f5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9f0; --soft: #9aa6b5; --paper: #1a2029; --ground: #12161d; --line: #313a47; --link: #7db5ff;
  --critical: #ff7d94; --high: #ff8a80; --medium: #f0b454; --low: #6fc3e2; --good: #6fcf97; --code: #232b36; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, 'Segoe UI', Roboto, sans-serif; }
main, header { max-width: 1080px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 28px; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 32px 0 10px; } h3 { font-size: 13px; margin: 16px 0 6px; color: var(--soft); text-transform: uppercase; letter-spacing: .04em; }
h2 .soft { font-size: 14px; font-weight: 400; }
a { color: var(--link); } p { margin: 6px 0; } .soft { color: var(--soft); }
.gate { margin: 16px 0; padding: 12px 16px; border-radius: 8px; background: var(--paper); border: 1px solid var(--line); border-left: 6px solid var(--good); }
.gate.failed { border-left-color: var(--high); } .gate ul { margin: 4px 0 0; padding-left: 20px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(110px, 1fr)); gap: 10px; margin: 16px 0; padding: 0; list-style: none; }
.cards li { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; }
.cards b { display: block; font-size: 24px; line-height: 1.2; }
form { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; padding: 10px 14px; background: var(--paper); border: 1px solid var(--line); border-radius: 8px; position: sticky; top: 0; z-index: 1; }
form[hidden] { display: none; }
fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 12px; } legend { float: left; margin-right: 10px; color: var(--soft); }
input[type=search] { flex: 1 1 180px; padding: 6px 10px; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: 6px; }
.finding, .problem { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; margin: 8px 0; content-visibility: auto; contain-intrinsic-size: auto 76px; }
.problem { padding: 10px 14px; } .finding[hidden], section[hidden] { display: none; }
summary { cursor: pointer; padding: 10px 14px; } summary p { margin: 4px 0 0; overflow-wrap: anywhere; }
.body { padding: 0 14px 14px; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.pill { display: inline-block; padding: 0 8px; border: 1px solid currentColor; border-radius: 10px; font-size: 12px; font-weight: 600; white-space: nowrap; }
.critical { color: var(--critical); } .high, .error, .can-disconnect { color: var(--high); } .medium, .warning, .review { color: var(--medium); } .low { color: var(--low); } .safe, .pass { color: var(--good); }
code, pre { font: 13px/1.45 ui-monospace, 'Cascadia Mono', Consolas, monospace; background: var(--code); border-radius: 4px; }
code { padding: 1px 4px; } pre { padding: 10px 12px; overflow-x: auto; margin: 6px 0; }
table { border-collapse: collapse; width: 100%; font-size: 14px; background: var(--paper); } td, th { text-align: left; padding: 5px 10px; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
td.number, th.number { text-align: right; white-space: nowrap; }
.fix { border-left: 3px solid var(--line); padding-left: 12px; margin: 10px 0; }
footer { max-width: 1080px; margin: 40px auto 24px; padding: 0 20px; color: var(--soft); font-size: 13px; }
@media print { form { display: none; } .finding, .problem { break-inside: avoid; } }
`;

export const SCRIPT = `
'use strict';
const form = document.querySelector('form');
const shown = document.querySelector('#shown');
const findings = [...document.querySelectorAll('.finding')];
const apply = () => {
  const wanted = (name) => new Set([...form.querySelectorAll('input[name=' + name + ']:checked')].map((box) => box.value));
  const bands = wanted('band');
  const states = wanted('state');
  const words = form.elements.words.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let count = 0;
  for (const finding of findings) {
    const text = words.length ? finding.textContent.toLowerCase() : '';
    const visible = bands.has(finding.dataset.band) && states.has(finding.dataset.state) && words.every((word) => text.includes(word));
    finding.hidden = !visible;
    if (visible) count += 1;
  }
  for (const section of document.querySelectorAll('section.target')) section.hidden = !section.querySelector('.finding:not([hidden])');
  shown.textContent = count + ' of ' + findings.length + ' shown';
};
form.addEventListener('input', apply);
form.addEventListener('submit', (event) => event.preventDefault());
form.hidden = false;
apply();
`;
