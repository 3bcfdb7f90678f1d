/* Take it away: a file, a card and a program for each head; beside it what the usual snippet gets wrong. */
const heads = h('div', { class: 'taken' }), faults = h('div', { class: 'scroll-x', tabindex: 0, role: 'group', 'aria-label': 'What the usual snippet gets wrong' }), code = h('pre', { class: 'code', tabindex: 0 });
const lost = h('p', { class: 'alert', role: 'alert', hidden: true });
const copy = smallButton('Copy', (event) => copyText(code.textContent, event.currentTarget));
const stem = (model) => `cvlab-head-${model}`;
const headOf = async (model, place) => {
  let found = null;
  try { found = await server.look({ key: props.value.key, settings: {}, head: place }); } catch (error) { console.warn('The head did not come', error); }
  lost.hidden = Boolean(found?.file);
  lost.textContent = found?.gone ? 'The server does not keep this head any more. Teach again.' : 'The server did not answer. Try again when it is back.';
  if (found?.file) saveFile(`${stem(model)}.safetensors`, found.file);
};
const row = (program) => ({ model, title, family, card }, place) => h('div', { class: 'taken-row' }, h('span', { class: `fam ${family}` }, familyMark(family), h('b', {}, title)),
  h('span', { class: 'end' }, smallButton('Head (safetensors)', () => headOf(model, place)), smallButton('Card', () => saveFile(`${stem(model)}.md`, card, 'text/markdown')), smallButton('Python file', () => saveFile('name_photo.py', program, 'text/x-python'))));
const whole = (count) => count.toLocaleString('en');
const table = (names, rows) => h('table', {}, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'The usual line'), h('th', { scope: 'col' }, 'What is wrong'), names.map((name) => h('th', { scope: 'col', class: 'n' }, `${name}: wrong`)), h('th', { scope: 'col' }, 'Right'))),
  h('tbody', {}, rows.map((one) => h('tr', {}, h('td', {}, h('code', {}, one.line)), h('td', {}, one.why), one.wrong.map(([count, of]) => h('td', { class: 'n', title: `of ${whole(of)} parameters` }, whole(count))), h('td', {}, h('code', {}, one.right))))));
const after = makeAfter({
  nodes: [heads, h('p', { class: 'sub' }, props.how), lost, h('h3', {}, 'The lesson\u2019s snippet, corrected'), faults, h('div', { class: 'coded' }, code, copy)],
  begins: 'Reading what the backbones are',
  fresh() { lost.hidden = true; },
  paint(sheet) {
    heads.replaceChildren(...sheet.heads.map(row(sheet.program)));
    faults.replaceChildren(table(sheet.networks, sheet.faults));
    code.textContent = sheet.snippet;
  },
});
after.begin();
