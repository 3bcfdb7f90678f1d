/* All figures of the duel: percentiles, spread, and what one run costs. */
const makeTable = () => {
  const body = h('tbody', {}), head = h('thead', {});
  const table = h('div', { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': 'All figures' }, h('table', { class: 'figures-table' }, head, body));
  const node = h('details', { class: 'more' }, h('summary', {}, 'All figures: percentiles, work and memory'), h('section', { class: 'card' }, table,
    h('p', { class: 'sub' }, 'Spread: from the fastest tenth to the slowest. Work and memory are counted, for one run: multiply-adds; numbers that convolutions and matrix products write (activations); weights and the most that lives beside them at once (memory).')));
  return {
    node,
    show({ table: { columns, rows } }) {
      head.replaceChildren(h('tr', {}, columns.map((column) => h('th', { scope: 'col' }, column))));
      body.replaceChildren(...rows.map(([family, title, ...cells]) => h('tr', {}, h('th', { scope: 'row' }, h('span', { class: 'fam' }, familyMark(family), h('span', { class: 'n' }, title))), cells.map((cell) => h('td', {}, cell)))));
    },
  };
};
