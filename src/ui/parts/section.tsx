import { createElement, type ReactElement, type ReactNode, useId } from 'react';
import { Deeper, useUi } from '../ui-provider.tsx';

/** The heading of a place that is reached by moving the focus to it. */
export const HEADING = 'bp-heading';

/** A heading at the level where it stands. */
export function Heading({ id, children }: { readonly id?: string; readonly children: ReactNode }): ReactElement {
  return createElement(`h${useUi().level}`, { id, className: HEADING, tabIndex: -1 }, children);
}

/** A part of a page: a region with its heading, in the language of its texts. `name` becomes its class. */
export function Section({
  name,
  title,
  children,
}: {
  readonly name: string;
  readonly title: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  const id = useId();
  return (
    <section className={`bp bp-${name}`} aria-labelledby={id} lang={useUi().formats.locale}>
      <Heading id={id}>{title}</Heading>
      <Deeper>{children}</Deeper>
    </section>
  );
}
