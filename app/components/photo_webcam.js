/* The webcam opens in the photo's place; one frame becomes a JPEG file and goes the way of every upload. */
let camera = null;
let asking = 0;
const showWebcam = (yes) => {
  video.hidden = !yes;
  picture.hidden = yes;
  buttons.hidden = yes;
  webcamButtons.hidden = !yes;
  caption.hidden = yes;
};
const stopWebcam = () => {
  asking += 1;
  camera?.getTracks().forEach((track) => track.stop());
  camera = null;
  video.srcObject = null;
  showWebcam(false);
};
const startWebcam = async () => {
  const mine = ++asking;
  turn += 1;
  put({ error: null });
  if (!navigator.mediaDevices?.getUserMedia) return refuse('The browser lends the webcam to https pages only. Choose a photo instead.');
  busy('Waiting for the webcam');
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: { ideal: 'environment' }, width: { ideal: 1280 } } });
    if (mine !== asking) return stream.getTracks().forEach((track) => track.stop());
    camera = stream;
    video.srcObject = stream;
    await video.play();
    busy(null);
    showWebcam(true);
    snapButton.focus();
  } catch (error) {
    if (mine !== asking) return;
    stopWebcam();
    refuse(error.name === 'NotFoundError' ? 'This device has no webcam that the browser can find. Choose a photo instead.'
      : 'The browser refused the webcam. Allow it in the address bar, or choose a photo.');
  }
};
const snap = () => {
  const canvas = h('canvas', { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext('2d').drawImage(video, 0, 0);
  stopWebcam();
  webcamButton.focus();
  canvas.toBlob((blob) => take(new File([blob], 'Webcam photo', { type: 'image/jpeg' })), 'image/jpeg', 0.92);
};
webcamButton.addEventListener('click', startWebcam);
snapButton.addEventListener('click', snap);
stopButton.addEventListener('click', () => {
  stopWebcam();
  webcamButton.focus();
});
window.addEventListener('pagehide', stopWebcam);
