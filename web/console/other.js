import { route } from './router.js';
export function startOther() { route('content', () => []); }
