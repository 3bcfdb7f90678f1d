/* One detector's picture: its name, its boxes over the photo, its player and the sentence about one box. */
const makePane = (act) => {
  const inspector = h('p', { 'aria-live': 'polite' });
  const boxes = makeBoxes(() => { inspect(); guess.look(); });
  const name = h('h3', { class: 'fam', hidden: true });
  const empty = h('div', { class: 'empty', hidden: true });
  const borders = h('p', { class: 'borders', 'aria-live': 'polite' });
  const player = makePlayer(() => { paint(); inspect(); guess.played(); });
  const why = h('button', { type: 'button', class: 'btn sm why-box', hidden: true }, 'Why this box?');
  const node = h('div', { class: 'pane' }, name, boxes.stage, borders, empty, h('div', { class: 'stepper' }, player.node, inspector, why));
  let pane = null, view = null, drawn = null, narrow = false;
  const guess = makeGuess({ boxes, player, rows: () => pane.boxes, picked: (row) => act.picked(pane, row), paint: () => paint() });

  const inspect = () => {
    const index = boxes.active();
    const box = pane.boxes[index];
    inspector.textContent = guess.waits(index) ? '' : box ? [box.sentence, box.truth].filter(Boolean).join(' ') : player.sentence() ?? props.hint;
    why.hidden = !(pane.why && !guess.asked() && pane.boxes[boxes.pinned()]?.index !== undefined);
  };
  why.addEventListener('click', () => {
    const { index, rank, label, score, x0, y0, x1, y1 } = pane.boxes[boxes.pinned()];
    document.dispatchEvent(new CustomEvent('cv:why', { detail: { key: view.key, model: pane.model, index, title: `#${rank} ${label} ${score.toFixed(2)}`, box: [x0, y0, x1, y1], photo: view.photo } }));
  });
  const paint = () => {
    const now = guess.states();
    const kept = now.filter((state) => state === KEPT).length;
    boxes.show({
      ...view.photo, source: view.run, showRemoved: view.showRemoved, many: kept > 8 || narrow, crowded: kept > (narrow ? 12 : 40),
      tiles: pane.tiles?.edges, alt: `${view.photo.name}: ${pane.answer}`, tagOf: guess.tag(now), boxes: pane.boxes.map((row, index) => ({ ...row, state: now[index] })),
    });
  };
  const offerWaysOn = () => {
    empty.hidden = !pane.empty;
    empty.replaceChildren(...(!pane.empty ? [] : [h('p', {}, pane.empty), h('div', { class: 'btns' },
      pane.lower_to !== null ? h('button', { type: 'button', class: 'btn', onclick: () => act.lower(pane.lower_to) }, `Lower to ${pane.lower_to.toFixed(2)}`)
        : view.waysOn.map((way) => h('button', { type: 'button', class: 'btn', onclick: () => act.goTo(way) }, way.text)))]));
  };
  // Asking for a width lays the whole page out anew, with every step of a slider: the observer brings it.
  new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width && narrow !== contentRect.width < 560) { narrow = !narrow; if (pane) paint(); }
  }).observe(node);
  boxes.stage.addEventListener('pointerdown', () => act.activate());
  boxes.stage.addEventListener('focus', () => act.activate());
  boxes.stage.addEventListener('keydown', (event) => {
    const visible = pane.boxes.map((_, index) => index).filter((index) => pane.boxes[index].state !== REMOVED || view.showRemoved);
    const place = visible.indexOf(boxes.pinned());
    const keys = {
      ArrowRight: () => boxes.pin(visible[Math.min(visible.length - 1, place + 1)] ?? null),
      ArrowLeft: () => boxes.pin(visible[Math.max(0, place - 1)] ?? null),
      Enter: () => boxes.pin(boxes.active() ?? visible[0] ?? null),
      Escape: () => boxes.pin(null),
      n: player.next, b: player.back, ' ': player.play,
    };
    if (!keys[event.key] || (guess.asked()?.beat === 'predict' && ['n', 'b', ' '].includes(event.key)) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    keys[event.key]();
  });
  return {
    node,
    step: (by) => boxes.stage.dispatchEvent(new KeyboardEvent('keydown', { key: by > 0 ? 'ArrowRight' : 'ArrowLeft' })),
    told: () => pane.boxes[guess.place()],
    picture: (room, thick) => boxesPicture(boxes.drawn(), room, thick),
    show(newPane, newView) {
      [pane, view] = [newPane, newView];
      const fresh = drawn !== view.run;
      name.hidden = !view.named;
      name.replaceChildren(familyMark(pane.family), h('span', { class: 'n', title: pane.title }, pane.title), h('span', { class: 'sub' }, pane.brief));
      player.set(pane.steps, fresh);
      offerWaysOn();
      borders.textContent = pane.tiles?.sentence || '';
      borders.hidden = !pane.tiles;
      guess.set(view.asked, pane, view.photo.digest, fresh);
      paint();
      if (view.asked) boxes.pin(guess.place());
      else if (fresh && pane.first_pin !== null) boxes.pin(pane.first_pin);
      drawn = view.run;
      inspect();
    },
  };
};
