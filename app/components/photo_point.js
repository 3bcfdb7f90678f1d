/* The point: click, tap, drag or arrow keys. Kept in pixels of the upright photo, [row, column]. */
const points = {}; // where the visitor left it on each photo, by the photo's id
let resting = 0;
const placeCrosshair = ([row, column]) => {
  const { width, height } = props.value.photo;
  crosshair.style.left = `${(100 * (column + 0.5)) / width}%`;
  crosshair.style.top = `${(100 * (row + 0.5)) / height}%`;
};
const movePoint = (row, column) => {
  const { width, height } = props.value.photo;
  const within = (value, size) => Math.min(size - 1, Math.max(0, Math.round(value)));
  const point = [within(row, height), within(column, width)];
  if (point[0] === props.value.point[0] && point[1] === props.value.point[1]) return;
  points[props.value.photo.id] = point;
  put({ point });
  clearTimeout(resting);
  resting = setTimeout(() => {
    spoken.textContent = capital(rowAndColumn(props.value.point));
    remember();
    trigger('point');
  }, 150);
};
const pointAt = (event) => {
  const box = image.getBoundingClientRect();
  const { width, height } = props.value.photo;
  movePoint(Math.floor(((event.clientY - box.top) / box.height) * height), Math.floor(((event.clientX - box.left) / box.width) * width));
};
picture.addEventListener('pointerdown', (event) => {
  if (event.button !== 0 || !pointed()) return;
  picture.setPointerCapture(event.pointerId);
  picture.focus({ preventScroll: true });
  pointAt(event);
});
picture.addEventListener('pointermove', (event) => {
  if (picture.hasPointerCapture(event.pointerId)) pointAt(event);
});
picture.addEventListener('keydown', (event) => {
  if (!pointed()) return;
  const { width, height } = props.value.photo;
  const [row, column] = props.value.point;
  if (event.key === 'Home') {
    event.preventDefault();
    movePoint(Math.floor(height / 2), Math.floor(width / 2));
    return;
  }
  const direction = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  if (!direction || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  // A patch: 16 pixels of a model's input, whose 224 pixels hold the photo's shorter side.
  const step = event.shiftKey ? 1 : Math.max(1, Math.round((16 * Math.min(width, height)) / 224));
  movePoint(row + direction[0] * step, column + direction[1] * step);
});
/* A tab whose big picture was tapped asks for the point there, as [row, column] of the photo. */
document.addEventListener('cv:point', (event) => movePoint(...event.detail));
