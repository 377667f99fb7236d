import { fileLock } from '../../../src/adapters/node/file-lock.ts';

const [folder = '', name = ''] = process.argv.slice(2);
const held = await fileLock({ folder }).acquire(name);
process.stdout.write(held === null ? 'refused\n' : 'held\n');
process.stdin.resume();
