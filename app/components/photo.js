/* Draws the value, follows the tabs, and starts from the address: ?tab=, ?photo=<starter>, ?point=row,column. */
let wanted = '';
let before = null; // the starter photo that the page showed until this tab brought its own
const showImage = (photo) => {
  if (wanted === photo.src) return;
  wanted = photo.src;
  const next = new Image();
  next.src = photo.src;
  next.decode().catch(() => {}).then(() => { // the old picture stays until the new one can be painted
    if (wanted !== photo.src) return;
    image.src = stripImage.src = photo.src;
    picture.style.setProperty('--wide', photo.width);
    picture.style.setProperty('--high', photo.height);
  });
};
/* What each starter photo shows of the models that Classify compares, where that is known: beside the photos' names. */
let lessons = null;
const drawLessons = whenNew((told) => {
  const rows = props.starters.filter((starter) => told?.[starter.id]);
  lessonNote.hidden = !rows.length;
  lessonNote.textContent = rows.map(({ id, name }) => `${name}: ${told[id]}`).join('. ') + (rows.length ? '.' : '');
  for (const button of thumbs.children) {
    const { id, name } = props.starters.find((starter) => starter.id === button.dataset.id);
    button.title = told?.[id] ? `${name}: ${told[id]}` : name;
  }
});
document.addEventListener('cv:lessons', (event) => { lessons = event.detail; draw(); });
const draw = () => {
  const value = props.value;
  if (!value?.photo) return;
  const { photo, point, error, tab } = value;
  showImage(photo);
  placeCrosshair(point);
  setPointed(pointed());
  suited.hidden = backButton.hidden = value.chosen || !before;
  backName.textContent = before?.name || '';
  alertBox.hidden = !error;
  if (alertBox.textContent !== (error || '')) alertBox.textContent = error || '';
  const size = `${number(photo.width)} × ${number(photo.height)} pixels`;
  captionName.textContent = photo.name;
  captionName.title = photo.name;
  captionRest.textContent = `, ${size}.${photo.frames > 1 ? ' Its first frame.' : ''}${pointed() ? ` Point: ${rowAndColumn(point)}. Click to move it, or use the arrow keys.` : ''} `;
  picture.setAttribute('aria-label', `${photo.name}, ${size}.${pointed() ? ` ${capital(rowAndColumn(point))}. Arrow keys move the point.` : ''}`);
  const origin = suited.hidden ? (photo.starter ? 'starter photo' : size) : 'chosen for this tab';
  stripName.textContent = pointed() ? capital(rowAndColumn(point)) : photo.name;
  stripRest.textContent = pointed() ? `${photo.name}, ${origin}` : origin;
  drawLessons(tab === 'classify' ? lessons : null);
  for (const button of thumbs.children) button.setAttribute('aria-pressed', String(button.dataset.id === photo.id));
};
const suiting = (tab) => props.starters.find((starter) => starter.id === (props.suits[tab] || props.suits[''])) || props.starters[0];
const follow = (tab) => {
  props.value = { ...props.value, tab };
  const starter = suiting(tab);
  if (props.value.chosen || starter.id === props.value.photo.id) { remember(); return draw(); } // the entry may tell an older one
  before = known.find((one) => one.id === props.value.photo.id);
  chooseStarter(starter, false);
  remember();
  tellPhoto();
};
const remember = () => { // in the address, so that a copied link brings the same photo and point
  const { photo, point, chosen } = props.value;
  const url = new URL(location.href);
  const keep = (name, value) => (value ? url.searchParams.set(name, value) : url.searchParams.delete(name));
  const starter = known.find((one) => one.id === photo.id);
  keep('photo', chosen && starter ? photo.id.slice('starter:'.length) : null);
  keep('point', starter && String(point) !== String(starter.point) ? String(point) : null);
  history.replaceState(null, '', url);
};
backButton.addEventListener('click', () => {
  chooseStarter(before, true);
  taken();
});
changeButton.addEventListener('click', () => open(!root.classList.contains('open')));
root.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  stopWebcam();
  if (root.classList.contains('open')) {
    open(false);
    changeButton.focus();
  }
});
watch('value', draw);

/* Back and Forward: the tab that the address names now, by Gradio's button, and its view. */
window.addEventListener('popstate', () => {
  const asked = new URLSearchParams(location.search), tab = asked.get('tab');
  if (tab && tab !== window.cvTab) document.querySelector(`#shell [role=tab][data-tab-id="${CSS.escape(tab)}"]`)?.click();
  document.dispatchEvent(new CustomEvent('cv:address', { detail: { tab, view: asked.get('view') } }));
  remember(); // the entry may tell an older point
});
const begin = () => {
  const asked = new URLSearchParams(location.search);
  const restored = known.find((starter) => starter.id === `starter:${asked.get('photo')}`);
  const { tabs } = props;
  const tab = window.cvTab || (tabs.includes(asked.get('tab')) ? asked.get('tab') : tabs[0]) || null;
  if (restored) chooseStarter(restored, true);
  else if (!props.value.chosen) chooseStarter(suiting(tab), false);
  const { width, height } = props.value.photo;
  const [row, column] = (asked.get('point') || '').split(',').map(Number);
  const point = row >= 0 && row < height && column >= 0 && column < width ? [Math.floor(row), Math.floor(column)] : props.value.point;
  put({ tab, point });
  document.addEventListener('cv:tab', (event) => follow(event.detail));
  tellPhoto();
};
draw();
setTimeout(begin, 0); // what js_on_load itself puts into props.value, Gradio takes back right after it
