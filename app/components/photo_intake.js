/* How a photo comes in: file button, drop or paste anywhere on the page. The browser says at once what it can know
   (empty, too big); the server decides about the rest. A refused photo leaves the previous one in place. */
let turn = 0;
let sent = null; // the visitor's photo, as long as it is the one on the page
let unsent = null; // one that did not reach the server
const refuse = (sentence) => {
  busy(null);
  put({ error: sentence });
  open(true);
};
const announce = () => {
  const { name, width, height } = props.value.photo;
  spoken.textContent = `${name}, ${number(width)} by ${number(height)} pixels`;
};
const said = (error) => { // by the server, as when its disk is full
  try {
    return JSON.parse(error.message.slice(error.message.indexOf('{'))).detail;
  } catch {
    return '';
  }
};
const take = async (chosen) => {
  if (!chosen) return;
  const mine = ++turn;
  unsent = null;
  stopWebcam();
  if (!chosen.size) return refuse('This file is empty. Choose another photo.');
  if (chosen.size > props.limit_bytes) return refuse(`${megabytes(chosen.size)} MB is too much; the limit is ${number(props.limit_bytes / 1e6)} MB.`);
  busy(`Updating: sending ${megabytes(chosen.size)} MB`);
  try {
    const { path } = await upload(new File([chosen], 'photo'));
    if (mine !== turn) return;
    busy('Updating: reading the photo');
    const answer = await server.accept({ path });
    if (mine !== turn) return;
    if (answer.error) return refuse(answer.error);
    busy(null);
    sent = chosen;
    const name = (chosen.name || 'Pasted photo').replace(/\p{C}/gu, '').slice(0, 200).trim() || 'Photo';
    const { width, height } = answer.photo;
    put({ photo: { ...answer.photo, name }, point: [Math.floor(height / 2), Math.floor(width / 2)], error: null, chosen: true });
    taken();
  } catch (error) {
    console.warn('The photo could not be sent', error);
    if (mine !== turn) return;
    if (!said(error)) unsent = chosen; // the server did not answer: it is sent again when it does
    refuse(said(error) || 'The photo did not reach the server. Check the connection, then try again.');
  }
};
const taken = () => {
  announce();
  remember();
  if (root.classList.contains('open')) {
    open(false);
    changeButton.focus();
  }
  tellPhoto();
};
/* After a break: what did not arrive is sent now, and so is what the server forgot (it was started anew, or an hour has
   passed): the photo on the page and the labs' own files, which come to lie where they lay. Then the open tab asks again. */
const sendAgain = async () => {
  if (unsent) { take(unsent); return; }
  const { photo } = props.value, mine = turn;
  try {
    for (const { path, file: kept } of Object.values(window.cvKept || {})) if ((await server.accept({ path })).error) await upload(kept);
    if (!photo.starter && sent && (await server.accept({ path: photo.id })).error) {
      const { path } = await upload(new File([sent], 'photo'));
      const answer = await server.accept({ path });
      if (mine !== turn) return;
      if (answer.error) { refuse(answer.error); return; }
      put({ photo: { ...answer.photo, name: photo.name } });
    }
    if (mine === turn) tellPhoto();
  } catch (error) {
    console.warn('The photo could not be sent again', error); // the server went once more: so does this, when it is back
  }
};
document.addEventListener('cv:back', sendAgain);
const chooseStarter = (starter, chosen) => {
  turn += 1;
  [sent, unsent] = [null, null];
  busy(null);
  stopWebcam();
  const { id, name, src, width, height, point } = starter;
  put({ photo: { id, name, src, width, height, starter: true, frames: 1 }, point: points[id] || [...point], error: null, chosen });
};
chooseButton.addEventListener('click', () => file.click());
file.addEventListener('change', () => {
  take(file.files[0]);
  file.value = '';
});
for (const button of thumbs.children) {
  button.addEventListener('click', () => {
    chooseStarter(props.starters.find((starter) => starter.id === button.dataset.id), true);
    taken();
  });
}
document.addEventListener('cv:choose', (event) => { // a tab offers a photo that suits it
  const offered = known.find((one) => one.id === event.detail);
  if (!offered) return;
  chooseStarter(offered, true);
  taken();
});
const holdsFiles = (event) => Boolean(event.dataTransfer) && [...event.dataTransfer.types].includes('Files');
let dragging = 0;
document.addEventListener('dragover', (event) => {
  if (event.defaultPrevented || !holdsFiles(event)) return;
  event.preventDefault();
  root.classList.add('dropping');
  clearTimeout(dragging);
  dragging = setTimeout(() => root.classList.remove('dropping'), 300);
});
document.addEventListener('drop', (event) => {
  root.classList.remove('dropping');
  if (event.defaultPrevented || !holdsFiles(event)) return; // another component took it
  event.preventDefault();
  if (event.dataTransfer.items[0]?.webkitGetAsEntry?.()?.isDirectory) refuse('This is a folder. Drop a photo from it.');
  else take(event.dataTransfer.files[0]);
});
document.addEventListener('paste', (event) => {
  const pasted = event.clipboardData?.files?.[0];
  const writing = event.target.closest?.('input, textarea, [contenteditable=true]');
  if (!pasted || (writing && event.clipboardData.types.includes('text/plain'))) return;
  event.preventDefault();
  take(pasted.name === 'image.png' ? new File([pasted], 'Pasted photo') : pasted); // browsers' name for pixels without one
});
