/* The labs of a row that is too narrow: the last ones go behind "More", never the open one. */
const makeFit = (list, tabs, more) => {
  const starts = () => { // a line before each group, whatever of it is left
    let group = tabs[0].dataset.group;
    for (const tab of tabs) {
      if (tab.hidden) continue;
      tab.classList.toggle('starts', tab.dataset.group !== group);
      ({ group } = tab.dataset);
    }
  };
  const fits = () => list.scrollWidth <= list.clientWidth;
  return () => {
    for (const tab of tabs) tab.hidden = false;
    more.hidden = true;
    starts();
    if (fits()) return;
    more.hidden = false;
    for (const tab of [...tabs].reverse()) {
      if (tab.ariaSelected === 'true') continue;
      tab.hidden = true;
      starts();
      if (fits()) return;
    }
  };
};
