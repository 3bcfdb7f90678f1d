/* The webcam, live: one frame is under way at a time, so a slower model just gets fewer of them. The camera goes back
   after `props.seconds`, and when the visitor stops, closes it or goes away. The script before this one says in `live`
   what is done with the frames:
   over, beside: its own nodes, over the picture and under the words
   about(): what this is; waiting(): who is waited for; send(frame): asks the server; usable(answer): whether it counts
   paint(answer, seen), clear(); kept(answer): what its figures need of an answer; figures(recent): those figures
   trip: from the frame to what; ending(seen): one more sentence for the end; described(answer): the picture in words */
const RETRY_MS = 400, SHOW_MS = 500, RECENT_MS = 2500, FEW = 3, LATE_MS = 2000, PATIENCE = 5;
const HTTPS_ONLY = 'The browser lends the webcam to https pages only. Choose a photo instead.';
const REFUSED = 'The browser refused the webcam. Allow it in the address bar, or choose a photo.';
const TROUBLE = {
  NotFoundError: 'This device has no webcam that the browser can find. Choose a photo instead.',
  NotReadableError: 'The webcam does not start; another program may be using it. Close that one, then try again.',
  NotAllowedError: REFUSED,
  SecurityError: REFUSED,
};
const video = h('video', { muted: true, playsinline: true, 'aria-hidden': 'true' });
const still = h('canvas', { hidden: true });
const stage = h('div', { class: 'live-stage', role: 'img', hidden: true }, video, still, ...live.over);
const figures = h('p', { class: 'live-figures', hidden: true });
const verdict = h('p', { class: 'live-verdict', role: 'status' });
const trouble = h('p', { class: 'alert', role: 'alert', hidden: true });
const button = h('button', { type: 'button', class: 'btn' }, 'Use the webcam live');
const about = h('p', { class: 'sub' });
const box = h('details', { class: 'more' }, h('summary', {}, 'Live from your webcam'),
  h('section', { class: 'card live-pair' }, stage, h('div', { class: 'live-side' }, about, button, figures, verdict, trouble, ...live.beside)));
root.append(box);
video.muted = true; // the attribute alone does not count for an element made by a script

const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
const whole = (ms) => `${ms < 9.5 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en')}\u00a0ms`;
const seconds = (ms) => `${Math.round(ms / 1000)}\u00a0s`;

/* What one run of the camera is: it ends when `run` is another one, whatever is still under way for it. */
let run = null;
let shown = h('canvas', {}); // the frame that the answers on screen belong to

const describe = () => { about.textContent = live.about(); };
const tell = (say, error) => {
  verdict.textContent = say || '';
  verdict.hidden = !say;
  trouble.textContent = error || '';
  trouble.hidden = !error;
};

/* A frame that was not sent before, or the next one. */
const freshFrame = () => new Promise((resolve) => {
  if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(() => resolve());
  else requestAnimationFrame(() => resolve());
});
const capture = (canvas) => {
  const share = Math.min(1, props.side / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.max(1, Math.round(video.videoWidth * share));
  canvas.height = Math.max(1, Math.round(video.videoHeight * share));
  canvas.getContext('2d').drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.8));
};
const base64 = (blob) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(',') + 1));
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(blob);
});
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const follow = async (mine) => {
  let fresh = freshFrame(), flying = h('canvas', {}), silent = 0;
  while (run === mine) {
    await fresh;
    if (run !== mine || !video.videoWidth) return;
    const started = performance.now();
    const blob = await capture(flying);
    fresh = freshFrame();
    const answer = await live.send(await base64(blob));
    if (run !== mine) return;
    mine.busy = Boolean(answer?.busy);
    if (answer?.error) return stop('', answer.error);
    silent = answer ? 0 : silent + 1; // Gradio gives nothing at all where the server could not be reached
    if (silent === PATIENCE) return stop('', 'The server does not answer. Look again in a moment.');
    if (!answer || !live.usable(answer)) {
      await pause(RETRY_MS * (0.75 + Math.random() / 2));
      continue;
    }
    [shown, flying] = [flying, shown];
    mine.answer = answer;
    mine.seen.push({ at: performance.now(), trip: performance.now() - started, ...live.kept(answer) });
    live.paint(answer, mine.seen);
  }
};

