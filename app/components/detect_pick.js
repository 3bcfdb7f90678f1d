/* A guess that is a click on a box. The lesson says in `window.cvPicking` and by `cv:pick` that one is asked for (`beat`
   predict: all boxes look alike; do: they stay so until Play decides); `cv:picked` tells which box that is now. */
const makePicking = ({ redraw, step }) => {
  let wish = null;
  const hear = () => {
    const asked = window.cvPicking?.tab === props.tab ? window.cvPicking : null;
    if (JSON.stringify(asked) === JSON.stringify(wish)) return;
    wish = asked;
    redraw();
  };
  document.addEventListener('cv:pick', ({ detail }) => { hear(); if (detail?.by && wish?.beat === 'predict') step(detail.by); });
  return {
    start: hear,
    now: () => wish,
    tell(pane, row, shown, settings) {
      if (!wish) return;
      const pick = row ? { detector: pane.model, index: row.index, digest: shown.photo.digest, settings: { ...settings, labels: null } } : null;
      const detail = { pick, told: row ? `a box with score ${row.score.toFixed(2)}` : '', of: pane.needs_nms ? pane.boxes.length : 0 };
      document.dispatchEvent(new CustomEvent('cv:picked', { detail }));
    },
  };
};
/* One pane's part in it. While the lesson waits, nothing tells what becomes of a box; then Play tells it step by step. */
const makeGuess = ({ boxes, player, rows, picked, paint }) => {
  let asked = null, mine = null, decided = false; // `mine`: the candidate that is the guess, here
  const place = () => { const at = mine === null ? -1 : rows().findIndex(({ index }) => index === mine); return at < 0 ? null : at; };
  const states = () => (asked && !player.begun() ? rows().map(({ state }) => (state === MISSED ? MISSED : 'open')) : player.states(rows()));
  return {
    asked: () => asked,
    place,
    states,
    tag: (now) => (at) => {
      if (!asked || now[at] !== 'open') return rows()[at].tag;
      return at === place() ? 'your box' : `score ${rows()[at].score.toFixed(2)}`;
    },
    waits: (at) => Boolean(asked) && at !== null && states()[at] === 'open',
    /* `fresh`: other candidates than before; a guess among older ones is none here. */
    set(wish, { model }, digest, fresh) {
      if (wish?.beat !== asked?.beat) { player.fresh(); decided = false; }
      if (wish !== asked || fresh) mine = wish?.pick?.detector === model && wish.pick.digest === digest ? wish.pick.index : null;
      asked = wish;
    },
    /* Another box is pinned: while a guess is asked for, that is the guess. */
    look() {
      if (asked?.beat !== 'predict' || boxes.pinned() === place()) return;
      mine = rows()[boxes.pinned()]?.index ?? null;
      paint();
      picked(rows()[place()]);
    },
    played() {
      const at = place();
      if (asked?.beat !== 'do' || decided || (at === null ? player.sentence() !== null : states()[at] === 'open')) return;
      decided = true;
      player.node.dispatchEvent(new CustomEvent('decided', { bubbles: true }));
    },
  };
};
