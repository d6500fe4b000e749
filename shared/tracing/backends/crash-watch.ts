/** Whoever has something to save as the process dies: one pair of listeners for all, as Node warns of more than ten. */

const savers = new Set<() => void>();

/** Has `save` called where the process dies of an exception or exits; twice changes nothing. */
export function watchForCrash(save: () => void): void {
  // A monitor, unlike a handler, changes nothing of how the process dies.
  if (savers.size === 0) process.on('uncaughtExceptionMonitor', saveAll).on('exit', saveAll);
  savers.add(save);
}

/** Nothing is left to save. */
export function unwatchForCrash(save: () => void): void {
  if (savers.delete(save) && savers.size === 0)
    process.off('uncaughtExceptionMonitor', saveAll).off('exit', saveAll);
}

function saveAll(): void {
  for (const save of savers) save();
}
