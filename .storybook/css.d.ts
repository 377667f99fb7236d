/** Style sheets are imported for their effect; the builder makes them part of the page. */
declare module '*.css';
