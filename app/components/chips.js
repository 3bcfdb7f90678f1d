let newest = props.value; // what is drawn and sent
let own = false; // whether the visitor or the link chose
const list = h('div', { class: 'chip-list', role: 'list', 'aria-label': 'Chosen models' });
const single = props.value.limit === 1; // another one takes its place
const add = h('button', { type: 'button', class: 'btn', 'aria-expanded': 'false', 'aria-haspopup': 'dialog' }, single ? 'Choose another model' : '+ Add a model');
const note = h('p', { class: 'notice', role: 'status', hidden: true });
const search = h('input', { type: 'search', placeholder: 'Search a model', 'aria-label': 'Search a model' });
const options = h('div', { class: 'options' });
const offline = h('p', { class: 'sub', hidden: true }, 'Offline: only models that are ready on this machine can be added.');
const menu = h('div', { class: 'menu card', role: 'dialog', 'aria-label': single ? 'Choose a model' : 'Add a model', hidden: true }, search, offline, options);
root.append(h('div', { class: 'bar scroll' }, list, add), note, menu);

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
const trained = (offer) => ['bundled', 'packaged', 'cached'].includes(offer.state);
const usable = (offer) => trained(offer) || offer.state === 'random only' || (offer.state === 'download' && newest.online);
const chip = (offer, alone) => h('span', { class: 'chip', role: 'listitem' }, familyMark(offer.family), h('span', { class: 'n', title: offer.title }, offer.title),
  offer.state === 'packaged' ? null : h('span', { class: trained(offer) ? 'state' : 'state warn' }, offer.state_text),
  single ? null : h('button', { type: 'button', class: 'x', 'aria-label': `Remove ${offer.title}`, disabled: alone,
    onclick: () => choose(newest.chosen.filter((name) => name !== offer.name)) }, '\u2715'));
const option = (offer) => h('button', { type: 'button', class: 'option', disabled: !usable(offer), 'aria-disabled': String(!usable(offer)),
  onclick: () => { open(false); add.focus(); choose(single ? [offer.name] : [...newest.chosen, offer.name]); } },
familyMark(offer.family), h('span', { class: 'n' }, offer.title, h('small', {}, ` ${offer.parameters}`)), h('span', { class: 'state' }, offer.state_text));
const drawMenu = () => {
  const { offered, chosen, groups, online } = newest;
  const wanted = search.value.trim().toLowerCase();
  const fits = offered.filter((offer) => !chosen.includes(offer.name) && `${offer.title} ${offer.name} ${offer.word}`.toLowerCase().includes(wanted));
  offline.hidden = online;
  options.replaceChildren(...Object.entries(groups).flatMap(([family, title]) => {
    const members = fits.filter((offer) => offer.family === family).sort((a, b) => usable(b) - usable(a));
    return members.length ? [h('h4', {}, title), ...members.map(option)] : [];
  }));
  if (!fits.length) options.replaceChildren(h('p', { class: 'sub' }, `No model is called "${search.value}".`));
};
const draw = () => {
  const byName = Object.fromEntries(newest.offered.map((offer) => [offer.name, offer]));
  list.replaceChildren(...newest.chosen.filter((name) => byName[name]).map((name) => chip(byName[name], newest.chosen.length === 1)));
  say(newest.note);
  if (!menu.hidden) drawMenu();
};
const put = (value, changed = value.chosen.join() !== newest.chosen.join()) => {
  const told = changed && window.cvPhoto; // before that, the photo's own event is still to come
  const news = new CustomEvent('cv:chosen', { detail: props.tab || 'classify', cancelable: true });
  newest = { ...value, begins: Boolean(told) && !document.dispatchEvent(news) }; // a run is about to begin: it hears of this choice
  props.value = newest;
  draw();
  if (told) trigger('models');
};
const choose = (names) => { own = true; put({ ...newest, chosen: names, note: null }); };
/* What the server tells anew counts, and leaves the choice alone where it says null; what it told before does not: Gradio
   sets the page's first value once more after this script, on a busy machine long after it. */
const follow = () => {
  const { value } = props;
  if (value.told > newest.told && value.opens && own) put({ ...value, chosen: newest.chosen });
  else if (value.told > newest.told) put({ ...value, chosen: value.chosen ?? newest.chosen });
  else if (value.chosen?.join() !== newest.chosen.join()) put(newest, value.chosen !== null); // a run may have begun with it
};
/* Models may have come since the server built the page: the header hears which pair pages open with now. */
const openWith = (both) => {
  const pair = both.slice(0, newest.limit);
  const known = newest.offered.filter(({ name }) => pair.includes(name));
  if (own || known.length < pair.length || pair.join() === newest.chosen.join()) return;
  const ready = (offer) => (pair.includes(offer.name) && offer.state === 'download' ? { ...offer, state: 'cached', state_text: 'ready' } : offer);
  put({ ...newest, chosen: pair, offered: newest.offered.map(ready) });
};
/* A link such as ?tab=classify&models=resnet50,mini_vit restores the choice; names that do not exist are left out. */
const restore = () => {
  const address = new URL(location.href).searchParams;
  if ((address.get('tab') || 'classify') !== (props.tab || 'classify')) return; // another tab's link
  const known = new Set(newest.offered.map((offer) => offer.name));
  const asked = (address.get('models') || '').split(',').filter((name) => known.has(name));
  const names = [...new Set(asked)].slice(0, newest.limit);
  if (names.length && names.join() !== newest.chosen.join()) choose(names);
};
add.addEventListener('click', () => {
  const words = ['', 'One', 'Two', 'Three', 'Four', 'Five', 'Six'];
  if (menu.hidden && !single && newest.chosen.length >= newest.limit) say(`${words[newest.limit]} at most. Remove one first.`);
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
/* The address says another state now: the lesson opened one. */
document.addEventListener('cv:state', ({ detail }) => { if (detail.tab === props.tab) restore(); });
/* Another part of the tab asks for a whole choice, where it names a view only for the chips of that. */
document.addEventListener('cv:chips', ({ detail }) => { if (detail.tab === props.tab && (!detail.view || root.closest(`#${detail.view}`))) choose(detail.models); });
watch('value', follow);
draw();
setTimeout(() => { // what is set at once, Gradio takes back
  restore();
  if (window.cvPair) openWith(window.cvPair);
  else document.addEventListener('cv:pair', ({ detail }) => openWith(detail), { once: true });
}, 0);
