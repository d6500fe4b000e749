/** Whoever has something to save as the process dies: one pair of listeners for all, as Node warns of more than ten. */

/** Saves what is left, without returning to the event loop; `isEnd` says that nothing of the process comes after it. */
export type Save = (isEnd: boolean) => void;

const savers = new Set<Save>();

/** Has `save` called where the process dies of an exception or exits; twice changes nothing. */
export function watchForCrash(save: Save): void {
  // A monitor, unlike a handler, changes nothing of how the process dies.
  if (savers.size === 0) process.on('uncaughtExceptionMonitor', onCrash).on('exit', onExit);
  savers.add(save);
}

/** Nothing is left to save. */
export function unwatchForCrash(save: Save): void {
  if (savers.delete(save) && savers.size === 0)
    process.off('uncaughtExceptionMonitor', onCrash).off('exit', onExit);
}

/** A handler of the application's may yet go on. */
function onCrash(): void {
  for (const save of savers) save(false);
}

function onExit(): void {
  for (const save of savers) save(true);
}

/**
 * Whether the exit has begun: listeners of the application may still finish spans, but a new one is not heard any more. Node
 * documents nothing that tells; without `_exiting` such spans are lost as they would be without this.
 */
export function isExiting(): boolean {
  return (process as { _exiting?: boolean })._exiting === true;
}
