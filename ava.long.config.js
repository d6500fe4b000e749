/** The long tests, run by hand: soaks and full matrices. */
export default { extensions: ['ts'], files: ['test/**/*.long.ts'], timeout: '20m', workerThreads: false };
