/* What the learner has guessed and where they are: in this browser only, and in memory where that keeps nothing. */
const KEPT_AS = 'cvlab-lesson';
const makeKept = (lesson) => {
  let own = { step: 1, beat: 'predict', guesses: {} };
  const all = () => { try { return JSON.parse(localStorage.getItem(KEPT_AS)) || {}; } catch { return {}; } };
  const stored = () => {
    const found = all()[lesson.name], ids = lesson.steps.map(({ id }) => id);
    if (!found || typeof found !== 'object' || typeof found.guesses !== 'object' || !found.guesses) return null;
    return { ...found, guesses: Object.fromEntries(Object.entries(found.guesses).filter(([id, guess]) => ids.includes(id) && guess && typeof guess === 'object')) };
  };
  const write = () => { try { localStorage.setItem(KEPT_AS, JSON.stringify({ ...all(), [lesson.name]: own })); } catch { /* blocked or full: it stays in memory */ } };
  const found = stored();
  if (found) own = { ...own, ...found };
  return {
    place: () => ({ step: Math.min(Math.max(1, Math.floor(own.step) || 1), lesson.steps.length), beat: [...BEATS, 'done'].includes(own.beat) ? own.beat : 'predict' }),
    goTo(step, beat) { own = { ...own, step, beat, guesses: { ...stored()?.guesses, ...own.guesses } }; write(); },
    guess: (id) => own.guesses[id] || {},
    put(id, guess) { own = { ...own, guesses: { ...stored()?.guesses, ...own.guesses, [id]: { ...own.guesses[id], ...guess } } }; write(); },
    drop(ids) { const left = { ...stored()?.guesses, ...own.guesses }; ids.forEach((id) => delete left[id]); own = { ...own, guesses: left }; write(); },
    /* Another page of this browser has gone on: its guesses count here, too; each page keeps its own place. */
    hear() { const others = stored(); if (others) own = { ...own, guesses: { ...own.guesses, ...others.guesses } }; },
  };
};
