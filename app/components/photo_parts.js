/* The rail's elements. Names and sentences are set as text, never as HTML. */
const known = [...props.starters, ...props.scenes]; // photos that the address can name
const number = (amount) => Number(amount).toLocaleString('en');
const megabytes = (bytes) => (bytes / 1e6 >= 100 ? (bytes / 1e6).toFixed(0) : Number((bytes / 1e6).toPrecision(3)).toString());
const crosshair = svg('svg', { class: 'crosshair', viewBox: '-20 -20 40 40', width: 40, height: 40, 'aria-hidden': 'true' },
  svg('circle', { r: 9, class: 'casing' }), svg('path', { d: 'M0-18V-5M0 5V18M-18 0H-5M5 0H18', class: 'casing' }),
  svg('circle', { r: 9 }), svg('path', { d: 'M0-18V-5M0 5V18M-18 0H-5M5 0H18' }));
const image = h('img', { alt: '', draggable: 'false' });
const picture = h('div', { class: 'picture', role: 'img' }, image, crosshair);
/* In a tab that uses the point the photo is a control; else it is a picture. */
const POINTED = { tabindex: 0, role: 'application', 'aria-roledescription': 'photo with a point', 'aria-keyshortcuts': 'ArrowUp ArrowDown ArrowLeft ArrowRight Home' };
const pointed = () => props.pointed.includes(props.value.tab);
const setPointed = whenNew((yes) => {
  root.classList.toggle('pointed', yes);
  for (const [name, value] of Object.entries(POINTED)) {
    if (yes) picture.setAttribute(name, value);
    else picture.removeAttribute(name);
  }
  if (!yes) picture.setAttribute('role', 'img');
});
const suited = h('p', { class: 'suited', hidden: true }, 'Photo chosen for this tab');
const video = h('video', { playsinline: true, muted: true, hidden: true, 'aria-label': 'Webcam picture' });
const veil = h('p', { class: 'veil', role: 'status', hidden: true });
const stage = h('div', { class: 'stage' }, picture, suited, video, veil);
const alertBox = h('p', { class: 'alert', role: 'alert', hidden: true });
const captionName = h('b', { dir: 'auto' });
const captionRest = h('span', {});
const backName = h('span', {});
const backButton = h('button', { type: 'button', class: 'back', hidden: true }, 'Back to ', backName);
const caption = h('p', { class: 'sub caption' }, captionName, captionRest, backButton);
const file = h('input', { type: 'file', accept: 'image/*', hidden: true, 'aria-label': 'Photo file', tabindex: -1 });
const chooseButton = h('button', { type: 'button', class: 'btn soft grow' }, 'Choose a photo');
const webcamButton = h('button', { type: 'button', class: 'btn', 'aria-label': 'Use the webcam' }, 'Webcam');
const snapButton = h('button', { type: 'button', class: 'btn primary grow' }, 'Take the photo');
const stopButton = h('button', { type: 'button', class: 'btn' }, 'Cancel');
const buttons = h('div', { class: 'btns' }, chooseButton, webcamButton);
const webcamButtons = h('div', { class: 'btns', hidden: true }, snapButton, stopButton);
const note = h('p', { class: 'sub note' }, `or drop or paste one anywhere here. Up to ${number(props.limit_bytes / 1e6)} MB. ${props.privacy}`);
const thumbs = h('div', { class: 'thumbs', role: 'group', 'aria-label': 'Starter photos' }, props.starters.map((starter) =>
  h('button', { type: 'button', 'data-id': starter.id, 'aria-label': starter.name, title: starter.name, 'aria-pressed': 'false' },
    h('img', { src: starter.thumb, alt: '' }))));
const lessonNote = h('p', { class: 'sub note lessons', hidden: true });
const panel = h('div', { class: 'panel', id: 'rail-panel' },
  h('div', { class: 'card' }, stage, alertBox, caption, buttons, webcamButtons, note, file),
  h('div', { class: 'card' }, h('h2', {}, 'Starter photos'), thumbs, lessonNote,
    h('p', { class: 'sub note' }, 'Each tab starts with a photo that suits it. Choose one yourself and it stays in every tab.')));
const stripImage = h('img', { alt: '' });
const stripName = h('b', { dir: 'auto' });
const stripRest = h('span', {});
const changeButton = h('button', { type: 'button', class: 'btn', 'aria-expanded': 'false', 'aria-controls': 'rail-panel' }, 'Change');
const strip = h('div', { class: 'strip' }, stripImage, h('p', {}, stripName, stripRest), changeButton);
const spoken = h('p', { class: 'sr', 'aria-live': 'polite' });
root.append(strip, panel, spoken);
root.setAttribute('role', 'region');
root.setAttribute('aria-label', 'Your photo');

const rowAndColumn = ([row, column]) => `row ${number(row)}, column ${number(column)}`;
const capital = (text) => text[0].toUpperCase() + text.slice(1);
const put = (changes, event) => {
  props.value = { ...props.value, ...changes };
  draw();
  if (event) event();
};
const tellPhoto = () => {
  trigger('photo');
  setTimeout(() => { window.cvPhoto = props.value.photo.id; document.dispatchEvent(new CustomEvent('cv:photo')); }, 0);
};
const open = (yes) => {
  root.classList.toggle('open', yes);
  changeButton.textContent = yes ? 'Close' : 'Change';
  changeButton.setAttribute('aria-expanded', String(yes));
};
const busy = (text) => {
  veil.hidden = !text;
  veil.textContent = text || '';
  root.classList.toggle('busy', Boolean(text));
};
