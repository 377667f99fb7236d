import type { StorybookConfig } from '@storybook/react-vite';
import { mergeConfig } from 'vite';

const config: StorybookConfig = {
  stories: ['../stories/**/*.mdx', '../stories/**/*.stories.@(ts|tsx)'],
  addons: ['@storybook/addon-docs', '@storybook/addon-a11y', '@storybook/addon-vitest'],
  framework: '@storybook/react-vite',
  features: { sidebarOnboardingChecklist: false },
  core: { disableTelemetry: true, disableWhatsNewNotifications: true },
  typescript: { reactDocgen: 'react-docgen' },
  // Found in the middle of a run of tests, a package would have every story loaded anew.
  viteFinal: (given) =>
    mergeConfig(given, {
      optimizeDeps: {
        include: ['@noble/hashes/sha2.js', '@noble/hashes/utils.js', 'immer', 'xstate', 'zod/mini'],
      },
    }),
};

export default config;
