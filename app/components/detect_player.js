/* Steps through greedy NMS: which box is kept next, and which ones it removes. */
const STEP_MS = 600;
const makePlayer = (onStep) => {
  const back = h('button', { type: 'button', class: 'btn', 'aria-label': 'One step back' }, '\u25c0');
  const play = h('button', { type: 'button', class: 'btn primary' }, 'Play NMS');
  const next = h('button', { type: 'button', class: 'btn', 'aria-label': 'One step on' }, '\u25b6');
  const node = h('div', { class: 'player' }, back, play, next);
  let steps = [], step = null, timer = null, begun = false;

  const stop = () => { clearInterval(timer); timer = null; play.textContent = 'Play NMS'; };
  const go = (to) => {
    if (!steps.length) return;
    step = to >= steps.length || to < 0 ? null : to;
    begun = true;
    if (step === null) stop();
    onStep();
  };
  next.addEventListener('click', () => { stop(); go(step === null ? 0 : step + 1); });
  back.addEventListener('click', () => { stop(); go(step === null ? steps.length - 1 : step - 1); });
  play.addEventListener('click', () => {
    if (timer) { stop(); return; }
    play.textContent = 'Stop';
    go(0);
    timer = setInterval(() => go(step === null ? 0 : step + 1), STEP_MS);
  });
  return {
    node,
    begun: () => begun,
    fresh() { stop(); [step, begun] = [null, false]; },
    next: () => next.click(), back: () => back.click(), play: () => play.click(),
    sentence: () => (step === null ? null : steps[step].sentence),
    set(newSteps, restart) {
      steps = newSteps;
      if (restart || step >= steps.length) { step = null; stop(); }
      node.hidden = !steps.length;
    },
    /* What each box is at this step: untouched boxes stay open. */
    states(rows) {
      if (step === null) return rows.map((row) => row.state);
      const seen = rows.map((row) => (row.state === MISSED ? MISSED : 'open'));
      steps.slice(0, step + 1).forEach(({ kept, removed }) => { seen[kept] = KEPT; removed.forEach((index) => { seen[index] = REMOVED; }); });
      return seen;
    },
  };
};
