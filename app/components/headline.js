const head = makeHead(() => trigger('stop'), () => trigger('again'));
root.append(head.node);
const draw = () => {
  if (props.value) head.set(props.value);
};
watch('value', draw);
draw();
