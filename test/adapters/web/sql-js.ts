/// <reference types="vite/client" />
import initSqlJs, { type SqlJsStatic } from 'sql.js';
import wasm from 'sql.js/dist/sql-wasm-browser.wasm?url';

/** sql.js in a browser. */
export const SQL: SqlJsStatic = await initSqlJs({ locateFile: () => wasm });
