/**
 * The window's bridge: hands the renderer `call` and `on`, nothing else. Must never expose ipcRenderer itself, a path or
 * a Node object.
 */
import { contextBridge, ipcRenderer } from 'electron';
import type { Bridge } from '../contract/client.ts';
import type { HoldfastEvent } from '../contract/events.ts';

const bridge: Bridge = {
  call: (name, input, options) =>
    ipcRenderer.invoke('holdfast:call', name, input, options) as ReturnType<Bridge['call']>,
  on: (listener) => {
    const forward = (_: unknown, event: HoldfastEvent): void => listener(event);
    ipcRenderer.on('holdfast:event', forward);
    return () => void ipcRenderer.off('holdfast:event', forward);
  },
};
contextBridge.exposeInMainWorld('holdfast', bridge);
