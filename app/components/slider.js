const places = (String(props.step).split('.')[1] || '').length;
const id = `slider-${Math.random().toString(36).slice(2)}`;
const output = h('output', { for: id });
const range = h('input', { type: 'range', id, min: props.low, max: props.high, step: props.step });
const sentence = h('p', { class: 'live', 'aria-live': 'polite' });
root.append(
  h('div', { class: 'top' }, h('label', { for: id }, props.label_text, props.help_text ? h('small', {}, ` ${props.help_text}`) : null), output),
  range, sentence);
const show = () => {
  output.textContent = Number(range.value).toFixed(places);
  range.style.setProperty('--share', `${(100 * (range.value - props.low)) / (props.high - props.low)}%`);
};
const send = () => {
  show();
  props.value = { ...props.value, value: Number(range.value) };
  trigger('input');
};
range.addEventListener('input', send);
range.addEventListener('keydown', (event) => {
  const steps = { PageUp: 10, PageDown: -10 }[event.key];
  if (!steps) return;
  event.preventDefault();
  const before = range.value;
  range.value = Number(range.value) + steps * props.step;
  if (range.value !== before) send();
});
const draw = () => {
  const value = props.value;
  if (!value) return;
  if (document.activeElement !== range) range.value = value.value;
  show();
  sentence.hidden = !value.sentence;
  if (value.sentence && sentence.textContent !== value.sentence) sentence.textContent = value.sentence;
};
watch('value', draw);
draw();
