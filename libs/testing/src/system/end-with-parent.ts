// Loaded into every child process: when the channel to the parent closes, the parent is gone, so the child ends too.
if (process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // After the listener, which makes the channel keep the process up.
  process.channel.unref();
}
