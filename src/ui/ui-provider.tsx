import { createContext, type ReactElement, type ReactNode, useContext, useMemo } from 'react';
import { english } from './english.ts';
import { createFormats, type Formats } from './formats.ts';
import type { Messages } from './messages.ts';
import { type DownloadFile, saveFile } from './save-file.ts';

/** Where people turn to when nothing else helps: an address for a link, or something to be called. */
export type Support = string | (() => void);

/** What all components below have in common. */
export interface Ui {
  readonly messages: Messages;
  readonly formats: Formats;
  readonly support: Support | null;
  readonly onDownload: (file: DownloadFile) => void | Promise<void>;
  /** The level of the next heading, 1 to 6. */
  readonly level: number;
}

/** What an app says once for all components. */
export interface UiProviderProps {
  /** Texts that replace the English ones. */
  readonly messages?: Partial<Messages>;
  /** BCP 47: the language of the texts, of numbers and of times. Default `en`. */
  readonly locale?: string;
  /** Without it nobody can be contacted from the components. */
  readonly support?: Support;
  /** What becomes of a file that a person wants to keep. Default: the browser downloads it. */
  readonly onDownload?: Ui['onDownload'];
  /** The level of the components' headings, so that those of the page stay in order. Default 2. */
  readonly headingLevel?: 1 | 2 | 3 | 4;
  readonly children?: ReactNode;
}

const DEFAULTS: Ui = {
  messages: english,
  formats: createFormats('en'),
  support: null,
  onDownload: saveFile,
  level: 2,
};

const UiContext = createContext(DEFAULTS);

/** The texts, formats and habits of the provider above; English without one. */
export const useUi = (): Ui => useContext(UiContext);

/** Gives all components below it their texts, their language, and where to turn for help. Optional. */
export function UiProvider(props: UiProviderProps): ReactElement {
  const above = useUi();
  const { messages, locale = above.formats.locale, support = above.support, headingLevel = above.level } = props;
  const { onDownload = above.onDownload } = props;
  const ui = useMemo<Ui>(
    () => ({
      messages: { ...above.messages, ...messages },
      formats: createFormats(locale),
      support,
      onDownload,
      level: headingLevel,
    }),
    [above, messages, locale, support, onDownload, headingLevel],
  );
  return <UiContext.Provider value={ui}>{props.children}</UiContext.Provider>;
}

/** Headings inside are one level deeper. */
export function Deeper({ children }: { readonly children: ReactNode }): ReactElement {
  const ui = useUi();
  return <UiContext.Provider value={{ ...ui, level: Math.min(6, ui.level + 1) }}>{children}</UiContext.Provider>;
}
