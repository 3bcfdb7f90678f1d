/* A closed card about what was taught (window.cvTaught, told by cv:taught): it asks once it is open, and again when
   something else is taught. `about()`: what it asks for besides the lesson; null: nothing yet.
   `begins`: what is said while nothing has come. `paint(sheet, asked)` draws an answer; `fresh(taught)` hears of another lesson. */
const LOST_MS = 15000;
const makeAfter = ({ nodes, about = () => ({}), begins = 'One moment', paint, fresh = () => {} }) => {
  const hint = h('span', { class: 'sub' }, ` ${props.hint}`);
  const busyText = h('span', {}), stop = h('button', { type: 'button', class: 'btn sm', onclick: () => { asked = null; trigger('stop'); draw(); } }, 'Cancel');
  const busy = h('p', { class: 'after-busy', role: 'status', hidden: true }, busyText, ' ', stop);
  const fault = h('p', { class: 'alert', role: 'alert', hidden: true });
  const body = h('div', { class: 'after-body' }, nodes);
  const box = h('details', { class: 'more after' }, h('summary', {}, h('b', {}, props.title), hint), h('section', { class: 'card' }, busy, fault, body));
  let asked = null, drawn = null, lesson = null, lost = null;
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const draw = () => {
    const value = props.value || {}, mine = asked && same(value.asked, asked), done = asked && same(value.done, asked);
    const running = asked && !done && !(mine && value.message);
    busy.hidden = !running;
    busyText.textContent = (mine && value.busy?.text) || begins;
    fault.hidden = !(mine && value.message);
    fault.textContent = (mine && value.message) || '';
    body.classList.toggle('stale', Boolean(running));
    if (done && JSON.stringify(value.sheet) !== drawn) { drawn = JSON.stringify(value.sheet); paint(value.sheet, asked); }
    clearTimeout(lost);
    if (running && !(mine && value.busy)) lost = setTimeout(send, value.done && !done ? 500 : LOST_MS);
  };
  /* Gradio sets a value that it has set already once more, some frames later: a wish that was put there in between is gone, and
     what is answered is the wish before it. So a wish that is neither answered nor under way is sent again. */
  const send = () => {
    props.value = { ...props.value, asked, busy: null, message: '', done: null, sheet: null };
    draw();
    setTimeout(() => trigger('again'), 60); // Gradio takes over the value a moment later; until then a run would be of the older one
  };
  const ask = (more = {}) => {
    const wanted = window.cvTaught && box.open ? about() : null;
    if (!wanted) return;
    asked = { key: window.cvTaught.key, ...wanted, ...more };
    drawn = null;
    send();
  };
  const renew = () => {
    if (!window.cvTaught || lesson === window.cvTaught.key) return;
    lesson = window.cvTaught.key;
    asked = null;
    fresh(window.cvTaught);
    draw();
    ask();
  };
  document.addEventListener('cv:taught', renew);
  box.addEventListener('toggle', () => { if (box.open && !asked) ask(); });
  watch('value', draw);
  root.append(box);
  return { box, ask, begin: renew, asked: () => asked };
};