const rate = (seen) => (seen.length < 2 ? null : (1000 * (seen.length - 1)) / (seen.at(-1).at - seen[0].at));
const show = () => {
  const now = performance.now(), left = Math.max(0, Math.ceil(props.seconds - (now - run.began) / 1000));
  const recent = run.seen.filter(({ at }, index) => now - at < RECENT_MS || index >= run.seen.length - FEW), ending = `Stops by itself in ${left}\u00a0s.`;
  const perSecond = rate(recent);
  if (run.busy) figures.textContent = `The machine is busy; frames wait. ${ending}`;
  else if (perSecond === null) figures.textContent = `Waiting for the first answers of ${live.waiting()}. ${ending}`;
  else figures.textContent = `${perSecond.toFixed(1)} frames a second. ${live.figures(recent)}, way there and back ${whole(middle(recent.map((one) => one.trip)))}. ${ending}`;
};
const summary = ({ began, seen }, why) => {
  const lasted = performance.now() - began, head = `Stopped after ${seconds(lasted)}${why}`;
  if (!seen.length) return `${head}, before the first answer.`;
  const trips = seen.map((one) => one.trip).sort((a, b) => a - b), first = seen[0].at - began;
  if (seen.length === 1) return `${head}: 1 frame, ${whole(trips[0])} from frame to ${live.trip}.`;
  const late = first > LATE_MS ? ` once the first answer was there, after ${seconds(first)}` : '';
  return `${head}: ${seen.length} frames, ${rate(seen).toFixed(1)} a second${late} (median ${whole(middle(trips))} from frame to ${live.trip}, 90\u00a0% within ${whole(trips[Math.ceil(0.9 * trips.length) - 1])}).${live.ending(seen)}`;
};

const release = (mine) => {
  clearInterval(mine.clock);
  mine.stream?.getTracks().forEach((track) => track.stop());
  video.srcObject = null;
};
const stop = (why = '', error = '') => {
  const mine = run;
  if (!mine) return;
  run = null;
  release(mine);
  figures.hidden = true;
  if (mine.answer) {
    still.width = shown.width;
    still.height = shown.height;
    still.getContext('2d').drawImage(shown, 0, 0);
    stage.setAttribute('aria-label', `Last frame of the webcam: ${live.described(mine.answer)}`);
  }
  video.hidden = true;
  still.hidden = !mine.answer;
  stage.hidden = !mine.answer;
  tell(mine.began && (mine.answer || !error) ? summary(mine, why) : '', error);
  button.textContent = mine.began ? 'Look again' : 'Use the webcam live';
};
const start = async () => {
  if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia) return tell('', HTTPS_ONLY);
  const mine = run = { stream: null, clock: null, began: 0, seen: [], answer: null, busy: false };
  tell('Waiting for the webcam.');
  button.textContent = 'Cancel';
  try {
    const wish = { facingMode: { ideal: 'environment' }, width: { ideal: 640 }, height: { ideal: 480 } };
    mine.stream = await navigator.mediaDevices.getUserMedia({ video: wish });
    if (run !== mine) return release(mine);
    video.srcObject = mine.stream;
    await video.play();
  } catch (error) {
    return run === mine ? stop('', TROUBLE[error.name] || 'The webcam did not start. Try again, or choose a photo.') : undefined;
  }
  if (run === mine) roll(mine);
};
const roll = (mine) => {
  mine.began = performance.now();
  mine.stream.getTracks().forEach((track) => track.addEventListener('ended', () => { if (run === mine) stop(' because the webcam went away'); }));
  live.clear();
  tell();
  still.hidden = true;
  video.hidden = stage.hidden = figures.hidden = false;
  stage.style.aspectRatio = `${video.videoWidth} / ${video.videoHeight}`;
  stage.style.maxWidth = `min(640px, 100%, 70vh * ${video.videoWidth / video.videoHeight})`;
  stage.setAttribute('aria-label', 'Live picture of the webcam');
  button.textContent = 'Stop';
  show();
  mine.clock = setInterval(() => (performance.now() - mine.began < 1000 * props.seconds ? show() : stop()), SHOW_MS);
  follow(mine).catch((error) => { if (run === mine) stop('', `The picture could not be sent (${error.message}). Look again.`); });
};

button.addEventListener('click', () => (run ? stop() : start()));
box.addEventListener('toggle', () => { if (!box.open) stop(); });
document.addEventListener('cv:tab', (event) => { if (event.detail !== props.tab) stop(' because you left the tab'); });
document.addEventListener('visibilitychange', () => { if (document.hidden) stop(' because the page was hidden'); });
window.addEventListener('pagehide', () => stop());
watch('value', describe);
describe();
