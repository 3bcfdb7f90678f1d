/* What was under way when the stream broke is not told to its end: where nothing more comes it is ended, as Cancel does. */
const SILENT_MS = 3000;
const busyNow = () => JSON.stringify(props.value?.busy || null);
document.addEventListener('cv:back', ({ detail }) => {
  const under = busyNow();
  if (detail.broken && under !== 'null') setTimeout(() => { if (busyNow() === under) trigger('stop'); }, SILENT_MS);
});
