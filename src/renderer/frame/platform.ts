/** Which platform's keys to show. */
export const isMac = /mac/iu.test(navigator.platform);
