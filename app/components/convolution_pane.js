/* One view of the tab: shown while it is the chosen one; told when it is shown, also when the tab is opened again. */
const PANES = [['slide', 'Slide a kernel'], ['costs', 'Costs'], ['pool', 'Pool or stride'], ['shift', 'Shift lab']];
const chosenPane = () => {
  const names = PANES.map(([name]) => name), url = new URLSearchParams(location.search);
  return window.cvConvolution || (names.includes(url.get('view')) ? url.get('view') : names[0]);
};
const makePane = (name, onShow) => {
  const follow = () => {
    root.hidden = chosenPane() !== name;
    if (!root.hidden) onShow();
  };
  document.addEventListener('cv:pane', follow);
  document.addEventListener('cv:tab', (event) => { if (event.detail === 'convolution') follow(); });
  root.hidden = chosenPane() !== name;
  setTimeout(follow, 0);
};
