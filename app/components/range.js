/* A labelled slider with its value beside it and a live sentence under it; arrows move one step, Page keys ten. */
const makeRange = ({ label, help, low, high, step, format }, onInput) => {
  let end = high;
  const places = (String(step).split('.')[1] || '').length;
  const id = `range-${Math.random().toString(36).slice(2)}`;
  const output = h('output', { for: id });
  const range = h('input', { type: 'range', id, min: low, max: high, step });
  const sentence = h('p', { class: 'live', 'aria-live': 'polite', hidden: true });
  const node = h('div', { class: 'ctl' },
    h('div', { class: 'top' }, h('label', { for: id }, label, help ? h('small', {}, ` ${help}`) : null), output), range, sentence);
  const show = () => {
    output.textContent = format ? format(Number(range.value)) : Number(range.value).toFixed(places);
    range.style.setProperty('--share', `${(100 * (range.value - low)) / (end - low)}%`);
  };
  const send = () => {
    show();
    onInput(Number(range.value));
  };
  range.addEventListener('input', send);
  range.addEventListener('keydown', (event) => {
    const steps = { PageUp: 10, PageDown: -10 }[event.key];
    if (!steps) return;
    event.preventDefault();
    const before = range.value;
    range.value = Number(range.value) + steps * step;
    if (range.value !== before) send();
  });
  return {
    node,
    value: () => Number(range.value),
    /* Another end, as of what grows. */
    reach(most) { end = Math.max(low + step, most); range.max = end; },
    set(value, text, disabled = false) {
      if (document.activeElement !== range) range.value = value;
      range.disabled = disabled;
      show();
      sentence.hidden = !text;
      if (text && sentence.textContent !== text) sentence.textContent = text;
    },
  };
};
