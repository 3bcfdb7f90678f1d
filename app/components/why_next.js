/* The note that says why, in every lab, ends with where to go from there. Labs draw their notes when they are first opened. */
const endNotes = (next, open) => {
  let waits = false;
  const end = () => {
    waits = false;
    const to = next[openTab()];
    if (!to) return;
    document.querySelectorAll(`#tab-${openTab()} .why:has(>b)`).forEach((note) => {
      if (note.querySelector('.why-next')) return;
      note.append(h('p', { class: 'why-next' }, 'Next: ', h('a', { href: `?tab=${to.tab}`, onclick: (event) => { if (event.ctrlKey || event.metaKey || event.shiftKey) return; event.preventDefault(); open(to.tab); } }, to.text)));
    });
  };
  const soon = () => { if (!waits) { waits = true; requestAnimationFrame(end); } };
  const shell = document.getElementById('shell');
  if (shell) new MutationObserver(soon).observe(shell, { childList: true, subtree: true });
  document.addEventListener('cv:tab', soon);
};
