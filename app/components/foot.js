const link = () => {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(props.value.link || {})) url.searchParams.set(name, value);
  return url.href;
};
const draw = () => {
  const value = props.value;
  if (!value) return;
  root.replaceChildren(
    h('span', { class: 'ran' }, value.bold ? h('b', {}, `${value.bold} `) : null, value.text,
      value.classes ? h('details', {}, h('summary', {}, 'See the list'), h('p', {}, value.classes.join(', '))) : null),
    h('span', { class: 'end' },
      value.json ? h('button', { type: 'button', class: 'btn sm', onclick: (event) => copyText(value.json, event.currentTarget) }, 'Copy as JSON') : null,
      value.link ? h('button', { type: 'button', class: 'btn sm', onclick: (event) => copyText(link(), event.currentTarget) }, 'Copy link') : null));
};
watch('value', draw);
draw();
