/** Starts the renderer: finds its door, sets the theme before the first paint, mounts the app. */
import { CSPProvider } from '@base-ui/react/csp-provider';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { DoorProvider, openDoor } from './client.ts';
import { applyTheme, rememberedTheme } from './theme.ts';
import './ui/tokens.css';

applyTheme(rememberedTheme());

const start = async (): Promise<void> => {
  const door = await openDoor();
  const root = document.getElementById('root');
  if (root === null) throw new Error('index.html has no #root');
  createRoot(root).render(
    <StrictMode>
      <CSPProvider disableStyleElements>
        <DoorProvider value={door}>
          <App />
        </DoorProvider>
      </CSPProvider>
    </StrictMode>,
  );
};

void start();
