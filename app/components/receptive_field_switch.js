/* Two views of one tab; the address keeps which one. */
const buttons = props.value.map(([id, title]) => h('button', { type: 'button', 'data-id': id, onclick: () => show(id, true) }, title));
root.append(h('div', { class: 'seg', role: 'group', 'aria-label': 'View' }, buttons));
const show = (id, chosen) => {
  for (const button of buttons) {
    button.setAttribute('aria-pressed', String(button.dataset.id === id));
    document.getElementById(button.dataset.id)?.classList.toggle('away', button.dataset.id !== id);
  }
  if (!chosen) return;
  const url = new URL(location.href);
  if (id === buttons[0].dataset.id) url.searchParams.delete('view');
  else url.searchParams.set('view', id);
  history.replaceState(null, '', url);
};
const asked = new URLSearchParams(location.search).get('view');
setTimeout(() => show(buttons.some((button) => button.dataset.id === asked) ? asked : buttons[0].dataset.id, false), 0);
