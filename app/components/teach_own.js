/* Teach: the visitor's own classes, kept by the server as long as the page stands. Every change is one question, one after
   the other, and its answer draws all cards. */
const FRAMES_AT_ONCE = 5, FRAME_LETTERS = 300000; // of one question
const isZip = (file) => /\.zip$/i.test(file.name) || /zip/.test(file.type);
const makeOwn = ({ complain, tell, changed, share }) => {
  const grid = h('div', { class: 'classes' }), cards = new Map();
  let state = null, last = Promise.resolve();
  const zipFile = h('input', { type: 'file', accept: '.zip,application/zip', hidden: true, tabindex: -1, class: 'zip' });
  const zipButton = h('button', { type: 'button', class: 'btn sm', onclick: () => zipFile.click() }, 'Choose a zip');
  const addClass = h('button', { type: 'button', class: 'btn sm', onclick: async () => { if (await act({ do: 'class' })) [...cards.values()].at(-1)?.node.querySelector('input').select(); } }, '+ Add a class');
  const newClass = h('div', { class: 'new-class' }, addClass, h('span', { class: 'sub' }, 'or drop a zip with one folder per class'), zipButton, zipFile);
  grid.append(newClass);
  const call = (question) => server.photos({ ...question, held_out: share() });
  const thumbs = makeThumbs(call);
  const camera = makeCamera(complain);
  const draw = (renamed) => {
    if (renamed) { // its card stays, and so does what is under way in it
      const [from, to] = renamed, rows = [...cards].map(([name, one]) => [name === from ? to : name, one]);
      cards.clear();
      rows.forEach(([name, one]) => cards.set(name, one));
    }
    const names = state.classes.map(({ name }) => name);
    [...cards].forEach(([name, one]) => { if (!names.includes(name)) { one.node.remove(); cards.delete(name); } });
    state.classes.forEach((row, place) => {
      if (!cards.has(row.name)) cards.set(row.name, makeCard({ act, add, camera, thumbs, record }, row));
      const one = cards.get(row.name);
      one.show(row);
      if (grid.children[place] !== one.node) grid.insertBefore(one.node, grid.children[place]);
    });
    addClass.disabled = names.length >= 10;
  };
  /* Asks for one change; true where it was made. What cannot be is a sentence, and all stays as it was. */
  const act = (question) => {
    last = last.then(async () => {
      try {
        const answer = await call(question);
        if (answer.error) { complain(answer.error); if (state) draw(); return false; }
        const had = state?.classes.some(({ photos }) => photos.length), has = answer.classes.some(({ photos }) => photos.length);
        const before = JSON.stringify(state?.classes.map(({ name, photos }) => [name, photos.map(([id]) => id)]));
        state = answer;
        draw(question.do === 'rename' && [question.class, answer.name]);
        if (had && !has && !['take out', 'remove', 'forget'].includes(question.do)) complain('The server does not keep these photos any more. Add them again.');
        else complain(null);
        if (question.do !== 'show') tell(answer.said);
        changed(before !== JSON.stringify(state.classes.map(({ name, photos }) => [name, photos.map(([id]) => id)])));
        return true;
      } catch (error) {
        console.warn('The server did not answer', error);
        complain(saidBy(error) || 'The server did not answer. Check the connection, then try again.');
        return false;
      }
    });
    return last;
  };
  const add = async (card, chosen) => {
    const zip = chosen.find(isZip);
    if (zip) { takeZip(zip); return; }
    let left = '';
    await sendFiles(chosen, {
      tell: card.tell,
      note: (why, name) => { left = `${name}: ${why}`; },
      give: async (files) => { if (await act({ do: 'add', class: card.name(), files })) left = state.said || left; },
    });
    if (left) complain(left);
  };
  let frames = [], sending = false;
  const record = async (card, frame) => {
    frames.push(frame);
    if (sending) return;
    sending = true;
    while (frames.length) {
      const some = frames.splice(0, 1);
      while (frames.length && some.length < FRAMES_AT_ONCE && some.reduce((sum, one) => sum + one.length, frames[0].length) < FRAME_LETTERS) some.push(frames.shift());
      if (!await act({ do: 'record', class: card.name(), frames: some })) frames = [];
    }
    sending = false;
  };
  /* A zip goes its own way, as it may be larger than a photo; XMLHttpRequest, since fetch tells nobody how far it is. */
  const sendZip = (file) => new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open('POST', new URL('zips', document.baseURI));
    request.upload.addEventListener('progress', ({ loaded }) => tell(`Sending ${Math.floor(loaded / 1e6)} of ${Math.ceil(file.size / 1e6)} MB`));
    request.addEventListener('load', () => (request.status === 200 ? done(JSON.parse(request.responseText)[0]) : failed(new Error(request.responseText))));
    request.addEventListener('error', () => failed(new Error('the connection broke')));
    request.send(file);
  });
  const takeZip = async (file) => {
    if (file.size > props.zip_bytes) { complain(`${(file.size / 1e6).toFixed(0)} MB is too much; the limit is ${props.zip_bytes / 1e6} MB.`); return false; }
    zipButton.disabled = true;
    try {
      const path = await sendZip(file);
      tell('Reading the photos');
      const came = await act({ do: 'zip', path });
      if (!came) tell(null);
      return came;
    } catch (error) {
      console.warn('The zip could not be sent', error);
      tell(null);
      complain(saidBy(error) || 'The zip did not reach the server. Check the connection, then try again.');
      return false;
    } finally { zipButton.disabled = false; }
  };
  return {
    node: grid,
    act,
    takeZip,
    zipFile,
    begin: () => act({ do: 'begin' }),
    state: () => state,
    any: () => Boolean(state?.classes.some(({ photos }) => photos.length)),
    async forget() {
      camera.close();
      thumbs.forget();
      if (await act({ do: 'forget' })) await act({ do: 'begin' });
    },
    /* A folder is a class: its photos go into a card of its name. */
    async dropFolder(folder) {
      const files = await filesIn(folder);
      if (!cards.has(folder.name) && !await act({ do: 'class', to: folder.name })) return;
      const card = cards.get(folder.name) || [...cards.values()].at(-1); // its name may be said in another way
      await add(card, files.slice(0, 201)); // one more than fit, so that it is told
    },
    /* Photos that were dropped: on a card they are of its class. */
    drop(files, target) {
      const card = [...cards.values()].find((one) => one.node.contains(target));
      if (card) add(card, files);
      else complain('Drop photos on one of your classes, or a zip with one folder per class anywhere here.');
    },
  };
};
