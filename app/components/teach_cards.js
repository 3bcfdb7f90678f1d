/* Teach: one card a class: its name, photos, and the ways to add some and to take one out. */
const NARROW = window.matchMedia('(max-width: 639px)');
const plural = (count, noun) => `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
/* Small pictures by their ids: asked for some at a time, each once. */
const makeThumbs = (ask) => {
  const known = new Map();
  let wanted = [], soon = null;
  const fetchSome = async () => {
    soon = null;
    const some = wanted.splice(0, 20);
    try {
      const { thumbs = {} } = await ask({ do: 'thumbs', photos: some });
      Object.entries(thumbs).forEach(([id, src]) => {
        known.set(id, src);
        root.querySelectorAll(`img[data-id="${id}"]`).forEach((one) => { one.src = src; });
      });
    } catch (error) { console.warn('Small pictures could not be fetched', error); }
    if (wanted.length && !soon) soon = setTimeout(fetchSome, 0);
  };
  return {
    image(id) {
      if (!known.has(id)) {
        wanted.push(id);
        soon ||= setTimeout(fetchSome, 0);
      }
      return h('img', { src: known.get(id), 'data-id': id, alt: '', width: 40, height: 40, draggable: 'false' });
    },
    forget() { known.clear(); wanted = []; },
  };
};
/* `act(question, patch)` asks the server and draws what it answers; `camera` is shared by all cards. */
const makeCard = ({ act, add, camera, thumbs, record }, first) => {
  let row = first, open = false, chosen = null;
  const ofMine = (more) => ({ class: row.name, ...more });
  const name = h('input', { class: 'class-name', 'aria-label': 'Name of the class', maxlength: 40, spellcheck: 'false', autocomplete: 'off' });
  const sub = h('span', { class: 'sub' }), told = h('p', { class: 'sub told', role: 'status', hidden: true });
  const files = h('input', { type: 'file', accept: 'image/*', multiple: true, hidden: true, tabindex: -1 });
  const button = (text, short, label, more) => h('button', { type: 'button', class: 'btn sm', 'aria-label': label, ...more }, h('span', { class: 'long' }, text), h('span', { class: 'short', 'aria-hidden': 'true' }, short));
  const addButton = button('Add photos', '+', null, { onclick: () => files.click() });
  const recordButton = button('\u25cf Hold to record', '\u25cf', null, { class: 'btn sm record', 'aria-keyshortcuts': 'Space' });
  const shared = () => button('Add the shared photo', '+ shared photo', null, { class: 'btn sm shared', onclick: () => act(ofMine({ do: 'shared', id: window.cvPhoto || '' })) });
  const sharedButton = shared(), sharedAbove = shared(); // in a row of its own, or beside the count where it is narrow
  const removeButton = h('button', { type: 'button', class: 'btn sm bare remove', onclick: () => act(ofMine({ do: 'remove' })) }, '\u00d7');
  const takeOut = h('button', { type: 'button', class: 'btn sm take-out', hidden: true, onclick: () => out() }, 'Take this photo out');
  const pictures = h('div', { class: 'thumbs', role: 'group' });
  const out = async () => {
    const place = row.photos.findIndex(([id]) => id === chosen), next = (row.photos[place + 1] || row.photos[place - 1] || [])[0];
    const photo = chosen;
    choose(null);
    await act(ofMine({ do: 'take out', photo }));
    (pictures.querySelector(`[data-photo="${next}"]`) || addButton).focus();
  };
  const choose = (id) => {
    chosen = id;
    takeOut.hidden = !id;
    pictures.querySelectorAll('[data-photo]').forEach((one) => one.setAttribute('aria-pressed', String(one.dataset.photo === id)));
  };
  const drawRows = makeRows(([id, held, place]) => h('button', { type: 'button', class: `thumb${held ? ' out' : ''}`, 'data-photo': id, 'aria-pressed': String(id === chosen), title: held ? 'Held out for the test' : 'Learned from',
    'aria-label': `Photo ${place + 1}, ${held ? 'held out for the test' : 'learned from'}`, 'aria-keyshortcuts': 'Delete', onclick: () => choose(chosen === id ? null : id),
    onkeydown: (event) => { if (event.key === 'Delete' || event.key === 'Backspace') { event.preventDefault(); choose(id); out(); } } }, thumbs.image(id)));
  const more = h('button', { type: 'button', class: 'more', 'aria-expanded': 'false', onclick: () => { open = !open; draw(); } });
  const draw = () => {
    const of = NARROW.matches ? 3 : 4, held = row.photos.filter(([, one]) => one), learned = row.photos.filter(([, one]) => !one);
    const few = [...learned.slice(0, of - Math.min(1, held.length)), ...held].slice(0, of), shown = open ? row.photos : few;
    if (document.activeElement !== name) name.value = row.name;
    name.title = row.name;
    sub.textContent = `${plural(row.photos.length, 'photo')}${row.photos.length ? `, ${held.length} held out` : ''}`;
    drawRows(pictures, shown.map(([id, one]) => [id, one, row.photos.findIndex(([other]) => other === id)]));
    if (row.photos.length > few.length) pictures.append(more);
    else { more.remove(); open = false; }
    more.textContent = open ? 'Fewer' : `+${row.photos.length - few.length}`;
    more.setAttribute('aria-expanded', String(open));
    more.setAttribute('aria-label', open ? 'Show fewer photos' : `Show all photos of ${row.name}`);
    pictures.classList.toggle('all', open);
    pictures.setAttribute('aria-label', `Photos of ${row.name}`);
    [[addButton, 'Add photos to'], [recordButton, 'Hold to record photos of'], [sharedButton, 'Add the shared photo to'], [sharedAbove, 'Add the shared photo to'], [removeButton, 'Remove']].forEach(([one, what]) => one.setAttribute('aria-label', `${what} ${row.name}`));
    if (!row.photos.some(([id]) => id === chosen)) choose(null);
  };
  const node = h('div', { class: 'class-card own', role: 'group' }, name, removeButton, sub, sharedAbove, pictures, takeOut, told, h('div', { class: 'btns' }, addButton, recordButton, sharedButton), files);
  name.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') name.value = row.name;
    if (event.key === 'Enter' || event.key === 'Escape') name.blur();
  });
  name.addEventListener('blur', async () => {
    const to = name.value.trim();
    if (to && to !== row.name) await act(ofMine({ do: 'rename', to }));
    else name.value = row.name;
  });
  files.addEventListener('change', () => { add(card, [...files.files]); files.value = ''; });
  const hold = () => camera.hold(node, (frame) => record(card, frame));
  recordButton.addEventListener('pointerdown', (event) => { if (!event.button) { recordButton.setPointerCapture(event.pointerId); hold(); } });
  ['pointerup', 'pointercancel', 'blur', 'keyup'].forEach((kind) => recordButton.addEventListener(kind, camera.release));
  recordButton.addEventListener('contextmenu', (event) => event.preventDefault()); // what a long touch opens
  recordButton.addEventListener('keydown', (event) => {
    if (event.key !== ' ') return;
    event.preventDefault();
    if (!event.repeat) hold();
  });
  node.addEventListener('paste', (event) => {
    const pasted = [...(event.clipboardData?.files || [])];
    if (!pasted.length) return;
    event.preventDefault();
    event.stopPropagation(); // else the rail would take it, too
    add(card, pasted);
  });
  const card = {
    node,
    name: () => row.name,
    show(now) { row = now; draw(); },
    tell(sentence) { told.hidden = !sentence; told.textContent = sentence || ''; },
  };
  NARROW.addEventListener('change', () => { if (node.isConnected) draw(); });
  draw();
  return card;
};
