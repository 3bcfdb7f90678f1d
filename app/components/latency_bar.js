/* Stop and Measure, beside the chips; Stop works only while something runs. */
const stop = h('button', { type: 'button', class: 'btn stop', disabled: true, onclick: () => trigger('stop') }, 'Stop');
const measure = h('button', { type: 'button', class: 'btn primary measure', onclick: () => trigger('measure') }, 'Measure');
root.append(stop, measure);
const draw = () => {
  const value = props.value;
  if (!value) return;
  measure.textContent = value.label;
  measure.disabled = value.running || value.refused;
  stop.disabled = !value.running;
};
watch('value', draw);
draw();
