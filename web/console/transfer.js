import { route } from './router.js';
export function startTransfer() { route('transfer', () => []); }
