/* A row of buttons, one for each view of the tab: a column of the page, by its id. Each is an entry of the history. */
const names = props.value.map(([id]) => id);
/* On a phone the row is wider than the window; nothing else may scroll. */
const bringIn = (button, row) => {
  const { left, right } = button.getBoundingClientRect(), room = row.getBoundingClientRect();
  row.scrollLeft += Math.max(0, right - room.right) + Math.min(0, left - room.left);
};
const show = (id) => {
  views.set(id);
  bringIn(views.node.querySelector('[aria-pressed=true]'), views.node.parentElement);
  names.forEach((name) => document.getElementById(name)?.classList.toggle('away', name !== id));
};
const views = makeChoice('View', props.value, (id) => {
  went(id);
  open(id);
});
const open = (id) => {
  show(id);
  document.dispatchEvent(new CustomEvent('cv:view'));
};
const first = names.includes(address.get('view')) ? address.get('view') : names[0];
const went = makeViewEntry(props.tab, first, open);
/* A part of the tab opens another view of it. */
document.addEventListener('cv:open', ({ detail }) => {
  if (detail.tab !== props.tab || !names.includes(detail.view)) return;
  went(detail.view);
  open(detail.view);
  root.scrollIntoView({ block: 'nearest' });
});
root.append(h('div', { class: 'bar one' }, views.node));
setTimeout(() => show(first), 0); // once the columns stand
