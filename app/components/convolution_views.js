/* The row of buttons that chooses the tab's view. */
const views = makeChoice('View', PANES, (name) => {
  window.cvConvolution = name;
  const url = new URL(location.href);
  url.searchParams.set('view', name);
  history.replaceState(null, '', url);
  views.set(name);
  document.dispatchEvent(new CustomEvent('cv:pane'));
});
root.append(h('div', { class: 'bar one' }, views.node));
views.set(chosenPane());
