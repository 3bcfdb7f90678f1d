const list = h('div', { class: 'cv-chip-list', role: 'list', 'aria-label': 'Chosen models' });
const add = h('button', { type: 'button', class: 'cv-btn', 'aria-expanded': 'false', 'aria-haspopup': 'dialog' }, '+ Add a model');
const note = h('p', { class: 'cv-note', role: 'status', hidden: true });
const search = h('input', { type: 'search', placeholder: 'Search a model', 'aria-label': 'Search a model' });
const options = h('div', { class: 'cv-options' });
const offline = h('p', { class: 'cv-sub', hidden: true }, 'Offline: only models that are ready on this machine can be added.');
const menu = h('div', { class: 'cv-menu cv-card', role: 'dialog', 'aria-label': 'Add a model', hidden: true }, search, offline, options);
root.append(h('div', { class: 'cv-bar cv-scroll' }, list, add), note, menu);

const say = (text) => {
  note.textContent = text || '';
  note.hidden = !text;
};
const open = (yes) => {
  menu.hidden = !yes;
  add.setAttribute('aria-expanded', String(yes));
  if (yes) {
    search.value = '';
    drawMenu();
    search.focus();
  }
};
const choose = (names) => {
  say('');
  props.value = { ...props.value, chosen: names };
  draw();
  trigger('models');
};
const usable = (offer) => offer.state === 'bundled' || offer.state === 'cached' || (offer.state === 'download' && props.value.online);
const chip = (offer, alone) => h('span', { class: 'cv-chip', role: 'listitem' }, familyMark(offer.family), h('span', { class: 'cv-n', title: offer.title }, offer.title),
  h('span', { class: offer.state === 'bundled' || offer.state === 'cached' ? 'cv-state' : 'cv-state cv-warn' }, offer.state_text),
  h('button', { type: 'button', class: 'cv-x', 'aria-label': `Remove ${offer.title}`, disabled: alone,
    onclick: () => choose(props.value.chosen.filter((name) => name !== offer.name)) }, '\u2715'));
const option = (offer) => h('button', { type: 'button', class: 'cv-option', disabled: !usable(offer), 'aria-disabled': String(!usable(offer)),
  onclick: () => { open(false); add.focus(); choose([...props.value.chosen, offer.name]); } },
familyMark(offer.family), h('span', { class: 'cv-n' }, offer.title), h('span', { class: 'cv-state' }, offer.state_text));
const drawMenu = () => {
  const { offered, chosen, groups, online } = props.value;
  const wanted = search.value.trim().toLowerCase();
  const fits = offered.filter((offer) => !chosen.includes(offer.name) && `${offer.title} ${offer.name} ${offer.word}`.toLowerCase().includes(wanted));
  offline.hidden = online;
  options.replaceChildren(...Object.entries(groups).flatMap(([family, title]) => {
    const members = fits.filter((offer) => offer.family === family).sort((a, b) => usable(b) - usable(a));
    return members.length ? [h('h4', {}, title), ...members.map(option)] : [];
  }));
  if (!fits.length) options.replaceChildren(h('p', { class: 'cv-sub' }, `No model is called "${search.value}".`));
};
const draw = () => {
  const value = props.value;
  if (!value) return;
  const byName = Object.fromEntries(value.offered.map((offer) => [offer.name, offer]));
  list.replaceChildren(...value.chosen.filter((name) => byName[name]).map((name) => chip(byName[name], value.chosen.length === 1)));
  if (!menu.hidden) drawMenu();
};
add.addEventListener('click', () => {
  const words = ['', 'One', 'Two', 'Three', 'Four', 'Five', 'Six'];
  if (menu.hidden && props.value.chosen.length >= props.value.limit) say(`${words[props.value.limit]} at most. Remove one first.`);
  else open(menu.hidden);
});
search.addEventListener('input', drawMenu);
root.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !menu.hidden) {
    open(false);
    add.focus();
  }
});
document.addEventListener('pointerdown', (event) => {
  if (!menu.hidden && !root.contains(event.target)) open(false);
});
watch('value', draw);
draw();
