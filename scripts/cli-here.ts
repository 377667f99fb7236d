/** The command line in the folder that npm was called from: npm itself runs scripts in the folder of the package. */
process.chdir(process.env.INIT_CWD ?? process.cwd());
await import('../src/cli/main.ts');
