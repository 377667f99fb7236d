import { createElement, type ReactElement, type ReactNode, useId } from 'react';
import { Deeper, useUi } from '../ui-provider.tsx';

/** A heading at the level where it stands; the focus may be moved to it. */
export function Heading({ id, children }: { readonly id?: string; readonly children: ReactNode }): ReactElement {
  return createElement(`h${useUi().level}`, { id, tabIndex: -1 }, children);
}

/** What parts of a page and dialogs have in common. */
export interface SectionProps {
  /** Becomes its class. */
  readonly name: string;
  readonly title: string;
  readonly children: ReactNode;
}

/** A part of a page: a region with its heading, in the language of its texts. */
export function Section({ name, title, children }: SectionProps): ReactElement {
  const id = useId();
  return (
    <section className={`bp bp-${name}`} aria-labelledby={id} lang={useUi().formats.locale}>
      <Heading id={id}>{title}</Heading>
      <Deeper>{children}</Deeper>
    </section>
  );
}
