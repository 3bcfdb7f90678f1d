/* Presenter: larger letters and the photo as a strip, for a screen that many look at. A switch, key P, and in the link. */
const makePresenter = () => {
  const page = document.documentElement;
  const node = h('button', { type: 'button', class: 'switch', role: 'switch', title: 'Larger letters for a projector (key P)', 'aria-keyshortcuts': 'P', onclick: () => set(!on()) }, h('i', {}), 'Presenter');
  const on = () => page.classList.contains('presenter');
  const show = () => {
    node.setAttribute('aria-checked', String(on()));
    const url = new URL(location.href);
    if (on()) url.searchParams.set('presenter', '1');
    else url.searchParams.delete('presenter');
    if (url.href !== location.href) history.replaceState(null, '', url);
  };
  window.addEventListener('popstate', show); // the entry may be older than the switch
  const set = (yes) => {
    page.classList.toggle('presenter', yes);
    show();
    document.dispatchEvent(new CustomEvent('cv:presenter'));
    window.dispatchEvent(new Event('resize')); // charts are drawn for the letters' size
  };
  document.addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== 'p' || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.('input:not([type=range],[type=radio],[type=checkbox]),textarea,select,[contenteditable=true]')) return;
    set(!on());
  });
  show();
  return node;
};
