/* All labs: as a row of tabs, what does not fit in a menu, and as a sheet for narrow screens. */
const groups = [...new Set(props.rows.map((row) => row.group))];
const press = (id) => document.querySelector(`#shell [role=tab][data-tab-id="${id}"]`)?.click();
/* Buttons for `rows` under their groups' names. */
const listed = (rows) => groups.flatMap((group) => {
  const own = rows.filter((row) => row.group === group);
  return own.length ? [h('h3', {}, group), ...own.map(({ id, title, brief }) =>
    h('button', { type: 'button', 'data-lab': id, onclick: () => { shut(); press(id); } }, h('b', {}, title), h('span', {}, brief)))] : [];
});
const tabs = props.rows.map(({ id, title, group }) =>
  h('button', { type: 'button', role: 'tab', id: `lab-${id}`, 'data-lab': id, 'data-group': group, 'aria-controls': `tab-${id}`, 'aria-selected': 'false', tabindex: -1, onclick: () => press(id) }, title));
tabs[0].tabIndex = 0;
const list = h('div', { class: 'lab-list', role: 'tablist', 'aria-label': 'Labs' }, tabs);
const more = h('button', { type: 'button', class: 'lab-more', 'aria-expanded': 'false', 'aria-controls': 'lab-menu' }, 'More', h('i', { 'aria-hidden': 'true' }, ' \u25be'));
const menu = h('div', { class: 'lab-menu', id: 'lab-menu', hidden: true });
const here = h('span', { class: 'sub' });
const lesson = h('button', { type: 'button', class: 'btn soft lab-lesson', hidden: !props.lesson, onclick: () => { shut(); document.dispatchEvent(new CustomEvent('cv:lesson')); } }, props.lesson);
document.addEventListener('cv:in-lesson', ({ detail }) => { lesson.textContent = detail ? 'Leave the lesson' : props.lesson; });
const sheet = h('dialog', { class: 'lab-sheet', 'aria-labelledby': 'lab-sheet-title' },
  h('div', { class: 'lab-sheet-top' }, h('h2', { id: 'lab-sheet-title' }, 'Labs'), here, h('button', { type: 'button', class: 'btn quiet', 'aria-label': 'Close', onclick: () => shut() }, '\u2715')),
  lesson, listed(props.rows));
root.append(h('nav', { 'aria-label': 'Labs' }, list, more, menu), sheet);

const shut = (back) => {
  if (!menu.hidden && back) more.focus();
  menu.hidden = true;
  more.setAttribute('aria-expanded', 'false');
  if (sheet.open) sheet.close();
};
more.addEventListener('click', () => {
  if (!menu.hidden) { shut(); return; }
  menu.replaceChildren(...listed(props.rows.filter((_, number) => tabs[number].hidden)));
  menu.hidden = false;
  more.setAttribute('aria-expanded', 'true');
});
document.addEventListener('pointerdown', (event) => { if (!menu.hidden && !menu.contains(event.target) && !more.contains(event.target)) shut(); });
root.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !menu.hidden) shut(true);
  const seen = tabs.filter((tab) => !tab.hidden), at = seen.indexOf(document.activeElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault(); // moves on; Enter or Space opens, since what opens begins to work
  seen.at(to % seen.length).focus();
});
list.addEventListener('focusin', ({ target }) => tabs.forEach((tab) => { tab.tabIndex = tab === target ? 0 : -1; }));
sheet.addEventListener('click', ({ target }) => { if (target === sheet) shut(); }); // beside it
document.addEventListener('cv:labs', () => {
  sheet.showModal();
  sheet.querySelector('[aria-current]')?.focus();
});

const fit = makeFit(list, tabs, more);
const follow = (id) => {
  const row = props.rows.find((one) => one.id === id);
  if (!row) return;
  here.textContent = `you are in ${row.title}`;
  tabs.forEach((tab) => {
    const open = tab.dataset.lab === id;
    tab.ariaSelected = String(open);
    tab.tabIndex = open ? 0 : -1;
    document.getElementById(`tab-${tab.dataset.lab}`)?.setAttribute('aria-labelledby', tab.id);
  });
  sheet.querySelectorAll('[data-lab]').forEach((one) => (one.dataset.lab === id ? one.setAttribute('aria-current', 'page') : one.removeAttribute('aria-current')));
  fit();
};
document.addEventListener('cv:tab', (event) => follow(event.detail));
if (document.documentElement.dataset.lab) follow(document.documentElement.dataset.lab);
document.addEventListener('cv:presenter', fit); // larger letters
new ResizeObserver(fit).observe(root.firstElementChild);
