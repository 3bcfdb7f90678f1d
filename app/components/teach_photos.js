/* Teach: the card of photos, by class: a ready set, or the visitor's own out of a zip whose folders are the classes. */
const OWN = 'Your own: a zip, one folder a class';
const makePhotos = () => {
  const zipFile = h('input', { type: 'file', accept: '.zip,application/zip', hidden: true });
  const zipButton = h('button', { type: 'button', class: 'btn', onclick: () => zipFile.click() }, OWN);
  const sets = makeChoice('Photos', props.sets, (photos) => { if (photos !== bench.local.photos || !bench.shown()) bench.anew({ photos }); });
  const teach = h('button', { type: 'button', class: 'btn primary', onclick: () => bench.anew({}) }, 'Teach');
  const fault = h('p', { class: 'alert', role: 'alert', hidden: true });
  const classes = h('div', { class: 'classes' }), split = h('p', { class: 'sub' });
  const card = ({ name, count, held_out: out, photos }) => h('div', { class: 'class-card' }, h('b', { title: name }, name), h('span', { class: 'sub' }, `${count} photo${count === 1 ? '' : 's'}, ${out} held out`),
    h('div', { class: 'thumbs' }, photos.map((one) => h('img', { src: one.src, alt: one.out ? 'held out' : '', title: one.out ? 'Held out for the test' : 'Learned from', class: one.out ? 'out' : null, width: 40, height: 40 })), count > photos.length ? h('span', { class: 'more' }, `+${count - photos.length}`) : null));
  const drawClasses = whenNew((rows) => classes.replaceChildren(...rows.map(card)));
  const complain = (sentence) => { fault.hidden = !sentence; fault.textContent = sentence || ''; };
  /* A zip goes its own way, as it may be larger than a photo; XMLHttpRequest, since fetch tells nobody how far it is. */
  const sendZip = (chosen) => new Promise((done, failed) => {
    const sending = new XMLHttpRequest();
    sending.open('POST', new URL('zips', document.baseURI));
    sending.upload.addEventListener('progress', ({ loaded }) => { zipButton.textContent = `Sending ${Math.floor(loaded / 1e6)} of ${Math.ceil(chosen.size / 1e6)} MB`; });
    sending.addEventListener('load', () => {
      if (sending.status === 200) done(JSON.parse(sending.responseText)[0]);
      else failed(new Error(sending.responseText));
    });
    sending.addEventListener('error', () => failed(new Error('the connection broke')));
    sending.send(chosen);
  });
  const said = (error) => { // by the server, as when its disk is full
    try { return JSON.parse(error.message).detail; } catch { return ''; }
  };
  const take = async (chosen) => {
    if (!chosen) return;
    if (chosen.size > props.zip_bytes) { complain(`${(chosen.size / 1e6).toFixed(0)} MB is too much; the limit is ${props.zip_bytes / 1e6} MB.`); return; }
    zipButton.disabled = true;
    try {
      const path = await sendZip(chosen);
      complain(null);
      bench.keep({ zip: path });
      bench.anew({ photos: 'own' });
    } catch (error) {
      console.warn('The zip could not be sent', error);
      complain(said(error) || 'The zip did not reach the server. Check the connection, then try again.');
    } finally {
      zipButton.disabled = false;
      zipButton.textContent = OWN;
    }
  };
  zipFile.addEventListener('change', () => { take(zipFile.files[0]); zipFile.value = ''; });
  root.addEventListener('dragover', (event) => event.preventDefault());
  root.addEventListener('drop', (event) => { if (event.dataTransfer.files.length) { event.preventDefault(); take(event.dataTransfer.files[0]); } });
  return {
    node: h('section', { class: 'card photos' }, h('div', { class: 'bar' }, h('span', { class: 'name' }, 'Photos'), sets.node, zipButton, zipFile, teach), fault, classes, split),
    paint(shown, rows) {
      drawClasses(rows);
      split.textContent = `${shown.split} Dashed: held out, never used for learning.`;
    },
    drawn(value) {
      complain(value.fault);
      sets.set(value.busy || !bench.shown() ? bench.local.photos : value.settings.photos);
      teach.disabled = Boolean(value.busy);
      teach.textContent = value.key && !value.stored ? 'Teach again' : 'Teach here';
      classes.hidden = split.hidden = !bench.shown();
    },
  };
};
