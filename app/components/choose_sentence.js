/* The four questions as one sentence with menus in it. `offered`: by setting, rows of [value, text]. */
const makeSentence = (offered, onPick) => {
  const menus = {};
  const menu = (name, label) => {
    const { rows } = offered[name];
    const select = h('select', { 'aria-label': label, class: 'choosing-menu', onchange: () => onPick({ [name]: menus[name].rows[select.selectedIndex][0] }) });
    menus[name] = { select, rows };
    return select;
  };
  const part = (before, one, after) => [before, h('span', { class: 'choosing-part' }, one, after), ' '];
  const node = h('p', { class: 'choosing-sentence' },
    part('I want to ', menu('task', 'Task'), ''), part('in ', menu('domain', 'Kind of photos'), ','), part('', menu('photos', 'Photos of each class'), ','),
    part('in at most ', menu('milliseconds', 'Time limit'), ','), part('with ', menu('max_mb', 'Size limit'), ','), part('and ', menu('licence', 'Use'), '.'));
  const read = (one) => (one.selectedOptions ? one.selectedOptions[0].textContent : one.nodeType === 3 ? one.textContent : [...one.childNodes].map(read).join(''));
  return {
    node,
    text: () => read(node).trim(),
    /* A value that no row has, as of a link or a limit that was dragged, gets a row of its own. */
    set(values) {
      for (const [name, one] of Object.entries(menus)) {
        const value = values[name], rows = offered[name].rows.some(([own]) => own === value) ? offered[name].rows : [...offered[name].rows, [value, offered[name].text(value)]];
        if (one.rows !== rows || !one.select.options.length) one.select.replaceChildren(...rows.map(([, text]) => h('option', {}, text)));
        one.rows = rows;
        one.select.selectedIndex = rows.findIndex(([own]) => own === value);
      }
    },
  };
};
