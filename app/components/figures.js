const draw = () => {
  const value = props.value;
  if (!value) return;
  root.replaceChildren(h('h3', {}, value.title),
    h('div', { class: 'metrics' }, value.figures.map(([figure, what]) => h('div', { class: 'm' }, h('b', {}, figure), h('span', {}, what)))),
    h('p', { class: 'sub' }, value.sentence));
};
watch('value', draw);
draw();
