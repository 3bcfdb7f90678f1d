/* Who was taken for whom: a matrix a backbone, whose cells open their photos. */
const makeConfused = (open) => {
  const photos = h('div', { class: 'cell-photos', 'aria-live': 'polite' }), body = h('div', { class: 'confused' });
  let names = [], opened = null, now = null;
  const mark = () => body.querySelectorAll('button').forEach((one) => one.setAttribute('aria-pressed', String(one.dataset.at === String(opened))));
  const matrix = (one, place) => {
    const most = Math.max(1, ...one.cells.map((row) => row.reduce((sum, count) => sum + count, 0)));
    const button = (count, row, column) => h('button', { type: 'button', 'data-at': [place, row, column], 'aria-pressed': 'false', disabled: !count, class: row === column ? 'right' : 'wrong',
      style: `--share:${count ? Math.round(15 + (65 * count) / most) : 0}%`, 'aria-label': `${names[row]} called ${names[column]}: ${count}`, onclick: () => { opened = [place, row, column]; mark(); open(opened); } }, String(count));
    return h('figure', {}, h('figcaption', { class: `fam ${one.family}` }, familyMark(one.family), h('b', {}, one.title), h('span', { class: 'sub' }, ` ${one.said}`)),
      h('div', { class: 'scroll-x', tabindex: 0, role: 'group', 'aria-label': `${one.title}: who was taken for whom` }, h('table', { class: names.some((name) => name.length > 3) ? 'long-names' : null },
        h('thead', {}, h('tr', {}, h('td', { class: 'sub' }, 'called'), names.map((name) => h('th', { scope: 'col', title: name }, name)))),
        h('tbody', {}, one.cells.map((row, index) => h('tr', {}, h('th', { scope: 'row' }, names[index]), row.map((count, column) => h('td', {}, button(count, index, column)))))))));
  };
  return {
    node: h('div', {}, body, photos),
    show(rows, classes) {
      const drawn = JSON.stringify([rows, classes]);
      if (drawn === now) return;
      [now, names, opened] = [drawn, classes, null];
      body.replaceChildren(...rows.map(matrix));
      photos.replaceChildren();
    },
    photos(cell) {
      if (!cell) { photos.replaceChildren(h('p', { class: 'sub' }, 'The server does not keep these photos any more. Teach again to see them.')); return; }
      if (String(cell.at) !== String(opened)) return;
      const [, row, column] = cell.at, shown = cell.photos.length;
      const said = row === column ? `${names[row]}, named rightly` : `${names[row]}, called ${names[column]}`;
      photos.replaceChildren(h('p', { class: 'sub' }, `${said}${shown < cell.count ? `: ${shown} of ${cell.count}` : ''}`), h('div', { class: 'thumbs' }, cell.photos.map(({ src, name }) => h('img', { src, alt: name, title: name, width: 112, height: 112 }))));
      photos.scrollIntoView({ block: 'nearest' });
    },
  };
};
