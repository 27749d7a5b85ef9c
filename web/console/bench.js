import { route } from './router.js';
export function startBench() { route('bench', () => []); }
