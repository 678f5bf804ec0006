import process from 'node:process';

// Loaded before the program by enter-node.mjs: a program whose starter was killed ends too, as if it had been asked to.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
