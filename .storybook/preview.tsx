import type { Decorator, Preview } from '@storybook/react-vite';
import { useLayoutEffect } from 'react';
import '../src/ui/styles.css';
import './preview.css';

/** Colours and direction of writing are those of the toolbar, on the page itself, as an app would set them. */
const withSurroundings: Decorator = (Story, { globals }) => {
  const { theme, direction } = globals;
  useLayoutEffect(() => {
    const { documentElement } = document;
    if (theme === 'system') delete documentElement.dataset.theme;
    else documentElement.dataset.theme = String(theme);
    documentElement.dir = String(direction);
  }, [theme, direction]);
  return <Story />;
};

const preview: Preview = {
  decorators: [withSurroundings],
  globalTypes: {
    theme: {
      description: 'Colours',
      toolbar: {
        title: 'Colours',
        icon: 'contrast',
        dynamicTitle: true,
        items: [
          { value: 'light', title: 'Light', icon: 'sun' },
          { value: 'dark', title: 'Dark', icon: 'moon' },
          { value: 'system', title: 'As the system', icon: 'browser' },
        ],
      },
    },
    direction: {
      description: 'Direction of writing',
      toolbar: {
        title: 'Direction',
        icon: 'transfer',
        dynamicTitle: true,
        items: [
          { value: 'ltr', title: 'Left to right' },
          { value: 'rtl', title: 'Right to left' },
        ],
      },
    },
  },
  initialGlobals: { theme: 'light', direction: 'ltr' },
  parameters: {
    // A violation fails the story's test; nothing is let through as a warning.
    a11y: { test: 'error' },
    layout: 'padded',
    controls: { expanded: true },
    options: {
      storySort: {
        order: [
          'Start here',
          'Statecharts',
          'States',
          ['Migration', 'Rollback', 'Emergency recovery', 'Crash recovery'],
          'Flows',
          ['Rollback', 'Automatic triggers', 'Failures', 'Crashes and tabs', 'Levels 2 and 3'],
          'Components',
        ],
      },
    },
  },
};

export default preview;
