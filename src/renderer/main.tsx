/** Starts the renderer: finds its door, sets the theme before the first paint, mounts the app. */
import { CSPProvider } from '@base-ui/react/csp-provider';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { DoorProvider, openDoor } from './client.ts';
import { CrashedApp } from './frame/crashed.tsx';
import { applyTheme, rememberedTheme } from './theme.ts';
import { Boundary } from './ui/boundary.tsx';
import './ui/tokens.css';

applyTheme(rememberedTheme());

const start = async (): Promise<void> => {
  const door = await openDoor();
  const root = document.getElementById('root');
  if (root === null) throw new Error('index.html has no #root');
  // What a boundary caught shows itself, with its place for a report.
  createRoot(root, { onCaughtError: () => undefined }).render(
    <StrictMode>
      <CSPProvider disableStyleElements>
        <Boundary fallback={(error) => <CrashedApp error={error} />}>
          <DoorProvider value={door}>
            <App />
          </DoorProvider>
        </Boundary>
      </CSPProvider>
    </StrictMode>,
  );
};

void start();
