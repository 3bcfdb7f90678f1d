/* Teach: the webcam, which records while a button is held: five photos a second, thirty at most, small as they are kept. */
const MOST_OF_A_HOLD = 30, BETWEEN_MS = 200, FRAME_SIDE = 288, CAMERA_RESTS_MS = 10000;
const makeCamera = (refuse) => {
  const video = h('video', { playsinline: true, 'aria-label': 'Webcam picture' }), count = h('span', { class: 'sub', 'aria-live': 'off' });
  const node = h('div', { class: 'recording' }, video, count);
  video.muted = true;
  let stream = null, opening = null, held = null, rest = null, last = null;
  const close = () => {
    held = null;
    clearTimeout(rest);
    stream?.getTracks().forEach((track) => track.stop());
    [stream, opening, video.srcObject] = [null, null, null];
    node.remove();
  };
  const open = async () => {
    if (!navigator.mediaDevices?.getUserMedia) throw Object.assign(new Error(), { sentence: 'The browser lends the webcam to https pages only. Add photos instead.' });
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: { ideal: 'environment' }, width: { ideal: 640 } } });
      video.srcObject = stream;
      await video.play();
    } catch (error) {
      const sentence = error.name === 'NotFoundError' ? 'This device has no webcam that the browser can find. Add photos instead.' : 'The browser refused the webcam. Allow it in the address bar, or add photos.';
      throw Object.assign(error, { sentence });
    }
  };
  const frame = () => new Promise((done) => {
    const scale = Math.min(1, FRAME_SIDE / Math.max(video.videoWidth, video.videoHeight));
    const canvas = h('canvas', { width: Math.round(video.videoWidth * scale), height: Math.round(video.videoHeight * scale) });
    canvas.getContext('2d').drawImage(video, 0, 0, canvas.width, canvas.height);
    done(canvas.toDataURL('image/jpeg', 0.92).split(',')[1]);
  });
  const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });
  window.addEventListener('pagehide', close);
  document.addEventListener('cv:tab', close);
  document.addEventListener('visibilitychange', () => { if (document.hidden) close(); });
  return {
    close,
    release() { held = null; },
    /* Records into `place` until released: `take` gets each frame, as base64. */
    async hold(place, take) {
      if (held) return;
      const mine = held = {};
      clearTimeout(rest);
      place.append(node);
      count.textContent = 'Waiting for the webcam';
      try {
        opening ||= open();
        await opening;
      } catch (error) {
        close();
        refuse(error.sentence);
        return;
      }
      let taken = 0;
      while (held === mine && taken < MOST_OF_A_HOLD) {
        const begun = performance.now(), now = await frame();
        if (now !== last) { // a camera may be slower than this: the same frame again is no photo more
          take(now);
          taken += 1;
          count.textContent = `${taken} of ${MOST_OF_A_HOLD}`;
        }
        last = now;
        await wait(begun + BETWEEN_MS - performance.now());
      }
      if (!stream) return;
      if (!taken) count.textContent = 'The webcam is ready. Hold the button.';
      if (held === mine) held = null;
      rest = setTimeout(close, CAMERA_RESTS_MS);
    },
  };
};
