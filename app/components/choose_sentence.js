/* The four questions as one sentence with menus in it. `offered`: by setting, rows of [value, text]. */
const makeSentence = (offered, onPick) => {
  const menus = {};
  const menu = (name, label) => {
    const { rows } = offered[name];
    const select = h('select', { 'aria-label': label, class: 'choosing-menu', onchange: () => onPick({ [name]: menus[name].rows[select.selectedIndex][0] }) });
    menus[name] = { select, rows };
    return select;
  };
  const node = h('p', { class: 'choosing-sentence' },
    'I want to ', menu('task', 'Task'), ' in ', menu('domain', 'Kind of photos'), ', with ', menu('photos', 'Photos of each class'), ', in at most ',
    menu('milliseconds', 'Time limit'), ', with ', menu('max_mb', 'Size limit'), ', and ', menu('licence', 'Use'), '.');
  return {
    node,
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
