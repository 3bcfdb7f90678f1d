/* The lesson's table of three networks: what it says, corrected, and rows that are measured here, each with a button. */
const makeProduction = (measure) => {
  const title = h('h3', {}), headRow = h('tr', {}), rowsBody = h('tbody', {});
  const node = h('section', { class: 'card choosing-production' }, title, h('p', { class: 'sub' }, 'Tinted: measured on this machine. The rest is the lesson\u2019s, corrected where it was wrong, or published.'),
    h('div', { class: 'choosing-scroll', role: 'region', tabindex: 0, 'aria-label': 'Networks in production' }, h('table', {}, h('thead', {}, headRow), rowsBody)));
  let buttons = [], idle = true;
  const told = (row) => h('tr', {}, h('th', { scope: 'row' }, row.title, row.note ? h('small', {}, ` ${row.note}`) : null), row.cells.map((text) => h('td', {}, text)));
  const tested = (row) => {
    const whole = row.cells.every(Boolean), button = smallButton(whole ? 'Measure again' : `Measure, about ${row.takes}`, () => measure(row.id));
    button.setAttribute('aria-label', `${row.title}: ${button.textContent}`);
    button.disabled = !idle;
    buttons.push(button);
    return h('tr', {}, h('th', { scope: 'row' }, row.title, ' ', button), row.cells.map((text) => h('td', { class: text ? 'measured-cell' : '' }, text || 'not measured')));
  };
  const fill = whenNew((shown) => {
    buttons = [];
    title.textContent = shown.task === 'detect' ? 'YOLO, R-CNN and a transformer in production' : 'CNN, ViT and Swin in production';
    headRow.replaceChildren(h('td', {}), ...shown.heads.map((one) => h('th', { scope: 'col' }, h('span', { class: `fam ${one.family}` }, familyMark(one.family), h('span', { class: 'choosing-name' }, one.title)))));
    rowsBody.replaceChildren(...shown.tests.map(tested), ...shown.rows.map(told));
  });
  return { node, show: fill, busy(yes) { idle = !yes; buttons.forEach((button) => { button.disabled = yes; }); } };
};
