/* What a step does to its lab: hides what would give the answer away, lights one control and dims the rest. The labs draw
   themselves anew now and then, so it is looked after as long as the beat lasts. */
const SHOWN_LATER = 'Shown after your guess';
const CLASSES = ['lesson-veil', 'lesson-lit', 'lesson-dim'];
/* What the label hangs on; what sticks or floats by itself keeps its place. */
const anchored = (node) => { if (!node.classList.contains('lesson-anchor') && getComputedStyle(node).position === 'static') node.classList.add('lesson-anchor'); };
/* Taking away a class that is not there counts as a change of it, too, and this looks at every change. */
const without = (node, name) => { if (node.classList.contains(name)) node.classList.remove(name); };
const seen = (node) => node.offsetParent !== null || node.getClientRects().length > 0;
/* Brings the lit control on the screen, below the card that says what to do; `under`: what is watched stands above it. */
const bring = (control, under) => {
  const card = document.querySelector('.lesson-card'), free = parseFloat(getComputedStyle(card).top) + card.offsetHeight + 24;
  const { top, bottom, height } = control.getBoundingClientRect();
  if (top >= free && bottom <= innerHeight) return;
  control.style.scrollMarginTop = `${free}px`;
  control.scrollIntoView({ block: free + height > innerHeight ? 'start' : under ? 'end' : 'center' });
  control.style.scrollMarginTop = '';
};
const makeSpot = () => {
  let wish = null, watcher = null, waits = false, scrolled = false;
  const panel = () => wish && document.getElementById(`tab-${wish.lab}`);
  const all = (place, selectors) => selectors.flatMap((one) => [...place.querySelectorAll(one)]);
  const lit = () => { const place = panel(); return place ? all(place, [wish.control]).find(seen) : null; };
  const dimmed = (node, kept, found) => {
    for (const child of node.children) {
      if (kept.includes(child)) continue;
      if (kept.some((one) => child.contains(one))) dimmed(child, kept, found);
      else found.set(child, 'lesson-dim');
    }
  };
  const wanted = (place) => {
    const found = new Map();
    if (wish.beat === 'predict') all(place, ['.headline .answer', '.live']).concat(all(document, wish.hide)).forEach((node) => found.set(node, 'lesson-veil'));
    const control = wish.beat === 'do' ? lit() : null;
    if (control) {
      dimmed(place, [control, ...all(place, wish.watch).filter(seen)], found);
      found.set(control, 'lesson-lit');
    }
    return found;
  };
  const clear = (found) => document.querySelectorAll(CLASSES.map((name) => `.${name}`).join()).forEach((node) => {
    const name = found.get(node);
    for (const other of CLASSES) if (other !== name) without(node, other);
    if (name !== 'lesson-lit') without(node, 'lesson-anchor');
    if (name !== 'lesson-veil' && node.dataset.veiled) { delete node.dataset.veiled; node.removeAttribute('aria-hidden'); node.inert = false; }
  });
  const mark = () => {
    waits = false;
    const place = panel(), found = place ? wanted(place) : new Map();
    clear(found);
    for (const [node, name] of found) {
      if (!node.classList.contains(name)) node.classList.add(name);
      if (name === 'lesson-veil' && !node.dataset.veiled) { node.dataset.veiled = SHOWN_LATER; node.setAttribute('aria-hidden', 'true'); node.inert = true; }
      if (name === 'lesson-lit') { node.dataset.told = wish.label; anchored(node); }
    }
    const control = wish?.beat === 'do' && lit();
    if (control && !scrolled) {
      scrolled = true;
      bring(control, all(place, wish.watch).some((one) => one.contains(control)));
    }
  };
  const soon = () => { if (!waits) { waits = true; requestAnimationFrame(mark); } };
  return {
    lit,
    set(step, beat) {
      if (wish?.id !== step.id || wish.beat !== beat) scrolled = false;
      wish = { ...step, beat };
      if (!watcher) {
        watcher = new MutationObserver(soon);
        watcher.observe(document.getElementById('shell'), { childList: true, subtree: true, attributes: true, attributeFilter: ['class'] });
      }
      mark();
    },
    off() { wish = null; watcher?.disconnect(); watcher = null; mark(); },
  };
};
