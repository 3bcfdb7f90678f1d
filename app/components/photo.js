/* Draws the value, follows the tabs, and starts from the address: ?tab=, ?photo=<starter>, ?point=row,column. */
const POINT_TABS = ['inside', 'receptive-field'];
let wanted = '';
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
  alertBox.hidden = !error;
  if (alertBox.textContent !== (error || '')) alertBox.textContent = error || '';
  const size = `${number(photo.width)} × ${number(photo.height)} pixels`;
  captionName.textContent = photo.name;
  captionName.title = photo.name;
  captionRest.textContent = `, ${size}.${photo.frames > 1 ? ' Its first frame.' : ''} Point: ${rowAndColumn(point)}. Click to move it, or use the arrow keys.`;
  picture.setAttribute('aria-label', `${photo.name}, ${size}. ${capital(rowAndColumn(point))}. Arrow keys move the point.`);
  const origin = photo.starter ? 'starter photo' : size;
  stripName.textContent = POINT_TABS.includes(tab) ? capital(rowAndColumn(point)) : photo.name;
  stripRest.textContent = POINT_TABS.includes(tab) ? `${photo.name}, ${origin}` : origin;
  drawLessons(tab === 'classify' ? lessons : null);
  for (const button of thumbs.children) button.setAttribute('aria-pressed', String(button.dataset.id === photo.id));
};
const suiting = (tab) => props.starters.find((starter) => starter.id === (props.suits[tab] || props.suits[''])) || props.starters[0];
const follow = (tab) => {
  props.value = { ...props.value, tab };
  const starter = suiting(tab);
  if (props.value.chosen || starter.id === props.value.photo.id) { remember(); return draw(); } // the entry may tell an older one
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

/* Back and Forward: the tab that the address names now, by Gradio's button. */
window.addEventListener('popstate', () => {
  const tab = new URLSearchParams(location.search).get('tab');
  if (tab !== window.cvTab) document.querySelector(`#shell [role=tab][data-tab-id="${CSS.escape(tab)}"]`)?.click();
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
