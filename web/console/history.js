import { route } from './router.js';
export function startHistory() { route('history', () => []); }
