const slider = makeRange({ label: props.label_text, help: props.help_text, low: props.low, high: props.high, step: props.step }, (value) => {
  props.value = { ...props.value, value };
  trigger('input');
});
root.append(slider.node);
const draw = () => {
  if (!props.value) return;
  slider.set(props.value.value, props.value.sentence);
  /* An answer to an earlier step must not take back what the visitor has moved to meanwhile. */
  if (slider.value() !== props.value.value) props.value = { ...props.value, value: slider.value() };
};
watch('value', draw);
draw();
