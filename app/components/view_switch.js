/* A row of buttons, one for each view of the tab: a column of the page, by its id. The address keeps which one is open. */
const names = props.value.map(([id]) => id);
const show = (id) => {
  views.set(id);
  names.forEach((name) => document.getElementById(name)?.classList.toggle('away', name !== id));
};
const views = makeChoice('View', props.value, (id) => {
  const url = new URL(location.href);
  url.searchParams.set('view', id);
  history.replaceState(null, '', url);
  show(id);
  document.dispatchEvent(new CustomEvent('cv:view'));
});
root.append(h('div', { class: 'bar one' }, views.node));
setTimeout(() => show(names.includes(address.get('view')) ? address.get('view') : names[0]), 0); // once the columns stand
