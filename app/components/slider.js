const slider = makeRange({ label: props.label_text, help: props.help_text, low: props.low, high: props.high, step: props.step }, (value) => {
  props.value = { ...props.value, value };
  trigger('input');
});
root.append(slider.node);
const draw = () => {
  if (props.value) slider.set(props.value.value, props.value.sentence);
};
watch('value', draw);
draw();
