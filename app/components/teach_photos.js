/* Teach: the card of photos, by class: a ready set, or the visitor's own. */
const NOTHING_YET = 'Nothing taught yet. Two things within reach and 8 photos of each are enough.';
const makePhotos = (redraw) => {
  const mine = () => bench.local.photos === 'own';
  const sets = makeChoice('Photos', [...props.sets, ['own', 'Your own']], (photos) => choose(photos));
  const teach = h('button', { type: 'button', class: 'btn primary', onclick: () => bench.anew({}) }, 'Teach');
  const forget = h('button', { type: 'button', class: 'btn sm', hidden: true, onclick: () => { gone = true; own.forget(); } }, 'Forget all');
  const fault = h('p', { class: 'alert', role: 'alert', hidden: true }), said = h('p', { class: 'sub', role: 'status', hidden: true });
  const classes = h('div', { class: 'classes' }), split = h('p', { class: 'sub' });
  const heldOut = h('output', {}), share = h('input', { type: 'range', min: 10, max: 50, step: 5, 'aria-label': 'Share of the photos that is held out for the test' });
  const shareControl = h('label', { class: 'held-out' }, h('span', { class: 'sub' }, 'Held out'), share, heldOut);
  const set = (node, sentence) => { node.hidden = !sentence; node.textContent = sentence || ''; };
  let edited = false, gone = false, key = null;
  const complain = (sentence) => { set(fault, sentence); split.hidden = !split.textContent || split.textContent === sentence; };
  const own = makeOwn({ complain, tell: (sentence) => set(said, sentence), share: () => bench.local.held_out,
    changed(yes) { edited ||= yes; show(); } });
  const taughtOwn = () => bench.shown()?.settings.photos === 'own' && !gone;
  /* What is taught may be of other photos than those on the card: then it is away, and the headline says what to do. */
  const stands = () => Boolean(bench.shown()) && (!mine() || taughtOwn());
  const show = () => {
    const yes = mine();
    sets.set(yes ? 'own' : shownSet);
    classes.hidden = yes || !bench.shown();
    own.node.hidden = !yes;
    forget.hidden = !yes || !own.any();
    shareControl.hidden = !yes && shownSet === 'textures'; // that set has a test of its own
    [share.value, heldOut.textContent] = [Math.round(100 * bench.local.held_out), `${Math.round(100 * bench.local.held_out)}\u00a0%`];
    const { split: mineSplit, lacks } = own.state() || {};
    const sentence = yes ? lacks && own.any() ? lacks : mineSplit : bench.shown()?.split;
    set(split, sentence && (yes && lacks ? sentence : `${sentence} Dashed: held out, never used for learning.${yes && edited && taughtOwn() ? ' Changed since: what stands below was taught before.' : ''}`));
    split.hidden ||= !fault.hidden && fault.textContent === split.textContent;
    if (yes && !taughtOwn() !== (props.value.message === NOTHING_YET)) {
      bench.keep({ message: taughtOwn() ? '' : NOTHING_YET });
      bench.say(props.value.busy);
    }
    redraw();
  };
  let shownSet = 'digits';
  const choose = (photos) => {
    complain(null);
    set(said, null);
    const same = bench.shown()?.settings.photos === photos && !(photos === 'own' && gone);
    if (photos === 'own') {
      bench.set({ photos });
      own.begin();
    } else if (same && mine()) {
      bench.set({ photos });
      bench.keep({ message: '' });
      bench.say(null);
    } else if (!same) bench.anew({ photos });
    show();
  };
  share.addEventListener('input', () => {
    bench.set({ held_out: Number(share.value) / 100 });
    heldOut.textContent = `${share.value}\u00a0%`;
    if (mine()) own.act({ do: 'show' });
  });
  const card = ({ name, count, held_out: out, photos }) => h('div', { class: 'class-card' }, h('b', { title: name }, name), h('span', { class: 'sub' }, `${count} photo${count === 1 ? '' : 's'}, ${out} held out`),
    h('div', { class: 'thumbs' }, photos.map((one) => h('img', { src: one.src, alt: one.out ? 'held out' : '', title: one.out ? 'Held out for the test' : 'Learned from', class: one.out ? 'out' : null, width: 40, height: 40 })), count > photos.length ? h('span', { class: 'more' }, `+${count - photos.length}`) : null));
  const drawClasses = whenNew((rows) => classes.replaceChildren(...rows.map(card)));
  const takeZip = async (file) => {
    complain(null);
    if (!await own.takeZip(file)) return;
    bench.set({ photos: 'own' });
    show();
    if (!own.state().lacks) bench.anew({ photos: 'own' });
    else complain(own.state().lacks);
  };
  const takeFolders = async (folders) => {
    if (!mine()) choose('own');
    for (const folder of folders) await own.dropFolder(folder);
  };
  own.zipFile.addEventListener('change', () => { takeZip(own.zipFile.files[0]); own.zipFile.value = ''; });
  root.addEventListener('dragover', (event) => event.preventDefault());
  root.addEventListener('drop', (event) => {
    const files = [...event.dataTransfer.files];
    if (!files.length) return;
    event.preventDefault();
    complain(null);
    const folders = foldersOf(event);
    if (folders.length) { takeFolders(folders); return; }
    const zip = files.find(isZip);
    if (zip) takeZip(zip);
    else own.drop(files, event.target);
  });
  return {
    node: h('section', { class: 'card photos' }, h('div', { class: 'bar' }, h('span', { class: 'name' }, 'Photos'), sets.node, forget, shareControl, teach), fault, said, classes, own.node, split),
    stands,
    stale: () => mine() && edited,
    paint(shown, rows) {
      if (shown.settings.photos !== 'own') {
        shownSet = shown.settings.photos;
        drawClasses(rows);
      } else if (shown.key !== key) {
        [edited, gone] = [false, false];
        own.act({ do: 'show' }); // which side each photo lies on, now for good
      }
      key = shown.key;
    },
    drawn(value) {
      complain(value.fault);
      if (value.busy && !mine()) shownSet = bench.local.photos;
      else if (!mine() && bench.shown()) shownSet = value.settings.photos;
      teach.disabled = Boolean(value.busy);
      teach.textContent = value.key && !value.stored ? 'Teach again' : 'Teach here';
      if (mine() && !own.state()) own.begin();
      show();
    },
  };
};
